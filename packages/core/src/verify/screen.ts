import type { TrustedIssuer } from '../config/issuer-options.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { JwtHeader, UnverifiedJwt } from '../token/parse-jwt.ts'
import { getOwn } from '../lib/json.ts'
import { checkExpiry } from './times.ts'

declare const screened: unique symbol

/** A token that its issuer's settings do not rule out; still nothing in it is proved. */
export interface ScreenedJwt extends UnverifiedJwt {
  readonly header: JwtHeader & { readonly algorithm: Algorithm }
  readonly [screened]: true
}

/** Finds the issuer in the list of settings; an unknown one costs neither a fetch nor any cryptography. */
export function findIssuer(
  jwt: UnverifiedJwt,
  issuers: ReadonlyMap<string | null, TrustedIssuer>,
): TrustedIssuer | AuthFailure {
  const unchecked = issuers.get(null)
  if (unchecked !== undefined) return unchecked
  const iss = getOwn(jwt.unverifiedClaims, 'iss')
  if (Object.hasOwn(jwt.unverifiedClaims, 'iss') && (typeof iss !== 'string' || iss === '')) {
    return new AuthFailure('claim_invalid', 'iss must be a non-empty string')
  }
  const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined
  return issuer ?? new AuthFailure('issuer_unknown', 'iss is not in the list of issuers')
}

/** Throws out what can be told without cryptography: the wrong type, the wrong algorithm, an expired token. */
export function screen(jwt: UnverifiedJwt, issuer: TrustedIssuer, nowSeconds: number): ScreenedJwt | AuthFailure {
  const { type, algorithm } = jwt.header
  if (!issuer.types.has(type)) return new AuthFailure('token_type_not_allowed', 'typ is not the one that is expected')
  if (algorithm === undefined || !issuer.algorithms.has(algorithm)) {
    return new AuthFailure('algorithm_not_allowed', 'alg is not in the list of algorithms')
  }
  return checkExpiry(jwt.unverifiedClaims, issuer, nowSeconds) ?? (jwt as ScreenedJwt)
}
