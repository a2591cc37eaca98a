import { AuthError } from './errors.ts'
import type { AuthErrorCode } from './errors.ts'

interface FailureDetails {
  readonly cause?: unknown
  readonly scopes?: readonly string[]
  readonly retryAfterSeconds?: number
}

const nothingMore: FailureDetails = Object.freeze({})

/**
 * A refusal on its way through core, as a plain value: the stack trace of an error costs more than all that is done to
 * find a bad token out. It becomes an AuthError only where somebody is handed one.
 */
export class AuthFailure {
  readonly code: AuthErrorCode
  readonly detail: string | null
  readonly more: FailureDetails

  constructor(code: AuthErrorCode, detail: string | null = null, more: FailureDetails = nothingMore) {
    this.code = code
    this.detail = detail
    this.more = more
  }

  toError(): AuthError {
    const { cause, ...details } = this.more
    const options = Object.hasOwn(this.more, 'cause') ? { cause } : undefined
    return new AuthError(this.code, this.detail === null ? details : { ...details, detail: this.detail }, options)
  }
}

/** Nobody came. */
export const tokenMissing = new AuthFailure('token_missing')
