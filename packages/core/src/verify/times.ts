import { AuthFailure, invalidClaim } from '../failure/auth-failure.ts'
import type { JsonObject } from '../lib/json.ts'
import { getOwn } from '../lib/properties.ts'

/** The rules of an issuer for times, in seconds. */
export interface TimeRules {
  readonly clockToleranceSeconds: number
  /** The maximum of `exp` - `iat`. Infinity requires only `exp`. Null accepts tokens without `exp`. */
  readonly maxLifetimeSeconds: number | null
  /** The maximum time since `iat`; null does not read it. */
  readonly maxTokenAgeSeconds: number | null
}

/** The times between which the clock accepts a token, in seconds: from `from`, and before `until`. */
export interface Validity {
  readonly from: number
  readonly until: number
}

/** Reads a NumericDate (RFC 7519 section 2). Returns null if the claim is absent, or a failure if it has another type. */
function numericDate(claims: JsonObject, name: string): number | null | AuthFailure {
  const value = getOwn(claims, name)
  if (value === undefined) return null
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value
  return invalidClaim(`${name} must be a finite number of seconds`)
}

/** Rejects a token that has expired, or that has no `exp` although one is required (RFC 7519 section 4.1.4). */
export function checkExpiry(claims: JsonObject, rules: TimeRules, nowSeconds: number): AuthFailure | null {
  const exp = numericDate(claims, 'exp')
  return exp instanceof AuthFailure ? exp : checkEnd(exp, rules, nowSeconds)
}

function checkEnd(exp: number | null, rules: TimeRules, nowSeconds: number): AuthFailure | null {
  if (exp === null) return rules.maxLifetimeSeconds === null ? null : invalidClaim('exp is missing')
  return nowSeconds >= exp + rules.clockToleranceSeconds ? new AuthFailure('token_expired') : null
}

/** Validates `exp`, `nbf`, age and lifetime. Returns the times between which the result stays the same. */
export function validateTimes(claims: JsonObject, rules: TimeRules, nowSeconds: number): Validity | AuthFailure {
  const { clockToleranceSeconds: tolerance, maxTokenAgeSeconds: maxAge } = rules
  const exp = numericDate(claims, 'exp')
  if (exp instanceof AuthFailure) return exp
  const expired = checkEnd(exp, rules, nowSeconds)
  if (expired !== null) return expired
  const nbf = numericDate(claims, 'nbf')
  if (nbf instanceof AuthFailure) return nbf
  if (nbf !== null && nbf > nowSeconds + tolerance) return new AuthFailure('token_not_active', 'nbf is in the future')
  const iat = numericDate(claims, 'iat')
  if (iat instanceof AuthFailure) return iat
  const failure = checkAge(iat, rules, nowSeconds) ?? checkLifetime(exp, iat, rules, nowSeconds)
  if (failure !== null) return failure
  const readsIat = iat !== null && (maxAge !== null || isBounded(rules))
  return {
    from: Math.max(nbf === null ? -Infinity : nbf - tolerance, readsIat ? iat - tolerance : -Infinity),
    until: Math.min(
      exp === null ? Infinity : exp + tolerance,
      iat === null || maxAge === null ? Infinity : iat + maxAge + tolerance,
    ),
  }
}

/** Whether the lifetime has a maximum, so that `iat` is needed. */
function isBounded({ maxLifetimeSeconds }: TimeRules): boolean {
  return maxLifetimeSeconds !== null && maxLifetimeSeconds !== Infinity
}

function checkAge(iat: number | null, rules: TimeRules, nowSeconds: number): AuthFailure | null {
  const { clockToleranceSeconds: tolerance, maxTokenAgeSeconds: maxAge } = rules
  if (maxAge === null) return null
  if (iat === null) return invalidClaim('iat is missing, but maxTokenAgeSeconds requires it')
  if (iat > nowSeconds + tolerance) return fromTheFuture
  return nowSeconds >= iat + maxAge + tolerance
    ? new AuthFailure('token_expired', 'iat is longer ago than maxTokenAgeSeconds')
    : null
}

/**
 * Rejects a token whose lifetime exceeds `maxLifetimeSeconds`. An `iat` in the future is rejected too, because it would
 * make a long lifetime look short.
 */
function checkLifetime(
  exp: number | null,
  iat: number | null,
  rules: TimeRules,
  nowSeconds: number,
): AuthFailure | null {
  if (!isBounded(rules)) return null
  if (exp === null || iat === null) return invalidClaim('exp or iat is missing, but maxLifetimeSeconds requires both')
  if (iat > nowSeconds + rules.clockToleranceSeconds) return fromTheFuture
  return exp - iat > (rules.maxLifetimeSeconds ?? 0)
    ? invalidClaim('exp - iat exceeds maxLifetimeSeconds, or maxTokenLifetimeSeconds of the revocation list')
    : null
}

const fromTheFuture = new AuthFailure('token_not_active', 'iat is in the future')
