import { signatureHolds } from '#platform'
import { AuthError, copyError, isAuthError } from '../errors.ts'
import type { KeyQuery, KeySource } from '../keys/key-source.ts'
import { isVerificationKey } from '../keys/verification-key.ts'
import type { VerificationKey } from '../keys/verification-key.ts'
import { withinPatience } from '../patience.ts'
import type { JsonObject } from '../token/strict-json.ts'
import type { ScreenedJwt } from './screen.ts'

declare const signed: unique symbol

/** A token whose signature holds under a key of its issuer; what it claims is not yet judged. */
export interface SignedJwt {
  readonly token: string
  readonly claims: JsonObject
  readonly key: VerificationKey
  readonly [signed]: true
}

/** Finds the key that an issuer's source holds for the token. A source that fails in its own way is an outage. */
export async function findKey(jwt: ScreenedJwt, source: KeySource): Promise<VerificationKey> {
  const { kid } = jwt.header
  const query: KeyQuery = Object.freeze(kid === undefined ? { alg: jwt.algorithm } : { alg: jwt.algorithm, kid })
  const key: unknown = await askSource(source, query)
  if (!isVerificationKey(key)) throw new AuthError('keys_unavailable', { detail: 'the key source gave no key' })
  return key
}

/** Verifies the signature with a key that may verify the token's algorithm. */
export async function verifySignature(jwt: ScreenedJwt, key: VerificationKey): Promise<SignedJwt> {
  if (!key.algorithms.includes(jwt.algorithm)) {
    throw new AuthError('algorithm_not_allowed', { detail: 'the key is for another algorithm' })
  }
  for (const handle of await key.handles(jwt.algorithm)) {
    if (await signatureHolds(jwt.token, jwt.header.alg, handle)) {
      return { token: jwt.token, claims: jwt.unverifiedClaims, key } as SignedJwt
    }
  }
  throw new AuthError('signature_invalid')
}

/** A little more than a fetch of ours is given, so that its own words are heard. */
const patienceMilliseconds = 6000
const refusalsOfSources: ReadonlySet<string> = new Set(['key_not_found', 'keys_unavailable'])

async function askSource(source: KeySource, query: KeyQuery): Promise<unknown> {
  try {
    const key: unknown = source.find(query)
    return isVerificationKey(key) ? key : await withinPatience(Promise.resolve(key), patienceMilliseconds)
  } catch (cause) {
    if (isAuthError(cause) && refusalsOfSources.has(cause.code)) throw copyError(cause)
    throw new AuthError('keys_unavailable', { detail: 'the key source failed' }, { cause })
  }
}
