import type { OpenedToken, Recipient } from '../encryption/recipient.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import { AuthFailure, invalidClaim, malformed } from '../failure/auth-failure.ts'
import type { JwtHeader, UnverifiedJwt } from '../token/parse-jwt.ts'
import { getOwn } from '../lib/properties.ts'
import { checkExpiry } from './times.ts'
import type { TimeRules } from './times.ts'

/** The rules of an issuer that are checked before the signature. */
export interface ScreenRules extends Recipient, TimeRules {
  readonly algorithms: ReadonlySet<Algorithm>
  /** The accepted types in normal form. Null accepts a token without `typ`. */
  readonly types: ReadonlySet<string | null>
}

declare const screened: unique symbol

/** A token that its issuer's rules do not exclude. It is still unverified. */
export interface ScreenedJwt extends UnverifiedJwt {
  readonly header: JwtHeader & { readonly algorithm: Algorithm }
  readonly [screened]: true
}

/**
 * Finds the issuer by `iss`. This is the first check, so a token of an unknown issuer causes no fetch and no
 * cryptography, and is never verified with another issuer's keys. An issuer of null accepts any `iss`.
 */
export function findIssuer<T>(jwt: UnverifiedJwt, issuers: ReadonlyMap<string | null, T>): T | AuthFailure {
  const unchecked = issuers.get(null)
  if (unchecked !== undefined) return unchecked
  const iss = getOwn(jwt.unverifiedClaims, 'iss')
  if (Object.hasOwn(jwt.unverifiedClaims, 'iss') && (typeof iss !== 'string' || iss === '')) {
    return invalidClaim('iss must be a non-empty string')
  }
  const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined
  return issuer ?? new AuthFailure('issuer_unknown', 'iss is not a configured issuer')
}

/**
 * Rejects a token by everything that needs no cryptography: type, algorithm and expiry. Algorithms come from the options,
 * never from the token: an attacker who could choose would choose `none`, or an HMAC with the public key as its secret
 * (RFC 8725 section 3.1).
 */
export function screen(jwt: UnverifiedJwt, issuer: ScreenRules, nowSeconds: number): ScreenedJwt | AuthFailure {
  const { type, algorithm } = jwt.header
  if (!issuer.types.has(type)) return new AuthFailure('token_type_not_allowed', 'typ is not an expected type')
  if (algorithm === undefined || !issuer.algorithms.has(algorithm)) {
    return new AuthFailure('algorithm_not_allowed', 'alg is not an allowed algorithm')
  }
  return checkExpiry(jwt.unverifiedClaims, issuer, nowSeconds) ?? (jwt as ScreenedJwt)
}

/**
 * Rejects a token that is not encrypted although its issuer's tokens must be, a token that was decrypted with the key of
 * another issuer, and a token whose two headers have different types (RFC 8725 section 3.11).
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
