/** The claims of a verified token: the registered ones have the types of RFC 7519, all others are unknown. */
export interface JwtClaims {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string | readonly string[]
  readonly exp?: number
  readonly nbf?: number
  readonly iat?: number
  readonly jti?: string
  readonly client_id?: string
  readonly [claim: string]: unknown
}

/** The header of an unverified token, as far as a key is found by it. Frozen. */
export interface KeyQuery {
  readonly alg: string
  readonly kid?: string
}
