// A process of its own: one Auth, which has learned some tokens and recalls them in turns, while somebody may listen.
import { strict as assert } from 'node:assert'
import { subscribe } from 'node:diagnostics_channel'
import { createAuth } from '@claimcheck/core'
import type { Memory } from '../cache/contender.ts'
import { checkMemory } from '../cache/check-memory.ts'
import { freshCopy } from '../cache/fresh-copy.ts'
import { answerParent } from '../children/answer-parent.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Pace } from '../race/stopwatch.ts'
import { badTokens, claimsOf } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import type { ContenderName } from './contenders.ts'

export interface Order {
  readonly contender: ContenderName
  readonly subscribed: readonly string[]
  readonly tokens: number
  readonly pace: Pace
}

export type Question = 'turn' | 'heard'
/** A turn; or how many messages each recalled token gave, of the channels that are subscribed to. */
export type Answer = Turn | number

answerParent<Order, Question, Answer>(async ({ contender, subscribed, tokens: count, pace }) => {
  let messages = 0
  for (const name of subscribed) subscribe(name, () => (messages += 1))
  const issuer = new Issuer('HS256')
  const memory = makeMemory(issuer)
  const tokens = Array.from({ length: count }, (_, index) => freshCopy(issuer.sign(claimsOf(issuer, index))))
  await checkMemory(contender, memory, { good: tokens, bad: badTokens(issuer) })
  let next = 0
  const take = (many: number) => Array.from({ length: many }, () => freshCopy(tokens[next++ % count] ?? ''))
  const watch = new Stopwatch(memory, pace, take)
  const heard = async () => {
    const before = messages
    for (const token of tokens) await memory.perform(freshCopy(token))
    return (messages - before) / count
  }
  return (question) => (question === 'turn' ? watch.turn() : heard())
})

function makeMemory({ terms: { issuer, audience, key } }: Issuer): Memory {
  assert('secret' in key, 'this is measured with a secret')
  const auth = createAuth({ issuer, audience, keys: { secret: key.secret } })
  return { isAsync: true, learn: auth.verifyToken, perform: auth.verifyToken }
}
