import { AuthFailure } from '../failure/auth-failure.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { HashedToken } from './hashed-token.ts'
import type { RevocableToken } from './revocations.ts'

/**
 * By what a verified token can be revoked. Refuses one that a list could not find, or would forget before its end;
 * `latestSeconds` is the latest `iat` that is not in the future.
 */
export function toRevocable(claims: JwtClaims, latestSeconds: number): RevocableToken | AuthFailure {
  const jti = own(claims, 'jti')
  const iat = own(claims, 'iat')
  if (typeof jti !== 'string' || typeof iat !== 'number')
    return invalid('jti or iat is missing, but revocation requires both')
  // A token from the future would outlive what is remembered of its subject.
  if (iat > latestSeconds) return new AuthFailure('token_not_active', 'iat is in the future')
  const sid = own(claims, 'sid')
  if (sid !== null && (typeof sid !== 'string' || sid === '')) return invalid('sid must be a non-empty string')
  return new HashedToken({ issuer: text(claims, 'iss'), jti, sid, sub: text(claims, 'sub'), iat })
}

function own(claims: JwtClaims, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims[name] ?? null) : null
}

/** Of a registered claim, whose type was validated. */
function text(claims: JwtClaims, name: 'iss' | 'sub'): string | null {
  const value = own(claims, name)
  return typeof value === 'string' ? value : null
}

function invalid(detail: string): AuthFailure {
  return new AuthFailure('claim_invalid', detail)
}
