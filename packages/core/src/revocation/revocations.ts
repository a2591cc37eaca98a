/** What a verified token is known by to those who revoke; made once a token, and frozen. Times are seconds. */
export interface RevocableToken {
  /** null where the token names none. */
  readonly issuer: string | null
  readonly jti: string
  /** The session or the family of refresh tokens that the token belongs to; null where it names none. */
  readonly sid: string | null
  readonly sub: string | null
  readonly iat: number
}

/** One token, until it is over by itself (`until`: its `exp`, in seconds since the epoch). */
export interface TokenRevocation {
  readonly issuer: string | null
  readonly jti: string
  readonly until: number
}

/** Every token of a session, until the last of them is over by itself. */
export interface SessionRevocation {
  readonly issuer: string | null
  readonly sid: string
  readonly until: number
}

/** Every token of a subject whose `iat` is at or before `issuedBefore`. */
export interface SubjectRevocation {
  readonly issuer: string | null
  readonly sub: string
  readonly issuedBefore: number
}

/** Who may revoke: what an issuer needs for a logout. Each rejects where the revocation was not taken in. */
export interface Revoker {
  revokeToken(revocation: TokenRevocation): Promise<void>
  revokeSession(revocation: SessionRevocation): Promise<void>
  revokeSubject(revocation: SubjectRevocation): Promise<void>
}

/** The revoked tokens, as an Auth asks for them. */
export interface Revocations extends Revoker {
  /** How long past its end an entry is kept; no less than the tolerance of any Auth that asks. */
  readonly clockToleranceSeconds: number
  /** How long a token may live at most, `exp` - `iat`: the entry of a subject ends that long after `issuedBefore`. */
  readonly maxTokenLifetimeSeconds: number
  /** Whether a token is revoked. Asked for every request, so it answers from memory; throws where it cannot know. */
  isRevoked(token: RevocableToken): boolean | Promise<boolean>
  /** Loads what is shared with other processes; rejects with the reason why it cannot. */
  ready?(): Promise<void>
}
