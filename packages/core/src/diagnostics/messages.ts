import type { AuthErrorCode } from '../failure/errors.ts'
import type { RequestLike } from '../request/headers.ts'

/** On `claimcheck:authenticate`, after each request and each token that was judged. Nothing in it is of the token. */
export interface AuthenticateMessage {
  /** `anonymous`: there was no token. `failed`: a rule of the user's, or something of ours, threw. */
  readonly outcome: 'accepted' | 'anonymous' | 'refused' | 'failed'
  /** The precise code, `logCode` of the AuthError; null if nothing was refused. */
  readonly code: AuthErrorCode | null
  /** The issuer as the settings name it; null where none was found, or none is checked. */
  readonly issuer: string | null
  /** Whether the token was remembered, and so not verified anew. */
  readonly recalled: boolean
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number
  readonly durationMilliseconds: number
}

/** On `claimcheck:refuse`, for each refusal that is handed out: of an authentication, of a guard, of `getAuth`. */
export interface RefuseMessage {
  /** The precise code, `logCode` of the AuthError: not for the client. */
  readonly code: AuthErrorCode
  readonly status: number
  /** For logs, as those of the AuthError are. */
  readonly detail: string | null
  readonly cause: unknown
  /** null for a token that came without a request. */
  readonly request: RequestLike | null
}

/** On `claimcheck:keys`, after each attempt to fetch an issuer's keys. */
export interface KeysMessage {
  /** null where none is checked. */
  readonly issuer: string | null
  /** Where the keys are looked for, or whose metadata lead there: without a query, which may hold a key. */
  readonly url: string
  readonly outcome: 'fetched' | 'failed'
  /** How many keys are held now. */
  readonly keys: number
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number
  readonly durationMilliseconds: number
  /** What failed; null where nothing did. For logs. */
  readonly cause: unknown
}

/** On `claimcheck:revoke`, once a revocation is in its list. It does not say whose. */
export interface RevokeMessage {
  readonly kind: 'token' | 'session' | 'subject'
  readonly issuer: string | null
  /** When the entry may be forgotten, in seconds since the epoch. */
  readonly expiresAt: number
}

/** The channels of node:diagnostics_channel by name, and what is published on them. */
export interface DiagnosticMessages {
  readonly 'claimcheck:authenticate': AuthenticateMessage
  readonly 'claimcheck:refuse': RefuseMessage
  readonly 'claimcheck:keys': KeysMessage
  readonly 'claimcheck:revoke': RevokeMessage
}
