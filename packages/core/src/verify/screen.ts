import type { OpenedToken, Recipient } from '../encryption/recipient.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { JwtHeader, UnverifiedJwt } from '../token/parse-jwt.ts'
import { getOwn } from '../lib/json.ts'
import { checkExpiry } from './times.ts'
import type { TimeRules } from './times.ts'

/** What an issuer's options say about a token before its signature is checked. */
export interface ScreenRules extends Recipient, TimeRules {
  readonly algorithms: ReadonlySet<Algorithm>
  /** The accepted types in normal form; null stands for an absent `typ`. */
  readonly types: ReadonlySet<string | null>
}

declare const screened: unique symbol

/** A token that its issuer's settings do not rule out; still nothing in it is proved. */
export interface ScreenedJwt extends UnverifiedJwt {
  readonly header: JwtHeader & { readonly algorithm: Algorithm }
  readonly [screened]: true
}

/** Finds the issuer in the list of settings; an unknown one costs neither a fetch nor any cryptography. */
export function findIssuer<T>(jwt: UnverifiedJwt, issuers: ReadonlyMap<string | null, T>): T | AuthFailure {
  const unchecked = issuers.get(null)
  if (unchecked !== undefined) return unchecked
  const iss = getOwn(jwt.unverifiedClaims, 'iss')
  if (Object.hasOwn(jwt.unverifiedClaims, 'iss') && (typeof iss !== 'string' || iss === '')) {
    return new AuthFailure('claim_invalid', 'iss must be a non-empty string')
  }
  const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined
  return issuer ?? new AuthFailure('issuer_unknown', 'iss is not a configured issuer')
}

/** Throws out what can be told without cryptography: the wrong type, the wrong algorithm, an expired token. */
export function screen(jwt: UnverifiedJwt, issuer: ScreenRules, nowSeconds: number): ScreenedJwt | AuthFailure {
  const { type, algorithm } = jwt.header
  if (!issuer.types.has(type)) return new AuthFailure('token_type_not_allowed', 'typ is not an expected type')
  if (algorithm === undefined || !issuer.algorithms.has(algorithm)) {
    return new AuthFailure('algorithm_not_allowed', 'alg is not an allowed algorithm')
  }
  return checkExpiry(jwt.unverifiedClaims, issuer, nowSeconds) ?? (jwt as ScreenedJwt)
}

/**
 * Returns a failure for a token that is not encrypted although its issuer's tokens are, for one that was opened with the
 * key of another issuer, and for one whose two headers name different types (RFC 8725 section 3.11).
 */
export function checkEncryption(
  jwt: UnverifiedJwt,
  issuer: ScreenRules,
  opened: OpenedToken | null,
): AuthFailure | null {
  if (opened === null) return issuer.decryptionKeys.length === 0 ? null : malformed('the token is not encrypted')
  if (!opened.recipients.has(issuer)) return malformed('the token is encrypted for a different issuer')
  const { type } = opened
  if (type === null || type === 'jwt' || type === jwt.header.type) return null
  return malformed('typ of the JWE header differs from typ of the JWT in it')
}

function malformed(detail: string): AuthFailure {
  return new AuthFailure('token_malformed', detail)
}
