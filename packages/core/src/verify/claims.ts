import type { VerificationKey } from '../keys/verification-key.ts'
import { AuthFailure, invalidClaim } from '../failure/auth-failure.ts'
import type { JsonObject } from '../lib/json.ts'
import { getOwn } from '../lib/properties.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import type { SignedJwt } from './signature.ts'
import { validateTimes } from './times.ts'
import type { TimeRules, Validity } from './times.ts'

/** The rules of an issuer for the claims of a signed token. */
export interface ClaimRules extends TimeRules {
  /** Null accepts any `aud`. */
  readonly audiences: ReadonlySet<string> | null
  readonly requiredClaims: readonly string[]
  readonly clients: ReadonlySet<string> | null
  readonly tokenUse: 'id' | 'access' | null
  readonly rejectsBoundTokens: boolean
}

declare const verified: unique symbol

/** Claims that a key of the issuer signed and that its options accept. */
export interface VerifiedClaims {
  /** The token as the client sent it, encrypted or not. */
  readonly token: string
  readonly key: VerificationKey
  readonly claims: JwtClaims
  readonly validity: Validity
  readonly [verified]: true
}

/**
 * Every check of the claims but that of the times, in the order in which they run. `explain` has a step for each name, which
 * the compiler requires.
 */
export const claimChecks = Object.freeze({
  types: checkTypes,
  use: checkTokenUse,
  cnf: checkBinding,
  aud: checkAudience,
  client: checkClient,
  required: checkRequiredClaims,
} satisfies Record<string, (claims: JsonObject, issuer: ClaimRules) => AuthFailure | null>)

const checksInOrder = Object.values(claimChecks)

/** Validates the claims of a signed token: first their types, then the issuer's rules, then the times. */
export function validateClaims(jwt: SignedJwt, issuer: ClaimRules, nowSeconds: number): VerifiedClaims | AuthFailure {
  const { claims } = jwt
  for (const check of checksInOrder) {
    const failure = check(claims, issuer)
    if (failure !== null) return failure
  }
  const validity = validateTimes(claims, issuer, nowSeconds)
  if (validity instanceof AuthFailure) return validity
  return { token: jwt.token, key: jwt.key, claims: claims as JwtClaims, validity } as VerifiedClaims
}

const stringClaims = ['iss', 'sub', 'jti', 'client_id'] as const

function checkTypes(claims: JsonObject): AuthFailure | null {
  for (const name of stringClaims) {
    const value = getOwn(claims, name)
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      return invalidClaim(`${name} must be a non-empty string`)
  }
  return null
}

/** Keycloak writes these values to the claim `typ` of tokens that are neither access tokens nor ID tokens. */
const keycloakTypes: ReadonlySet<unknown> = new Set(['Refresh', 'Offline', 'Logout'])

/**
 * Rejects tokens for another use, such as ID tokens. An ID token proves to a client who has logged in; it grants no
 * access. Otherwise, a client that received one could call this API without having been granted any scope.
 */
function checkTokenUse(claims: JsonObject, { tokenUse }: ClaimRules): AuthFailure | null {
  if (tokenUse === null) return null
  const use = getOwn(claims, 'token_use')
  const isOther = use !== undefined && use !== tokenUse
  const typ = getOwn(claims, 'typ')
  const isIdToken = typ === 'ID' || Object.hasOwn(claims, 'at_hash') || Object.hasOwn(claims, 'c_hash')
  if (!isOther && (!isIdToken || tokenUse === 'id') && !keycloakTypes.has(typ)) return null
  return new AuthFailure('token_type_not_allowed', 'at_hash, c_hash, token_use or typ indicates another kind of token')
}

/**
 * Rejects a token that is bound to a key of the client (`cnf`, RFC 7800). Proof of possession is not checked here, so a
 * thief could use the token as a plain bearer token.
 */
function checkBinding(claims: JsonObject, { rejectsBoundTokens }: ClaimRules): AuthFailure | null {
  if (!rejectsBoundTokens || !Object.hasOwn(claims, 'cnf')) return null
  return new AuthFailure('token_bound', 'cnf binds the token to a key, and proof of possession is not checked')
}

/** Rejects a token for another API. Otherwise that API, or a thief of its tokens, could call this one. */
function checkAudience(claims: JsonObject, { audiences }: ClaimRules): AuthFailure | null {
  const aud = getOwn(claims, 'aud')
  if (typeof aud === 'string')
    return audiences === null || audiences.has(aud) ? null : audienceNotAllowed('aud contains no accepted audience')
  const isPresent = Object.hasOwn(claims, 'aud')
  const values: readonly unknown[] = Array.isArray(aud) ? aud : isPresent ? [aud] : []
  if (!values.every((value) => typeof value === 'string')) {
    return invalidClaim('aud must be a string or an array of strings')
  }
  if (audiences === null) return isPresent && values.length === 0 ? invalidClaim('aud must not be empty') : null
  if (values.some((value) => audiences.has(value))) return null
  return audienceNotAllowed(isPresent ? 'aud contains no accepted audience' : 'aud is missing')
}

function audienceNotAllowed(detail: string): AuthFailure {
  return new AuthFailure('audience_not_allowed', detail)
}

/**
 * Rejects a token that was issued to a client that is not accepted. OpenID Connect names the client in `azp`, RFC 9068 in
 * `client_id`. If a token has both, both must be accepted.
 */
function checkClient(claims: JsonObject, { clients }: ClaimRules): AuthFailure | null {
  if (clients === null) return null
  const values = ['azp', 'client_id'].filter((name) => Object.hasOwn(claims, name)).map((name) => getOwn(claims, name))
  if (values.length > 0 && values.every((client) => typeof client === 'string' && clients.has(client))) return null
  return invalidClaim('azp and client_id are missing, or name a client that is not accepted')
}

function checkRequiredClaims(claims: JsonObject, { requiredClaims }: ClaimRules): AuthFailure | null {
  const missing = requiredClaims.find((name) => (getOwn(claims, name) ?? null) === null)
  return missing === undefined ? null : invalidClaim(`the required claim ${missing} is missing`)
}
