import { carryResponse, unavailableResponse } from '@claimcheck/core/internal'

/** The store has as many sessions as it may hold, and drops none that lives. */
export class SessionStoreFullError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', {
      value: 'SessionStoreFullError',
      configurable: true,
      writable: true,
    })
  }

  constructor(max: number) {
    super(`The store holds ${max} sessions, as many as it may: raise max, or let sessions be shorter`)
    carryResponse(this, unavailableResponse)
  }
}
