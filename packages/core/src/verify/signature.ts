import type { SignatureCheck } from '../platform/signature-check.ts'
import type { IssuerKeys } from '../keys/key-source.ts'
import { isVerificationKey } from '../keys/verification-key.ts'
import type { VerificationKey } from '../keys/verification-key.ts'
import { detailsOf, isAuthError, logCodeOf, logDetailOf } from '../failure/errors.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { andThen } from '../lib/async.ts'
import type { MaybePromise } from '../lib/async.ts'
import type { RequestLike } from '../request/headers.ts'
import type { JwtHeader } from '../token/parse-jwt.ts'
import type { JsonObject } from '../lib/json.ts'
import type { ScreenedJwt } from './screen.ts'

declare const signed: unique symbol

/** A token with a valid signature by a key of its issuer. Its claims are not yet validated. */
export interface SignedJwt {
  /** The token as the client sent it, encrypted or not. */
  readonly token: string
  readonly header: JwtHeader
  readonly claims: JsonObject
  readonly key: VerificationKey
  readonly [signed]: true
}

/**
 * Returns the key for a token. If the source throws anything but `key_not_found`, or returns anything but a key, that
 * is an outage and not the client's fault.
 */
export function findKey(
  jwt: ScreenedJwt,
  source: IssuerKeys,
  request: RequestLike | null,
): MaybePromise<VerificationKey | AuthFailure> {
  try {
    const key: unknown = source.find(jwt.header.query, request)
    if (isVerificationKey(key)) return key
    return Promise.resolve(key).then(requireKey, toFailure)
  } catch (cause) {
    return toFailure(cause)
  }
}

const keySourceCodes: ReadonlySet<string> = new Set(['key_not_found', 'keys_unavailable'])

function requireKey(key: unknown): VerificationKey | AuthFailure {
  return isVerificationKey(key)
    ? key
    : new AuthFailure('keys_unavailable', 'the key source did not return a VerificationKey')
}

function toFailure(cause: unknown): AuthFailure {
  if (isAuthError(cause)) {
    const code = logCodeOf(cause)
    if (keySourceCodes.has(code)) return new AuthFailure(code, logDetailOf(cause), detailsOf(cause))
  }
  return new AuthFailure('keys_unavailable', 'the key source failed', { cause })
}

/** Verifies the signature. The key must support the algorithm of the token: a custom KeySource may return another key. */
export function verifySignature(
  jwt: ScreenedJwt,
  key: VerificationKey | AuthFailure,
): MaybePromise<SignedJwt | AuthFailure> {
  if (key instanceof AuthFailure) return key
  const { algorithm } = jwt.header
  if (!key.algorithms.includes(algorithm)) {
    return new AuthFailure('algorithm_not_allowed', 'the key is for a different algorithm')
  }
  const isValid = andThen(key.checks(algorithm), (checks) => isValidForAny(jwt, checks))
  return isValid === true
    ? asSigned(jwt, key)
    : andThen(isValid, (result: unknown) => (result === true ? asSigned(jwt, key) : invalid))
}

const invalid = new AuthFailure('signature_invalid')

function asSigned({ sent, header, unverifiedClaims }: ScreenedJwt, key: VerificationKey): SignedJwt {
  return { token: sent, header, claims: unverifiedClaims, key } as SignedJwt
}

/** Tries one check after the other: a shared secret that is being rotated has several. */
function isValidForAny(jwt: ScreenedJwt, [check, ...others]: readonly SignatureCheck[]): MaybePromise<boolean> {
  if (check === undefined) return false
  const isValid = check(jwt)
  return others.length === 0
    ? isValid
    : andThen(isValid, (result: unknown) => result === true || isValidForAny(jwt, others))
}
