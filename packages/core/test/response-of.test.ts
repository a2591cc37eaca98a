import { describe, expect, it, vi } from 'vitest'
import { responseOf } from '../src/adapter/adapter.ts'
import { AuthError, toErrorResponse } from '../src/index.ts'
import { RevocationListFullError } from '../src/revocation.ts'
import { carryResponse } from '../src/internal.ts'

const good = { status: 400, headers: { 'Content-Type': 'application/json' }, body: '{"error":"invalid_grant"}' }

function errorWith(response: unknown): Error {
  const error = new Error('x')
  carryResponse(error, response as typeof good)
  return error
}

/** Calls a function while Object.prototype has these properties, as after a prototype pollution. */
function polluted<T>(properties: object, run: () => T): T {
  const names = Reflect.ownKeys(properties)
  for (const name of names) {
    Reflect.defineProperty(Object.prototype, name, { value: Reflect.get(properties, name), configurable: true })
  }
  try {
    return run()
  } finally {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
  }
}

describe('responseOf', () => {
  it('returns the error response of an AuthError, and whether it is an outage', () => {
    for (const code of ['token_expired', 'key_not_found', 'scope_insufficient', 'keys_unavailable'] as const) {
      const error = new AuthError(code)
      const { status, headers, body } = toErrorResponse(error)
      expect(responseOf(error)).toEqual({ status, headers, body, isOutage: code === 'keys_unavailable' })
    }
  })

  it('returns the response that is attached to an error and hidden from serializers', () => {
    const error = errorWith(good)
    expect(responseOf(error)).toEqual({ ...good, isOutage: false })
    expect(JSON.stringify(error)).toBe('{}')
  })

  it('returns a 503 for a full revocation list, without the message of the error', () => {
    const response = responseOf(new RevocationListFullError(7))
    expect(response).toMatchObject({ status: 503, isOutage: true, headers: { 'Retry-After': '10' } })
    expect(response?.body).not.toMatch(/7|revocation/)
  })

  it('returns the response of an error from another copy of the package', async () => {
    vi.resetModules()
    const copy = { ...(await import('../src/index.ts')), ...(await import('../src/revocation.ts')) }
    expect(copy.AuthError).not.toBe(AuthError)
    expect(responseOf(new copy.AuthError('key_not_found'))).toEqual(responseOf(new AuthError('signature_invalid')))
    expect(responseOf(new copy.RevocationListFullError(7))).toEqual(responseOf(new RevocationListFullError(7)))
  })

  it('returns the public response of an error from an older copy whose code was the log code', () => {
    const { headers } = new AuthError('key_not_found')
    const parts = { code: 'key_not_found', status: 401, type: 'about:blank', headers, logDetail: 'for the log' }
    const brand = { [Symbol.for('claimcheck.AuthError')]: true }
    const error = Object.assign(new Error(new AuthError('key_not_found').message), parts, brand)
    expect(responseOf(error)).toEqual(responseOf(new AuthError('signature_invalid')))
  })

  it.each<readonly [string, unknown]>([
    ['a plain object', good],
    ['undefined', undefined],
    ['a plain error', new Error('x')],
    ['an error with a status', Object.assign(new Error('x'), good)],
    ['an object with the symbol of the response', { [Symbol.for('claimcheck.errorResponse')]: good }],
    ['an error that inherits its response', Object.setPrototypeOf(new Error('x'), errorWith(good))],
    ['a status that is not a number', errorWith({ ...good, status: '400' })],
    ['a status below 400', errorWith({ ...good, status: 302 })],
    ['a status above 599', errorWith({ ...good, status: 600 })],
    ['a status with a fraction', errorWith({ ...good, status: 400.5 })],
    ['a body that is not a string', errorWith({ ...good, body: { error: 'x' } })],
    ['no headers', errorWith({ ...good, headers: null })],
    ['a header that is not a string', errorWith({ ...good, headers: { 'Retry-After': 10 } })],
    ['a header of two lines', errorWith({ ...good, headers: { A: 'b\r\nSet-Cookie: c=d' } })],
    ['a header name of two lines', errorWith({ ...good, headers: { 'A: b\r\nC': 'd' } })],
    ['a header with characters outside Latin-1', errorWith({ ...good, headers: { A: '€' } })],
    ['an AuthError of another shape', Object.assign(new Error('x'), { [Symbol.for('claimcheck.AuthError')]: true })],
    ['a response that is not an object', errorWith('503')],
    ['a response with inherited properties', errorWith(Object.create(good))],
  ])('returns null for %s', (_name, error) => {
    expect(responseOf(error)).toBeNull()
  })

  it('returns null for a getter instead of a response, and does not call it', () => {
    const get = vi.fn(() => good)
    const error = Object.defineProperty(new Error('x'), Symbol.for('claimcheck.errorResponse'), { get })
    expect([responseOf(error), get.mock.calls]).toEqual([null, []])
  })

  it('returns null for a plain error after Object.prototype was polluted', () => {
    const pollution = {
      ...good,
      [Symbol.for('claimcheck.errorResponse')]: good,
      [Symbol.for('claimcheck.AuthError')]: true,
    }
    expect(polluted(pollution, () => responseOf(new Error('x')))).toBeNull()
    expect(polluted(good, () => responseOf(errorWith({})))).toBeNull()
  })
})
