import { describe, expect, it, vi } from 'vitest'
import { responseOf } from '../src/adapter/adapter.ts'
import { AuthError, toErrorResponse } from '../src/index.ts'
import { RevocationListFullError } from '../src/revocation.ts'
import { carryResponse } from '../src/internal.ts'

const good = { status: 400, headers: { 'Content-Type': 'application/json' }, body: '{"error":"invalid_grant"}' }

function carrying(response: unknown): Error {
  const error = new Error('x')
  carryResponse(error, response as typeof good)
  return error
}

/** Runs with properties on Object.prototype, as after a prototype pollution. */
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
  it('is the refusal of an AuthError, and says whether it is an outage', () => {
    for (const code of ['token_expired', 'key_not_found', 'scope_insufficient', 'keys_unavailable'] as const) {
      const error = new AuthError(code)
      const { status, headers, body } = toErrorResponse(error)
      expect(responseOf(error)).toEqual({ status, headers, body, isOutage: code === 'keys_unavailable' })
    }
  })

  it('is what an error carries, which no serializer shows', () => {
    const error = carrying(good)
    expect(responseOf(error)).toEqual({ ...good, isOutage: false })
    expect(JSON.stringify(error)).toBe('{}')
  })

  it('is a 503 of an outage for a list that is full, without its message', () => {
    const response = responseOf(new RevocationListFullError(7))
    expect(response).toMatchObject({ status: 503, isOutage: true, headers: { 'Retry-After': '10' } })
    expect(response?.body).not.toMatch(/7|revocation/)
  })

  it('is that of an error of another copy of the package', async () => {
    vi.resetModules()
    const copy = { ...(await import('../src/index.ts')), ...(await import('../src/revocation.ts')) }
    expect(copy.AuthError).not.toBe(AuthError)
    expect(responseOf(new copy.AuthError('key_not_found'))).toEqual(responseOf(new AuthError('signature_invalid')))
    expect(responseOf(new copy.RevocationListFullError(7))).toEqual(responseOf(new RevocationListFullError(7)))
  })

  it('is that of an error of an older copy, whose code was the precise one', () => {
    const { headers } = new AuthError('key_not_found')
    const parts = { code: 'key_not_found', status: 401, type: 'about:blank', headers, logDetail: 'for the log' }
    const brand = { [Symbol.for('claimcheck.AuthError')]: true }
    const error = Object.assign(new Error(new AuthError('key_not_found').message), parts, brand)
    expect(responseOf(error)).toEqual(responseOf(new AuthError('signature_invalid')))
  })

  it.each<readonly [string, unknown]>([
    ['no error', good],
    ['nothing', undefined],
    ['a plain error', new Error('x')],
    ['an error with a status', Object.assign(new Error('x'), good)],
    ['an object with the symbol of the response', { [Symbol.for('claimcheck.errorResponse')]: good }],
    ['an error that inherits its response', Object.setPrototypeOf(new Error('x'), carrying(good))],
    ['a status that is no number', carrying({ ...good, status: '400' })],
    ['a status below 400', carrying({ ...good, status: 302 })],
    ['a status above 599', carrying({ ...good, status: 600 })],
    ['a status with a fraction', carrying({ ...good, status: 400.5 })],
    ['a body that is no string', carrying({ ...good, body: { error: 'x' } })],
    ['no headers', carrying({ ...good, headers: null })],
    ['a header that is no string', carrying({ ...good, headers: { 'Retry-After': 10 } })],
    ['a header of two lines', carrying({ ...good, headers: { A: 'b\r\nSet-Cookie: c=d' } })],
    ['a header name of two lines', carrying({ ...good, headers: { 'A: b\r\nC': 'd' } })],
    ['a header beyond latin1', carrying({ ...good, headers: { A: '€' } })],
    ['an AuthError of another shape', Object.assign(new Error('x'), { [Symbol.for('claimcheck.AuthError')]: true })],
    ['a response that is no object', carrying('503')],
    ['a response that inherits its parts', carrying(Object.create(good))],
  ])('is null for %s', (_name, error) => {
    expect(responseOf(error)).toBeNull()
  })

  it('is null for an accessor in place of the response, which is not called', () => {
    const get = vi.fn(() => good)
    const error = Object.defineProperty(new Error('x'), Symbol.for('claimcheck.errorResponse'), { get })
    expect([responseOf(error), get.mock.calls]).toEqual([null, []])
  })

  it('is null for every error after the prototype was polluted', () => {
    const pollution = {
      ...good,
      [Symbol.for('claimcheck.errorResponse')]: good,
      [Symbol.for('claimcheck.AuthError')]: true,
    }
    expect(polluted(pollution, () => responseOf(new Error('x')))).toBeNull()
    expect(polluted(good, () => responseOf(carrying({})))).toBeNull()
  })
})
