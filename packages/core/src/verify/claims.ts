import type { IssuerSettings } from '../config/issuer-settings.ts'
import { AuthError } from '../errors.ts'
import type { VerificationKey } from '../keys/verification-key.ts'
import { member } from '../token/strict-json.ts'
import type { JsonObject } from '../token/strict-json.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import type { SignedJwt } from './signature.ts'
import { validateLifetime, validateTimes } from './times.ts'

declare const verified: unique symbol

/** Claims that a key of the issuer signed and that its settings accept. */
export interface VerifiedClaims {
  readonly token: string
  readonly key: VerificationKey
  readonly claims: JwtClaims
  readonly [verified]: true
}

/** Validates the claims of a signed token: types first, then the issuer's rules, then the clock. */
export function validateClaims(jwt: SignedJwt, issuer: IssuerSettings, nowSeconds: number): VerifiedClaims {
  const { claims } = jwt
  for (const name of ['iss', 'sub', 'jti', 'client_id']) {
    const value = member(claims, name)
    if (Object.hasOwn(claims, name) && (typeof value !== 'string' || value === '')) {
      throw invalid(`${name} must be a non-empty string`)
    }
  }
  refuseOtherTokens(claims, issuer.tokenUse)
  if (issuer.refusesBoundTokens && Object.hasOwn(claims, 'cnf')) {
    throw new AuthError('token_bound', { detail: 'cnf binds the token to a key, which is not checked here' })
  }
  validateAudience(claims, issuer.audiences)
  validateClient(claims, issuer.clients)
  const missing = issuer.requiredClaims.find((name) => (member(claims, name) ?? null) === null)
  if (missing !== undefined) throw invalid(`the required claim ${missing} is missing`)
  validateTimes(claims, issuer, nowSeconds)
  validateLifetime(claims, issuer)
  return { token: jwt.token, key: jwt.key, claims: claims as JwtClaims } as VerifiedClaims
}

/** What Keycloak writes into `typ` of the payload where a token is neither an access token nor an ID token. */
const keycloakTypes: ReadonlySet<unknown> = new Set(['Refresh', 'Offline', 'Logout'])

/** An ID token, or a token for another use, is no access token, however well it is signed. */
function refuseOtherTokens(claims: JsonObject, tokenUse: IssuerSettings['tokenUse']): void {
  if (tokenUse === null) return
  const isOther = Object.hasOwn(claims, 'token_use') && member(claims, 'token_use') !== tokenUse
  const typ = member(claims, 'typ')
  const isIdToken = typ === 'ID' || Object.hasOwn(claims, 'at_hash') || Object.hasOwn(claims, 'c_hash')
  if (isOther || (isIdToken && tokenUse !== 'id') || keycloakTypes.has(typ)) {
    throw new AuthError('token_type_not_allowed', {
      detail: 'at_hash, c_hash, token_use or typ marks another kind of token',
    })
  }
}

function validateAudience(claims: JsonObject, audiences: ReadonlySet<string> | null): void {
  const aud = member(claims, 'aud')
  const values: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const isThere = Object.hasOwn(claims, 'aud')
  if (isThere && !values.every((value) => typeof value === 'string')) {
    throw invalid('aud must be a string or an array of strings')
  }
  if (audiences === null && isThere && values.length === 0) throw invalid('aud must not be empty')
  if (audiences === null || values.some((value) => typeof value === 'string' && audiences.has(value))) return
  throw new AuthError('audience_not_allowed', { detail: isThere ? 'aud names others' : 'aud is missing' })
}

/** `azp` names the client in OpenID Connect, `client_id` in RFC 9068; a token that has both names one by them. */
function validateClient(claims: JsonObject, clients: ReadonlySet<string> | null): void {
  if (clients === null) return
  const named = ['azp', 'client_id'].filter((name) => Object.hasOwn(claims, name)).map((name) => member(claims, name))
  if (named.length > 0 && named.every((client) => typeof client === 'string' && clients.has(client))) return
  throw invalid('azp or client_id is missing, or names a client that is not accepted')
}

function invalid(detail: string): AuthError {
  return new AuthError('claim_invalid', { detail })
}
