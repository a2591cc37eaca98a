/** A login and all tokens that follow from it; one refresh token is valid at a time. Times are seconds since the epoch. */
export interface Session {
  /** The `iss` of its access tokens. */
  readonly issuer: string
  /** The `sid` of its access tokens. It is public and not part of a refresh token. */
  readonly sid: string
  readonly sub: string
  /** The claims of its access tokens, except those that the issuer sets, as JSON. The store does not read it. */
  readonly claims: string
  /** A name for the session, 1 to 256 characters; null if the login set none. */
  readonly label: string | null
  /** The device or client of the login, 1 to 256 characters; null if the login set none. */
  readonly device: string | null
  readonly createdAt: number
  /** When it was last refreshed, or created. */
  readonly refreshedAt: number
  /** When it ends at the latest; a refresh does not change this. */
  readonly expiresAt: number
  /** When the last of its access tokens expires. */
  readonly accessTokensExpireAt: number
}

/** What a user can see of a session. Times are whole seconds since the epoch. */
export type SessionInfo = Pick<Session, 'sid' | 'label' | 'device' | 'createdAt' | 'refreshedAt' | 'expiresAt'>

/** The maximum length of `label` and `device`, in UTF-16 code units. */
export const maxDetailLength = 256

/** Hashes by which a store finds a session and compares refresh tokens. A store never receives a refresh token. */
export interface TokenHashes {
  /** The hash of the part that all refresh tokens of a session share (a token family in the words of RFC 9700). */
  readonly family: string
  /** The hash of the whole refresh token. */
  readonly token: string
}

/** A user of an issuer. */
export interface SubjectRef {
  readonly issuer: string
  readonly sub: string
}

/** Creates a session. */
export interface CreateSession {
  readonly session: Session
  readonly hashes: TokenHashes
  /** The session expires if it is not refreshed for so long. */
  readonly idleSeconds: number
  /** How many sessions the subject can have, including this one. The least recently refreshed ones are ended. */
  readonly maxPerSubject: number
  /** How long the store remembers those as ended. */
  readonly tombstoneSeconds: number
}

/** Looks up a refresh token without changing anything. */
export interface TokenLookup {
  readonly hashes: TokenHashes
  readonly now: number
  readonly graceSeconds: number
}

/** The session of a refresh token, and whether `rotate` would accept this token. */
export interface LookupResult {
  readonly session: Session
  readonly isCurrent: boolean
}

/** Replaces a refresh token by its successor. */
export interface RotateToken extends TokenLookup {
  readonly idleSeconds: number
  /** When the access token that is issued with the successor expires. */
  readonly accessTokensExpireAt: number
  readonly successor: {
    /** The hash of the whole successor. */
    readonly token: string
    /**
     * The successor, encrypted with a key that can be derived only from the presented token; null if the grace period is 0.
     * The store deletes it when the grace period ends or the successor is used.
     */
    readonly sealedSuccessor: string | null
  }
  /** How long the store remembers the session as ended if this call ends it. */
  readonly tombstoneSeconds: number
}

/** Ends sessions. */
export interface EndSession {
  readonly now: number
  /** How long the store remembers them as ended: until their access tokens expire, so that a revocation can be repeated. */
  readonly tombstoneSeconds: number
  /** Whether their access tokens have been revoked, so `begin` does not return them again. @default false */
  readonly isRevoked?: boolean
}

/** The result of a rotation. */
export type RotationResult =
  /** The presented token was current. Its successor is current now. */
  | { readonly outcome: 'rotated'; readonly session: Session }
  /**
   * The presented token was replaced last, less than `graceSeconds` ago, and its successor has not been used. This is that
   * successor. The current token does not change.
   */
  | { readonly outcome: 'repeated'; readonly session: Session; readonly sealedSuccessor: string }
  /**
   * The presented token was replaced less than `graceSeconds` ago, but it cannot be repeated: the client sent it late.
   * Nothing changes, and the session continues.
   */
  | { readonly outcome: 'superseded'; readonly session: Session }
  /** The presented token was used before. This call has ended the session. */
  | { readonly outcome: 'reused'; readonly session: Session }
  /** The session was ended before and is still remembered. */
  | { readonly outcome: 'ended'; readonly session: Session }
  /** The store has no session for this token: it never existed, or it has expired. */
  | { readonly outcome: 'unknown' }

/**
 * Stores sessions. Every method is atomic, whatever other calls and processes do at the same time, and rejects if it is not
 * certain that the call has been carried out. The store forgets a session that has expired.
 */
export interface SessionStore {
  /**
   * Creates a session. Returns the sessions of the subject that were ended to make room for it. It returns them again at
   * each later login of the subject, while it remembers them as ended, until `endSession` is called for them with
   * `isRevoked`.
   */
  begin(input: CreateSession): Promise<readonly Session[]>
  /** Looks up a refresh token. Returns null if the store has no session for it. */
  find(lookup: TokenLookup): Promise<LookupResult | null>
  rotate(rotation: RotateToken): Promise<RotationResult>
  /** Ends the session of a refresh token, current or used. Returns it, even if it was ended before and is remembered. */
  end(input: EndSession & { readonly family: string }): Promise<Session | null>
  /** Ends one session of a subject. Returns the same as `end`. */
  endSession(input: EndSession & SubjectRef & { readonly sid: string }): Promise<Session | null>
  /** Ends every session of a subject, one atomic call for each. Returns them as `end` does. */
  endAll(input: EndSession & SubjectRef): Promise<readonly Session[]>
  /** Returns the sessions of a subject that have not ended. */
  list(query: SubjectRef & { readonly now: number }): Promise<readonly Session[]>
}
