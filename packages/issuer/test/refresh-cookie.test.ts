import { isAuthError } from '@claimcheck/core'
import type { RequestLike } from '@claimcheck/core'
import { parseSetCookie } from 'cookie'
import { describe, expect, it } from 'vitest'
import { createRefreshTokenReader, refreshCookie } from '../src/index.ts'
import type { RefreshCookieTokens } from '../src/index.ts'

const refreshToken = 'dGhlIHJlZnJlc2ggdG9rZW4gb2YgdGhlc2UgdGVzdHM'
const options = { maxAgeSeconds: 86_400 }
const sameOrigin = { 'sec-fetch-site': 'same-origin' }

function outcomeOf(read: (request: RequestLike) => string, request: RequestLike): unknown {
  try {
    return read(request)
  } catch (error) {
    return isAuthError(error) ? error.code : error
  }
}

describe('the cookie of a refresh token', () => {
  it('is sent by pages of its own site alone, for as long as is said', () => {
    expect(refreshCookie({ refreshToken }, options)).toBe(
      `__Host-refresh=${refreshToken}; Max-Age=86400; Path=/; HttpOnly; Secure; SameSite=Strict`,
    )
    expect(refreshCookie({ refreshToken }, { ...options, name: '__Host-r' })).toMatch(/^__Host-r=/)
  })

  it('is ended by null', () => {
    expect(refreshCookie(null)).toBe('__Host-refresh=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict')
    expect(refreshCookie(null, { name: '__Host-r' })).toMatch(/^__Host-r=; Max-Age=0;/)
  })

  it.each(['a b', 'a;b', '', undefined])('carries no token that no cookie can: %j', (token) => {
    expect(() => refreshCookie({ refreshToken: token } as RefreshCookieTokens, options)).toThrow(TypeError)
  })

  it.each([0, Number.NaN, 34_560_001])('lasts no %j seconds', (maxAgeSeconds) => {
    expect(() => refreshCookie({ refreshToken }, { maxAgeSeconds })).toThrow(
      'maxAgeSeconds must be a number of seconds',
    )
  })

  it.each([
    ['name', 'refresh'],
    ['sameSite', 'lax'],
    ['path', '/refresh'],
  ])('is not weakened by %s: %j', (name, value) => {
    expect(() => refreshCookie({ refreshToken }, { ...options, [name]: value })).toThrow(
      expect.objectContaining({ name: 'ConfigError', field: name }),
    )
  })
})

describe('a reader of the refresh token', () => {
  const read = createRefreshTokenReader()
  const cookie = `__Host-refresh=${refreshToken}`

  it('gives what the cookie was set to', () => {
    const { name, value } = parseSetCookie(refreshCookie({ refreshToken }, options))
    expect(read({ method: 'POST', headers: { cookie: `${name}=${value}`, ...sameOrigin } })).toBe(refreshToken)
  })

  it.each<[string, RequestLike]>([
    ['token_missing', { method: 'POST', headers: {} }],
    ['token_missing', { method: 'POST', headers: { cookie: '__Host-access=x', ...sameOrigin } }],
    ['token_missing', { method: 'POST', headers: { cookie: '__Host-refresh=', ...sameOrigin } }],
    ['request_malformed', { method: 'POST', headers: { cookie: `${cookie}; ${cookie}`, ...sameOrigin } }],
    ['cross_site_request', { method: 'POST', headers: { cookie } }],
    ['cross_site_request', { method: 'GET', headers: { cookie } }],
    ['cross_site_request', { method: 'POST', headers: { cookie, origin: 'https://app.example.com' } }],
  ])('refuses as %s: %j', (code, request) => {
    expect(outcomeOf(read, request)).toBe(code)
  })

  it('knows the origins and the name that it is given', () => {
    const origins = ['https://app.example.com']
    const named = createRefreshTokenReader({ name: '__Host-r', origins })
    expect(outcomeOf(named, { method: 'POST', headers: { cookie: '__Host-r=x', origin: origins[0] } })).toBe('x')
  })

  it.each<[string, unknown]>([
    ['name', 'refresh'],
    ['origins', []],
    ['origins', undefined],
    ['cookie', 'refresh'],
  ])('does not start with a wrong %s: %j', (name, value) => {
    const start = () => createRefreshTokenReader({ [name]: value })
    expect(start).toThrow(expect.objectContaining({ name: 'ConfigError', field: name }))
  })
})
