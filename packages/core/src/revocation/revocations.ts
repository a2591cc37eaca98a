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

/** Revokes all tokens of a subject that were issued up to a time. */
export interface SubjectRevocation {
  readonly issuer: string | null
  readonly sub: string
  /** Inclusive: a token is revoked if its `iat` is this time or earlier. In seconds since the epoch. */
  readonly issuedBefore: number
}

/** Revokes tokens, for example when a user logs out. Each method rejects if the revocation was not stored. */
export interface Revoker {
  revokeToken(revocation: TokenRevocation): Promise<void>
  revokeSession(revocation: SessionRevocation): Promise<void>
  revokeSubject(revocation: SubjectRevocation): Promise<void>
}

/** A list of revoked tokens that an Auth checks for each request. */
export interface Revocations extends Revoker {
  /**
   * How long an entry is kept after its end. It must be at least the `clockToleranceSeconds` of each Auth that uses the
   * list. Otherwise an Auth would accept a revoked token again after its entry was deleted.
   */
  readonly clockToleranceSeconds: number
  /** The maximum lifetime of a token, `exp` - `iat`. The entry of a subject ends this long after its `issuedBefore`. */
  readonly maxTokenLifetimeSeconds: number
  /**
   * Whether a token is revoked. It is called for each request, so it should read from memory. Throws if it cannot decide.
   */
  isRevoked(token: RevocableToken): boolean | Promise<boolean>
  /** Loads the entries that are shared with other processes. Rejects with the reason if that fails. */
  ready?(): Promise<void>
}
