// Runs in its own process: one Auth caches some tokens and looks them up in turns, with or without subscribers.
import { strict as assert } from 'node:assert'
import { subscribe } from 'node:diagnostics_channel'
import { createAuth } from '@claimcheck/core'
import { checkCache, freshCopy } from '../cache/token-cache.ts'
import type { TokenCache } from '../cache/token-cache.ts'
import { handleCommands } from '../lib/child-process.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Pace } from '../race/stopwatch.ts'
import { claimsOf, invalidTokens } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'

export interface Setup {
  readonly contender: string
  /** The channels that are subscribed to. */
  readonly channels: readonly string[]
  readonly tokens: number
  readonly pace: Pace
}

export type Command = 'turn' | 'messages'
/** A turn; or how many messages were published per token, on the channels that are subscribed to. */
export type Result = Turn | number

handleCommands<Setup, Command, Result>(async ({ contender, channels, tokens: count, pace }) => {
  let messages = 0
  for (const name of channels) subscribe(name, () => (messages += 1))
  const issuer = new Issuer('HS256')
  const cache = createCache(issuer)
  const tokens = Array.from({ length: count }, (_, index) => freshCopy(issuer.sign(claimsOf(issuer, index))))
  await checkCache(contender, cache, { valid: tokens, invalid: invalidTokens(issuer) })
  let next = 0
  const take = (many: number) => Array.from({ length: many }, () => freshCopy(tokens[next++ % count] ?? ''))
  const watch = new Stopwatch(cache, pace, take)
  const countMessages = async () => {
    const before = messages
    for (const token of tokens) await cache.perform(freshCopy(token))
    return (messages - before) / count
  }
  return (command) => (command === 'turn' ? watch.turn() : countMessages())
})

function createCache({ terms: { issuer, audience, key } }: Issuer): TokenCache {
  assert('secret' in key, 'this bench uses a secret')
  const auth = createAuth({ issuer, audience, keys: { secret: key.secret } })
  return { isAsync: true, add: auth.verifyToken, perform: auth.verifyToken }
}
