import { createAuth } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import type { Terms } from '../../tokens/issuer.ts'
import type { Revocable } from '../contender.ts'

/** As in README.md, with the cache as big as it is by default: all that differs is how revocations are found. */
export function makeAuth(
  { issuer, audience, key }: Terms,
  found: Pick<AuthOptions, 'revocation' | 'isRevoked'>,
  ways: Revocable['ways'],
): Revocable {
  if (!('secret' in key)) throw new Error('This is measured with a secret')
  const auth = createAuth({ issuer, audience, keys: { secret: key.secret }, ...found })
  return { isAsync: true, learn: auth.verifyToken, perform: auth.verifyToken, ways }
}
