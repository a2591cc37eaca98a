import { AuthError } from './errors.ts'
import type { AuthErrorCode } from './errors.ts'

interface FailureDetails {
  readonly cause?: unknown
  readonly scopes?: readonly string[]
  readonly retryAfterSeconds?: number
}

const nothingMore: FailureDetails = Object.freeze({})

/**
 * Why a request is rejected, as a plain value: the stack trace of an Error costs more than all checks of a bad token.
 * It becomes an AuthError when it is thrown, or an ErrorResponse when it is sent.
 */
export class AuthFailure {
  readonly code: AuthErrorCode
  readonly detail: string | null
  readonly details: FailureDetails

  constructor(code: AuthErrorCode, detail: string | null = null, more: FailureDetails = nothingMore) {
    this.code = code
    this.detail = detail
    this.details = more
  }

  toError(): AuthError {
    const { cause, ...details } = this.details
    const options = Object.hasOwn(this.details, 'cause') ? { cause } : undefined
    return new AuthError(this.code, this.detail === null ? details : { ...details, logDetail: this.detail }, options)
  }
}

/** The request has no token. */
export const anonymousFailure = new AuthFailure('token_missing')
