import type { AuthErrorCode } from '../failure/errors.ts'
import type { RequestLike } from '../request/headers.ts'

/** On `claimcheck:authenticate`: the result for a request or a token. It contains nothing from the token. */
export interface AuthenticateMessage {
  /** `anonymous`: there was no token. `failed`: an error was thrown, by the user's code or because of a bug. */
  readonly outcome: 'accepted' | 'anonymous' | 'rejected' | 'failed'
  /** The precise code, `logCode` of the AuthError; null if the token was not rejected. */
  readonly code: AuthErrorCode | null
  /** The issuer as the options name it; null if none was found, or if the issuer is not checked. */
  readonly issuer: string | null
  /** Whether the token was cached, so that it was not verified again. */
  readonly recalled: boolean
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number
  readonly durationMilliseconds: number
}

/**
 * On `claimcheck:reject`: authentication, a guard, `getAuth` or `auth.authorize` rejected a request or a token. In mode
 * `attempt`, a request with a rejected token still passes.
 */
export interface RejectMessage {
  /** The precise code, `logCode` of the AuthError: not for the client. */
  readonly code: AuthErrorCode
  readonly status: number
  /** `logDetail` of the AuthError. Not for the client. */
  readonly detail: string | null
  /** `cause` of the AuthError, or null. Not for the client. */
  readonly cause: unknown
  /** null for a token that came without a request. */
  readonly request: RequestLike | null
}

/** On `claimcheck:keys`: an attempt to fetch an issuer's keys has ended. */
export interface KeysMessage {
  /** null if the issuer is not checked. */
  readonly issuer: string | null
  /** The URL of the keys, or the issuer whose metadata contains it, without its query, which can contain a secret. */
  readonly url: string
  readonly outcome: 'fetched' | 'failed'
  /** The number of keys that are cached now. */
  readonly keys: number
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number
  readonly durationMilliseconds: number
  /** Why the attempt failed; null if it did not. For logs. */
  readonly cause: unknown
}

/** On `claimcheck:revoke`: a revocation was added to its list. It does not say which token, session or subject it is. */
export interface RevokeMessage {
  readonly kind: 'token' | 'session' | 'subject'
  readonly issuer: string | null
  /** When the entry can be removed from the list, in seconds since the epoch. */
  readonly expiresAt: number
}

/** The messages of each channel of node:diagnostics_channel, by the channel's name. */
export interface DiagnosticMessages {
  readonly 'claimcheck:authenticate': AuthenticateMessage
  readonly 'claimcheck:reject': RejectMessage
  readonly 'claimcheck:keys': KeysMessage
  readonly 'claimcheck:revoke': RevokeMessage
}
