// Runs in its own process, with --expose-gc: how much memory a contender uses for each cached token.
import { bytesInUse, handleCommands } from '../lib/child-process.ts'
import { claimsOf } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import { contenders } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { freshCopy } from './token-cache.ts'

export interface MemorySetup {
  readonly contender: ContenderName
  readonly tokens: number
}

/** Bytes per token; null if the contender does not take part with this number of tokens. */
export type BytesPerToken = number | null

handleCommands<MemorySetup, 'bytes', BytesPerToken>(async ({ contender, tokens }) => {
  const issuer = new Issuer('HS256')
  const fill = async (count: number) => {
    const cache = contenders[contender](issuer.terms, count)
    // No token is referenced after it was added, so that only the cache keeps it in memory.
    for (let index = 0; index < count; index++) await cache?.add(freshCopy(issuer.sign(claimsOf(issuer, index))))
    return cache
  }
  await fill(100) // code and one-time setup, which belong to no token
  const before = bytesInUse()
  const cache = await fill(tokens)
  const bytes = (bytesInUse() - before) / tokens
  // The cache is used after the measurement, so that it cannot be collected before it.
  return () => (cache?.isAsync === undefined ? null : bytes)
})
