/** The claims of a verified token. Registered claims have the types of RFC 7519; all others are `unknown`. */
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

/** The header parameters by which a key is found. They are not verified. Frozen. */
export interface KeyQuery {
  readonly alg: string
  readonly kid?: string
}
