// A process of its own: one contender, which has learned some tokens and recalls them in turns.
import { answerParent } from '../children/answer-parent.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Pace } from '../race/stopwatch.ts'
import { badTokens, goodTokens } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import { checkMemory } from './check-memory.ts'
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
  await checkMemory(contender, memory, { good: tokens, bad: badTokens(issuer) })
  let next = 0
  const take = (many: number) => Array.from({ length: many }, () => tokens[next++ % count] ?? '')
  const watches = {
    same: new Stopwatch(memory, pace, take),
    fresh: new Stopwatch(memory, pace, (many) => take(many).map(freshCopy)),
  }
  return (question) => (question === 'takes part' ? true : watches[question].turn())
})
