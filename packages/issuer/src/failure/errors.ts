import { carryResponse, unavailableResponse } from '@claimcheck/core/internal'

/** Why a refresh token was rejected. This is for logs: the client receives the same response for every reason. */
export type RefreshReason =
  /** The value does not have the form of a refresh token. */
  | 'malformed'
  /** The store has no session for it: the token was never issued, or its session has expired. */
  | 'unknown'
  /** Its session was ended. */
  | 'ended'
  /** A newer token replaced it within the grace period. The session continues; no tokens were issued. */
  | 'superseded'
  /** It was used before: it was stolen, or the client keeps old tokens. The session has ended. */
  | 'reused'
  /** `renewClaims` returned null. The session has ended. */
  | 'claims_denied'

/**
 * A refresh token was rejected. The user must log in again, except after `superseded`: then the client repeats the refresh
 * with the newest token that it has. `JSON.stringify` returns the response body of RFC 6749 section 5.2.
 */
export class RefreshError extends Error {
  static {
    defineName(this.prototype, 'RefreshError')
  }

  readonly code = 'invalid_grant'
  readonly status = 400
  readonly reason: RefreshReason
  /** The session of the token; null if the token is not known. */
  readonly session: { readonly sid: string; readonly sub: string } | null

  constructor(reason: RefreshReason, session: { readonly sid: string; readonly sub: string } | null = null) {
    super('The refresh token is not valid')
    this.reason = reason
    this.session = session === null ? null : { sid: session.sid, sub: session.sub }
    carryResponse(this, {
      status: this.status,
      headers: { 'Cache-Control': 'no-store', 'Content-Type': 'application/json' },
      body: JSON.stringify({ error: this.code, error_description: this.message }),
    })
  }

  /** The response body for the client, to be sent with status 400 and `Cache-Control: no-store`. */
  toJSON(): { readonly error: string; readonly error_description: string } {
    return { error: this.code, error_description: this.message }
  }
}

/**
 * The session store, the revocation list or a callback failed, returned an invalid result, or did not respond in time. This
 * is an outage and does not mean that the token is invalid. The message names the method; `cause` is its error.
 */
export class SessionStoreUnavailableError extends Error {
  static {
    defineName(this.prototype, 'SessionStoreUnavailableError')
  }

  readonly code = 'temporarily_unavailable'
  readonly status = 503

  /** How long the client should wait before it tries again: the value of `Retry-After`. */
  readonly retryAfterSeconds = 10

  /** `detail` must not contain a value of the caller or of the store. */
  constructor(method: string, cause: unknown, detail = '') {
    super(`${method} failed${detail === '' ? '' : `: ${detail}`}; try again`, { cause })
    carryResponse(this, unavailableResponse)
  }

  /** The response body for the client. */
  toJSON(): { readonly error: string; readonly error_description: string } {
    return { error: this.code, error_description: 'Sessions are not available; try again' }
  }
}

/** The in-memory session store contains `max` sessions. It never drops a live session to make room for another. */
export class SessionStoreFullError extends Error {
  static {
    defineName(this.prototype, 'SessionStoreFullError')
  }

  constructor(max: number) {
    super(`The session store is full (max ${max}); no session was created. Raise max, or shorten the sessions`)
    carryResponse(this, unavailableResponse)
  }
}

function defineName(prototype: Error, name: string): void {
  Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true })
}
