// Runs in its own process: one contender caches some tokens and looks them up in turns.
import { handleCommands } from '../lib/child-process.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Pace } from '../race/stopwatch.ts'
import { invalidTokens, validTokens } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import { contenders } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { checkCache, freshCopy } from './token-cache.ts'

export interface Setup {
  readonly contender: ContenderName
  readonly tokens: number
  readonly pace: Pace
}

/** A turn with the string objects that were cached, or with fresh copies of them. */
export type Strings = 'same' | 'fresh'
export type Command = Strings | 'takes part'
/** A turn; or whether the contender takes part with this number of tokens. */
export type Result = Turn | boolean

handleCommands<Setup, Command, Result>(async ({ contender, tokens: count, pace }) => {
  const issuer = new Issuer('HS256')
  const cache = contenders[contender](issuer.terms, count)
  if (cache === null) return () => false
  const tokens = validTokens(issuer, count).map(freshCopy)
  await checkCache(contender, cache, { valid: tokens, invalid: invalidTokens(issuer) })
  let next = 0
  const take = (many: number) => Array.from({ length: many }, () => tokens[next++ % count] ?? '')
  const watches = {
    same: new Stopwatch(cache, pace, take),
    fresh: new Stopwatch(cache, pace, (many) => take(many).map(freshCopy)),
  }
  return (command) => (command === 'takes part' ? true : watches[command].turn())
})
