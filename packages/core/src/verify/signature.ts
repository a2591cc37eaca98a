import type { SignatureCheck } from '../platform/signature-check.ts'
import type { IssuerKeys } from '../keys/key-source.ts'
import { isVerificationKey } from '../keys/verification-key.ts'
import type { VerificationKey } from '../keys/verification-key.ts'
import { detailsOf, isAuthError, logCodeOf } from '../failure/errors.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { andThen } from '../lib/async.ts'
import type { MaybePromise } from '../lib/async.ts'
import type { RequestLike } from '../request/headers.ts'
import type { JwtHeader } from '../token/parse-jwt.ts'
import type { JsonObject } from '../lib/json.ts'
import type { ScreenedJwt } from './screen.ts'

declare const signed: unique symbol

/** A token whose signature holds under a key of its issuer; what it claims is not yet judged. */
export interface SignedJwt {
  /** As the client sent it. */
  readonly token: string
  readonly header: JwtHeader
  readonly claims: JsonObject
  readonly key: VerificationKey
  readonly [signed]: true
}

/** Returns the key for a token. A source that throws anything but its two errors, or returns anything but a key, is an outage. */
export function findKey(
  jwt: ScreenedJwt,
  source: IssuerKeys,
  request: RequestLike | null,
): MaybePromise<VerificationKey | AuthFailure> {
  try {
    const key: unknown = source.find(jwt.header.query, request)
    if (isVerificationKey(key)) return key
    return Promise.resolve(key).then(onlyKeys, toFailure)
  } catch (cause) {
    return toFailure(cause)
  }
}

const codesOfSources: ReadonlySet<string> = new Set(['key_not_found', 'keys_unavailable'])

function onlyKeys(key: unknown): VerificationKey | AuthFailure {
  return isVerificationKey(key)
    ? key
    : new AuthFailure('keys_unavailable', 'the key source did not return a VerificationKey')
}

function toFailure(cause: unknown): AuthFailure {
  if (isAuthError(cause)) {
    const code = logCodeOf(cause)
    if (codesOfSources.has(code)) return new AuthFailure(code, cause.logDetail, detailsOf(cause))
  }
  return new AuthFailure('keys_unavailable', 'the key source failed', { cause })
}

/** Verifies the signature with a key that may verify the token's algorithm. */
export function verifySignature(
  jwt: ScreenedJwt,
  key: VerificationKey | AuthFailure,
): MaybePromise<SignedJwt | AuthFailure> {
  if (key instanceof AuthFailure) return key
  const { algorithm } = jwt.header
  if (!key.algorithms.includes(algorithm)) {
    return new AuthFailure('algorithm_not_allowed', 'the key is for a different algorithm')
  }
  const holds = andThen(key.checks(algorithm), (checks) => holdsUnderAny(jwt, checks))
  return holds === true
    ? asSigned(jwt, key)
    : andThen(holds, (isGood: unknown) => (isGood === true ? asSigned(jwt, key) : invalid))
}

const invalid = new AuthFailure('signature_invalid')

function asSigned({ sent, header, unverifiedClaims }: ScreenedJwt, key: VerificationKey): SignedJwt {
  return { token: sent, header, claims: unverifiedClaims, key } as SignedJwt
}

/** One check after the other, where a secret is being rotated. */
function holdsUnderAny(jwt: ScreenedJwt, [check, ...others]: readonly SignatureCheck[]): MaybePromise<boolean> {
  if (check === undefined) return false
  const holds = check(jwt)
  return others.length === 0
    ? holds
    : andThen(holds, (isGood: unknown) => isGood === true || holdsUnderAny(jwt, others))
}
