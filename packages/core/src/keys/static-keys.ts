import { AuthError } from '../failure/errors.ts'
import { selectKey } from './key-source.ts'
import type { KeyQuery } from '../token/jwt-claims.ts'
import type { IssuerKeys } from './key-source.ts'
import { importAll } from './verification-key.ts'
import type { VerificationKey } from './verification-key.ts'

/** Keys that were given at start-up and never change. */
export function createStaticKeys(keys: readonly VerificationKey[]): IssuerKeys {
  const held = new Set(keys)
  const [only] = keys
  // A key given alone and without a name answers for whatever name its issuer gives it.
  const named = keys.length > 1 || only?.kid !== null
  return {
    find(header: KeyQuery): VerificationKey {
      const key = selectKey(keys, named ? header : { alg: header.alg })
      if (key === null)
        throw new AuthError('key_not_found', { logDetail: 'no key, or more than one, matches kid and alg' })
      return key
    },
    has: (key) => held.has(key),
    ready: async () => {
      await Promise.all(keys.map(importAll))
    },
  }
}
