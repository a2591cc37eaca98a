import { carryResponse, unavailableResponse } from '../failure/error-response.ts'

/** The list has as many entries as it may hold, and drops none that counts: what was to be revoked is not. */
export class RevocationListFullError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', {
      value: 'RevocationListFullError',
      configurable: true,
      writable: true,
    })
  }

  constructor(max: number) {
    super(`Revocation list is full (max ${max}); the entry was not added`)
    carryResponse(this, unavailableResponse)
  }
}
