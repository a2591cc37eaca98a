import { AuthError } from './errors.ts'
import type { AuthErrorCode } from './errors.ts'

/** What only some failures have: the cause of an outage, the scopes of the challenge, the seconds of `Retry-After`. */
interface FailureDetails {
  readonly cause?: unknown
  readonly scopes?: readonly string[]
  readonly retryAfterSeconds?: number
}

const noDetails: FailureDetails = Object.freeze({})

/**
 * Why a request is rejected, as a plain value: the stack trace of an Error costs more than all checks of a bad token.
 * It becomes an AuthError when it is thrown, or an ErrorResponse when it is sent.
 */
export class AuthFailure {
  readonly code: AuthErrorCode
  /** What exactly was wrong, for logs. It never contains the value of a claim. */
  readonly detail: string | null
  readonly details: FailureDetails

  constructor(code: AuthErrorCode, detail: string | null = null, details: FailureDetails = noDetails) {
    this.code = code
    this.detail = detail
    this.details = details
  }

  toError(): AuthError {
    const { cause, ...details } = this.details
    const options = Object.hasOwn(this.details, 'cause') ? { cause } : undefined
    return new AuthError(this.code, this.detail === null ? details : { ...details, logDetail: this.detail }, options)
  }
}

/** The request has no token. */
export const anonymousFailure = new AuthFailure('token_missing')

/** The token is not a well-formed JWT or JWE. */
export function malformed(detail: string): AuthFailure {
  return new AuthFailure('token_malformed', detail)
}

/** A claim is missing, or has a type or value that is not accepted. */
export function invalidClaim(detail: string): AuthFailure {
  return new AuthFailure('claim_invalid', detail)
}
