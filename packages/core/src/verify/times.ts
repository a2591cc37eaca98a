import { AuthError } from '../errors.ts'
import { member } from '../token/strict-json.ts'
import type { JsonObject } from '../token/strict-json.ts'

/** What an issuer's settings say about times, in seconds. */
export interface TimeRules {
  readonly clockToleranceSeconds: number
  /** Null lets tokens without `exp` in; a number also bounds `exp` - `iat`; Infinity only asks for `exp`. */
  readonly maxLifetimeSeconds: number | null
  readonly maxTokenAgeSeconds: number | null
}

/** Reads a NumericDate (RFC 7519 section 2), or refuses what is there and is none. */
export function numericDate(claims: JsonObject, name: string): number | null {
  if (!Object.hasOwn(claims, name)) return null
  const value = member(claims, name)
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value
  throw new AuthError('claim_invalid', { detail: `${name} must be a finite number of seconds` })
}

/** Refuses a token whose `exp` is over, or that has none and needs one (RFC 7519 section 4.1.4). */
export function refuseExpired(claims: JsonObject, rules: TimeRules, nowSeconds: number): void {
  const exp = numericDate(claims, 'exp')
  if (exp === null) {
    if (rules.maxLifetimeSeconds === null) return
    throw new AuthError('claim_invalid', { detail: 'exp is missing' })
  }
  if (nowSeconds >= exp + rules.clockToleranceSeconds) throw new AuthError('token_expired')
}

/** Judges `exp`, `nbf` and the age by the clock: all that time alone can change about a verified token. */
export function validateTimes(claims: JsonObject, rules: TimeRules, nowSeconds: number): void {
  refuseExpired(claims, rules, nowSeconds)
  const nbf = numericDate(claims, 'nbf')
  if (nbf !== null && nbf > nowSeconds + rules.clockToleranceSeconds) {
    throw new AuthError('token_not_active', { detail: 'nbf is in the future' })
  }
  const iat = numericDate(claims, 'iat')
  if (rules.maxTokenAgeSeconds === null) return
  if (iat === null) throw new AuthError('claim_invalid', { detail: 'iat is missing, and maxTokenAgeSeconds needs it' })
  if (iat > nowSeconds + rules.clockToleranceSeconds) {
    throw new AuthError('token_not_active', { detail: 'iat is in the future' })
  }
  if (nowSeconds >= iat + rules.maxTokenAgeSeconds + rules.clockToleranceSeconds) {
    throw new AuthError('token_expired', { detail: 'older than maxTokenAgeSeconds' })
  }
}

/** Refuses a token that its issuer made for longer than `maxLifetimeSeconds`. */
export function validateLifetime(claims: JsonObject, rules: TimeRules): void {
  const { maxLifetimeSeconds } = rules
  if (maxLifetimeSeconds === null || maxLifetimeSeconds === Infinity) return
  const exp = numericDate(claims, 'exp')
  const iat = numericDate(claims, 'iat')
  if (exp === null || iat === null)
    throw new AuthError('claim_invalid', { detail: 'maxLifetimeSeconds needs exp and iat' })
  if (exp - iat > maxLifetimeSeconds)
    throw new AuthError('claim_invalid', { detail: 'exp - iat is over maxLifetimeSeconds' })
}
