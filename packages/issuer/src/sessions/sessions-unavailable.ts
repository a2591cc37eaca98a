import { carryResponse, unavailableResponse } from '@claimcheck/core/settings'

/** The store or the list of revocations failed: an outage, and nothing about the token. The cause says which. */
export class SessionsUnavailable extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'SessionsUnavailable', configurable: true, writable: true })
  }

  readonly code = 'temporarily_unavailable'
  readonly status = 503

  constructor(what: string, cause: unknown) {
    super(`${what} failed; try again`, { cause })
    carryResponse(this, unavailableResponse)
  }

  /** What a client may be told. */
  toJSON(): { readonly error: string; readonly error_description: string } {
    return { error: this.code, error_description: 'Sessions are not available; try again' }
  }
}
