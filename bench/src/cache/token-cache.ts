import { strict as assert } from 'node:assert'
import type { Operation } from '../race/stopwatch.ts'
import { subjectOf } from '../tokens/bench-tokens.ts'
import type { InvalidTokens } from '../tokens/bench-tokens.ts'

/** A cache of verified tokens: `add` verifies and stores a token, `perform` looks it up. */
export interface TokenCache extends Operation {
  readonly add: (token: string) => unknown
}

/** Adds valid tokens to a cache, then checks that it finds the caller of each, and no invalid token. */
export async function checkCache(
  contender: string,
  cache: TokenCache,
  { valid, invalid }: { readonly valid: readonly string[]; readonly invalid: InvalidTokens },
): Promise<void> {
  for (const token of valid) await cache.add(token)
  for (const [index, token] of valid.entries()) {
    const caller = (await cache.perform(freshCopy(token))) as { readonly sub?: string; readonly subject?: string }
    assert.equal(caller.subject ?? caller.sub, subjectOf(index), `${contender} must find the caller of a token`)
  }
  for (const token of Object.values<string>({ ...invalid })) {
    assert.equal(await accepts(cache, token), false, `${contender} must reject an invalid token`)
  }
}

export async function accepts({ perform }: TokenCache, token: string): Promise<boolean> {
  try {
    return Boolean(await perform(token))
  } catch {
    return false
  }
}

/**
 * A copy of a token as a request delivers it: cut out of a header that was just decoded from bytes. V8 has not computed
 * the hash of such a string yet.
 */
export function freshCopy(token: string): string {
  return Buffer.from(`Bearer ${token}`, 'latin1').toString('latin1').slice('Bearer '.length)
}
