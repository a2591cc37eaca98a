import { createAuth } from '@claimcheck/core'
import type { Terms } from '../../tokens/issuer.ts'
import type { Memory } from '../contender.ts'

const heldByDefault = 10_000

/** As in README.md: the cache is on, and as big as it is by default where that is enough. */
export function makeClaimcheck({ issuer, audience, key }: Terms, held: number): Memory {
  if (!('secret' in key)) throw new Error('This is measured with a secret')
  const options = { issuer, audience, keys: { secret: key.secret } }
  const auth = createAuth(held <= heldByDefault ? options : { ...options, cache: { max: held, maxBytes: 2 ** 34 } })
  return { isAsync: true, learn: auth.verifyToken, perform: auth.verifyToken }
}
