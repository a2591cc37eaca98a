import type { VerificationKey } from '../keys/verification-key.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { getOwn } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import type { SignedJwt } from './signature.ts'
import { validateTimes } from './times.ts'
import type { TimeRules, Validity } from './times.ts'

/** What an issuer's options say about the claims of a signed token. */
export interface ClaimRules extends TimeRules {
  /** null: `aud` may name anything. */
  readonly audiences: ReadonlySet<string> | null
  readonly requiredClaims: readonly string[]
  readonly clients: ReadonlySet<string> | null
  readonly tokenUse: 'id' | 'access' | null
  readonly refusesBoundTokens: boolean
}

declare const verified: unique symbol

/** Claims that a key of the issuer signed and that its settings accept. */
export interface VerifiedClaims {
  /** As the client sent it, which is encrypted where tokens are. */
  readonly token: string
  readonly key: VerificationKey
  readonly claims: JwtClaims
  readonly validity: Validity
  readonly [verified]: true
}

/** Validates the claims of a signed token: types first, then the issuer's rules, then the clock. */
export function validateClaims(jwt: SignedJwt, issuer: ClaimRules, nowSeconds: number): VerifiedClaims | AuthFailure {
  const { claims } = jwt
  const failure =
    checkTypes(claims) ??
    checkTokenUse(claims, issuer) ??
    checkBinding(claims, issuer) ??
    checkAudience(claims, issuer) ??
    checkClient(claims, issuer) ??
    checkRequiredClaims(claims, issuer)
  if (failure !== null) return failure
  const validity = validateTimes(claims, issuer, nowSeconds)
  if (validity instanceof AuthFailure) return validity
  return { token: jwt.token, key: jwt.key, claims: claims as JwtClaims, validity } as VerifiedClaims
}

/** The checks of claims one by one, in their order: for whoever wants to know which of them refused. */
export const claimChecks = Object.freeze({
  types: checkTypes,
  use: checkTokenUse,
  cnf: checkBinding,
  aud: checkAudience,
  client: checkClient,
  required: checkRequiredClaims,
} satisfies Record<string, (claims: JsonObject, issuer: ClaimRules) => AuthFailure | null>)

const texts = ['iss', 'sub', 'jti', 'client_id'] as const

function checkTypes(claims: JsonObject): AuthFailure | null {
  for (const name of texts) {
    const value = getOwn(claims, name)
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      return invalid(`${name} must be a non-empty string`)
  }
  return null
}

/** What Keycloak writes into `typ` of the payload where a token is neither an access token nor an ID token. */
const keycloakTypes: ReadonlySet<unknown> = new Set(['Refresh', 'Offline', 'Logout'])

/** An ID token, or a token for another use, is no access token, however well it is signed. */
function checkTokenUse(claims: JsonObject, { tokenUse }: ClaimRules): AuthFailure | null {
  if (tokenUse === null) return null
  const use = getOwn(claims, 'token_use')
  const isOther = use !== undefined && use !== tokenUse
  const typ = getOwn(claims, 'typ')
  const isIdToken = typ === 'ID' || Object.hasOwn(claims, 'at_hash') || Object.hasOwn(claims, 'c_hash')
  if (!isOther && (!isIdToken || tokenUse === 'id') && !keycloakTypes.has(typ)) return null
  return new AuthFailure('token_type_not_allowed', 'at_hash, c_hash, token_use or typ indicates another kind of token')
}

function checkBinding(claims: JsonObject, { refusesBoundTokens }: ClaimRules): AuthFailure | null {
  if (!refusesBoundTokens || !Object.hasOwn(claims, 'cnf')) return null
  return new AuthFailure('token_bound', 'cnf binds the token to a key, and proof of possession is not checked')
}

function checkAudience(claims: JsonObject, { audiences }: ClaimRules): AuthFailure | null {
  const aud = getOwn(claims, 'aud')
  if (typeof aud === 'string')
    return audiences === null || audiences.has(aud) ? null : foreignAudience('aud contains no accepted audience')
  const isThere = Object.hasOwn(claims, 'aud')
  const values: readonly unknown[] = Array.isArray(aud) ? aud : isThere ? [aud] : []
  if (!values.every((value) => typeof value === 'string')) {
    return invalid('aud must be a string or an array of strings')
  }
  if (audiences === null) return isThere && values.length === 0 ? invalid('aud must not be empty') : null
  if (values.some((value) => audiences.has(value))) return null
  return foreignAudience(isThere ? 'aud contains no accepted audience' : 'aud is missing')
}

function foreignAudience(detail: string): AuthFailure {
  return new AuthFailure('audience_not_allowed', detail)
}

/** `azp` names the client in OpenID Connect, `client_id` in RFC 9068; a token that has both names one by them. */
function checkClient(claims: JsonObject, { clients }: ClaimRules): AuthFailure | null {
  if (clients === null) return null
  const named = ['azp', 'client_id'].filter((name) => Object.hasOwn(claims, name)).map((name) => getOwn(claims, name))
  if (named.length > 0 && named.every((client) => typeof client === 'string' && clients.has(client))) return null
  return invalid('azp and client_id are missing, or name a client that is not accepted')
}

function checkRequiredClaims(claims: JsonObject, { requiredClaims }: ClaimRules): AuthFailure | null {
  const missing = requiredClaims.find((name) => (getOwn(claims, name) ?? null) === null)
  return missing === undefined ? null : invalid(`the required claim ${missing} is missing`)
}

function invalid(detail: string): AuthFailure {
  return new AuthFailure('claim_invalid', detail)
}
