/** A login that lasts: a family of refresh tokens, of which one is good at a time. Times are seconds since the epoch. */
export interface Session {
  /** The `iss` of its access tokens. */
  readonly issuer: string
  /** The `sid` of its access tokens; public, and no part of a refresh token. */
  readonly sid: string
  readonly sub: string
  /** What its access tokens carry beside the registered claims, as JSON; the store does not look into it. */
  readonly claims: string
  readonly createdAt: number
  /** When it was last refreshed, or begun. */
  readonly refreshedAt: number
  /** The end that no refresh moves. */
  readonly expiresAt: number
  /** When the last of its access tokens is over. */
  readonly accessTokensExpireAt: number
}

/** By what a store finds a family, and tells the good token of it from the used ones: hashes, never a token. */
export interface TokenHashes {
  /** The hash of what all refresh tokens of a family share. */
  readonly family: string
  /** The hash of one whole refresh token. */
  readonly token: string
}

/** Of whom sessions are meant. */
export interface SubjectRef {
  readonly issuer: string
  readonly sub: string
}

/** The begin of a family. */
export interface CreateSession {
  readonly session: Session
  readonly hashes: TokenHashes
  /** The family ends when it was not refreshed for so long. */
  readonly idleSeconds: number
  /** How many sessions the subject may have, this one included: the ones that were refreshed longest ago end. */
  readonly maxPerSubject: number
  /** How long those are still known as ended. */
  readonly tombstoneSeconds: number
}

/** A look at a refresh token, which changes nothing. */
export interface TokenLookup {
  readonly hashes: TokenHashes
  readonly now: number
  readonly graceSeconds: number
}

/** What a look has found: the family, and whether a rotation by this token would succeed. */
export interface LookupResult {
  readonly session: Session
  readonly isCurrent: boolean
}

/** One use of a refresh token, and what is to take its place. */
export interface RotateToken extends TokenLookup {
  readonly idleSeconds: number
  /** When the access token that goes with it is over. */
  readonly accessTokensExpireAt: number
  readonly successor: {
    /** The hash of the whole successor. */
    readonly token: string
    /**
     * The successor, sealed under a key that only the holder of the presented token can derive; null where the grace is 0.
     * It is kept until the grace is over or the successor is used, and no longer.
     */
    readonly sealedSuccessor: string | null
  }
  /** Where this step ends the family: how long it is still known as ended. */
  readonly tombstoneSeconds: number
}

/** The end of families. */
export interface EndSession {
  readonly now: number
  /** How long they are still known as ended: while their access tokens are good, so that revoking can be repeated. */
  readonly tombstoneSeconds: number
  /** Whether their access tokens have been revoked, so that `begin` does not return them again. */
  readonly isRevoked?: boolean
}

/** What became of a rotation. */
export type RotationResult =
  /** The presented token was the good one; its successor is now. */
  | { readonly outcome: 'rotated'; readonly session: Session }
  /** It was the one before, came again in `graceSeconds`, and its successor was not used yet: this is that successor. */
  | { readonly outcome: 'repeated'; readonly session: Session; readonly sealedSuccessor: string }
  /**
   * It was replaced less than `graceSeconds` ago, but cannot be repeated: a client sent it late. Nothing changes, and the
   * family goes on.
   */
  | { readonly outcome: 'superseded'; readonly session: Session }
  /** It was used before: the family has ended by this very step. */
  | { readonly outcome: 'reused'; readonly session: Session }
  /** Its family ended before, and is still known. */
  | { readonly outcome: 'ended'; readonly session: Session }
  /** No family is known by it: it never was one, or it is over. */
  | { readonly outcome: 'unknown' }

/**
 * Holds the families. Every method is one atomic step, whatever runs at the same time, in whatever process; each rejects
 * where it cannot be known to have been done. A family is forgotten when it was idle for too long, or is over.
 */
export interface SessionStore {
  /**
   * Begins a family, and gives those of the subject that had to end for it. It gives them again at each later login of the
   * subject, while they are known as ended, until `endSession` is called for them with `isRevoked`.
   */
  begin(beginning: CreateSession): Promise<readonly Session[]>
  /** Looks at a refresh token; null where no family is known by it. */
  find(look: TokenLookup): Promise<LookupResult | null>
  rotate(rotation: RotateToken): Promise<RotationResult>
  /** Ends the family of a refresh token, good or used, and gives it; also one that is still known as ended. */
  end(ending: EndSession & { readonly family: string }): Promise<Session | null>
  /** Ends one session of a subject; as `end`. */
  endSession(ending: EndSession & SubjectRef & { readonly sid: string }): Promise<Session | null>
  /** Ends every family of a subject, each in a step of its own, and gives them; as `end`. */
  endAll(ending: EndSession & SubjectRef): Promise<readonly Session[]>
  /** The families of a subject that have not ended. */
  list(query: SubjectRef & { readonly now: number }): Promise<readonly Session[]>
}
