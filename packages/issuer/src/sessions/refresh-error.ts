import { carryResponse } from '@claimcheck/core/internal'

/** Why a refresh token was refused, for logs. A client is not told. */
export type RefreshReason =
  /** It is no refresh token at all. */
  | 'malformed'
  /** It is of no session that is known: it never was, or the session is over. */
  | 'unknown'
  /** Its session was ended. */
  | 'ended'
  /** It was replaced a moment ago by a newer token of its session. The session goes on; nothing was issued. */
  | 'superseded'
  /** It was used before: it is stolen, or the client keeps old ones. Its session has ended. */
  | 'reused'
  /** `renewClaims` gave null. Its session has ended. */
  | 'denied'

/**
 * A refresh token was refused. The user must log in again, except after `superseded`, when the client repeats the refresh
 * with the newest token that it has. As JSON it is the response of RFC 6749 section 5.2.
 */
export class RefreshError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'RefreshError', configurable: true, writable: true })
  }

  readonly code = 'invalid_grant'
  readonly status = 400
  readonly reason: RefreshReason
  /** Whose session it was; null where none is known by the token. */
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

  /** What a client may be told, with status 400 and `Cache-Control: no-store`. */
  toJSON(): { readonly error: string; readonly error_description: string } {
    return { error: this.code, error_description: this.message }
  }
}
