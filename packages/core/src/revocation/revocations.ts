/** The claims by which a verified token can be revoked. Created once per token and frozen. Times are in seconds. */
export interface RevocableToken {
  /** Null if the token has no `iss`. */
  readonly issuer: string | null
  readonly jti: string
  /** The session that the token belongs to, such as a family of refresh tokens; null if the token has no `sid`. */
  readonly sid: string | null
  /** Null if the token has no `sub`. */
  readonly sub: string | null
  readonly iat: number
}

/** Revokes one token. `until` is its `exp`, in seconds since the epoch: after that, the token is rejected anyway. */
export interface TokenRevocation {
  readonly issuer: string | null
  readonly jti: string
  readonly until: number
}

/** Revokes all tokens of a session. `until` is the latest `exp` of its tokens, in seconds since the epoch. */
export interface SessionRevocation {
  readonly issuer: string | null
  readonly sid: string
  readonly until: number
}

/** Revokes all tokens of a subject whose `iat` is at or before `issuedBefore`, in seconds since the epoch. */
export interface SubjectRevocation {
  readonly issuer: string | null
  readonly sub: string
  readonly issuedBefore: number
}

/** Revokes tokens. An issuer needs it for a logout. Each method rejects if the revocation was not stored. */
export interface Revoker {
  revokeToken(revocation: TokenRevocation): Promise<void>
  revokeSession(revocation: SessionRevocation): Promise<void>
  revokeSubject(revocation: SubjectRevocation): Promise<void>
}

/** A list of revoked tokens that an Auth checks for each request. */
export interface Revocations extends Revoker {
  /**
   * How long an entry is kept after its end. It must be at least the `clockToleranceSeconds` of each Auth that uses the
   * list: otherwise a revoked token would be accepted again during the rest of that time.
   */
  readonly clockToleranceSeconds: number
  /** The maximum lifetime of a token, `exp` - `iat`. The entry of a subject ends this long after its `issuedBefore`. */
  readonly maxTokenLifetimeSeconds: number
  /**
   * Whether a token is revoked. It is called for each request, so it should read from memory. Throws if it cannot know.
   */
  isRevoked(token: RevocableToken): boolean | Promise<boolean>
  /** Loads the entries that are shared with other processes. Rejects if that fails, with the reason. */
  ready?(): Promise<void>
}
