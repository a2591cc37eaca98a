import { carryResponse, unavailableResponse } from '@claimcheck/core/internal'

/**
 * The store, the list of revocations or a function of yours failed, returned what it must not, or did not respond: an
 * outage, which says nothing about the token. The message names the method, and `cause` is its error.
 */
export class SessionStoreUnavailableError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', {
      value: 'SessionStoreUnavailableError',
      configurable: true,
      writable: true,
    })
  }

  readonly code = 'temporarily_unavailable'
  readonly status = 503

  /** When a client should try again: the value of `Retry-After`. */
  readonly retryAfterSeconds = 10

  /** `detail` must not contain any value. */
  constructor(what: string, cause: unknown, detail = '') {
    super(`${what} failed${detail === '' ? '' : `: ${detail}`}; try again`, { cause })
    carryResponse(this, unavailableResponse)
  }

  /** What a client may be told. */
  toJSON(): { readonly error: string; readonly error_description: string } {
    return { error: this.code, error_description: 'Sessions are not available; try again' }
  }
}
