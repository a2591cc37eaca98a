// A process of its own: one contender, which has learned some tokens and recalls them in turns.
import { strict as assert } from 'node:assert'
import { answerParent } from '../children/answer-parent.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Pace } from '../race/stopwatch.ts'
import { badTokens, goodTokens, subjectOf } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import type { Memory } from './contender.ts'
import { contenders } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { freshCopy } from './fresh-copy.ts'

export interface Order {
  readonly contender: ContenderName
  readonly tokens: number
  readonly pace: Pace
}

/** A turn with the very strings that were learned, or with fresh copies of them. */
export type Strings = 'same' | 'fresh'
export type Question = Strings | 'takes part'
/** A turn; or whether the contender has anything to show for so many tokens. */
export type Answer = Turn | boolean

answerParent<Order, Question, Answer>(async ({ contender, tokens: count, pace }) => {
  const issuer = new Issuer('HS256')
  const memory = contenders[contender](issuer.terms, count)
  if (memory === null) return () => false
  const tokens = goodTokens(issuer, count).map(freshCopy)
  await learn(contender, memory, tokens)
  for (const bad of Object.values<string>({ ...badTokens(issuer) })) await refuse(contender, memory, bad)
  let next = 0
  const take = (many: number) => Array.from({ length: many }, () => tokens[next++ % count] ?? '')
  const watches = {
    same: new Stopwatch(memory, pace, take),
    fresh: new Stopwatch(memory, pace, (many) => take(many).map(freshCopy)),
  }
  return (question) => (question === 'takes part' ? true : watches[question].turn())
})

/** What is recalled must be the caller that the token was learned with. */
async function learn(contender: string, memory: Memory, tokens: readonly string[]): Promise<void> {
  for (const token of tokens) await memory.learn(token)
  for (const [index, token] of tokens.entries()) {
    const caller = (await memory.perform(freshCopy(token))) as { readonly sub?: string; readonly subject?: string }
    assert.equal(caller.subject ?? caller.sub, subjectOf(index), `${contender} must recall the caller of a token`)
  }
}

async function refuse(contender: string, memory: Memory, token: string): Promise<void> {
  const caller = await Promise.resolve(token)
    .then(memory.perform)
    .catch(() => undefined)
  assert.equal(caller, undefined, `${contender} must not know a bad token`)
}
