import { createAuth, isAuthError } from '@claimcheck/core'
import type { RequestLike } from '@claimcheck/core'
import { parseSetCookie } from 'cookie'
import { describe, expect, it } from 'vitest'
import {
  serializeAccessCookie,
  createIssuer,
  createRefreshTokenReader,
  createSessionStore,
  generateKeys,
  serializeRefreshCookie,
} from '../src/index.ts'
import type { RefreshCookieTokens, Tokens } from '../src/index.ts'

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

describe('serializeRefreshCookie', () => {
  it('serializes a refresh token as a SameSite=Strict cookie with the Max-Age of the options', () => {
    expect(serializeRefreshCookie({ refreshToken }, options)).toBe(
      `__Host-refresh=${refreshToken}; Max-Age=86400; Path=/; HttpOnly; Secure; SameSite=Strict`,
    )
    expect(serializeRefreshCookie({ refreshToken }, { name: '__Host-r', maxAgeSeconds: 60.9 })).toMatch(
      /^__Host-r=.*; Max-Age=60;/,
    )
    expect(serializeRefreshCookie({ refreshToken })).toContain('; Max-Age=1209600;')
  })

  it('deletes the refresh cookie for null', () => {
    expect(serializeRefreshCookie(null)).toBe('__Host-refresh=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict')
    expect(serializeRefreshCookie(null, { name: '__Host-r' })).toMatch(/^__Host-r=; Max-Age=0;/)
  })

  it.each(['a b', 'a;b', '', undefined])('throws for the invalid refresh token %j', (token) => {
    expect(() => serializeRefreshCookie({ refreshToken: token } as RefreshCookieTokens, options)).toThrow(TypeError)
  })

  it.each([
    ['name', 'refresh'],
    ['sameSite', 'lax'],
    ['path', '/refresh'],
    ['maxAgeSeconds', 0],
    ['maxAgeSeconds', Number.NaN],
    ['maxAgeSeconds', 34_560_001],
    ['maxAgeSeconds', undefined],
  ])('throws a ConfigError for the refresh cookie option %s: %j', (name, value) => {
    for (const tokens of [{ refreshToken }, null]) {
      expect(() => serializeRefreshCookie(tokens, { [name]: value })).toThrow(
        expect.objectContaining({ name: 'ConfigError', option: name }),
      )
    }
  })
})

it('authenticates, refreshes and logs out with the cookies of a login', async () => {
  const keys = await generateKeys('ES256')
  const common = { issuer: 'https://login.example', audience: 'https://api.example' }
  const issuer = createIssuer({ ...common, clientId: 'web', keys, store: createSessionStore() })
  const auth = createAuth({ ...common, keys: issuer.keySource(), tokenFrom: { cookie: '__Host-access' } })
  const requestWith = (tokens: Tokens): RequestLike => {
    const pairs = [serializeAccessCookie(tokens), serializeRefreshCookie(tokens)].map((line) =>
      line.slice(0, line.indexOf(';')),
    )
    return { method: 'POST', headers: { cookie: pairs.join('; '), ...sameOrigin } }
  }
  const first = requestWith(await issuer.login({ sub: 'john' }))
  expect((await auth.authenticate(first)).subject).toBe('john')
  const read = createRefreshTokenReader()
  const next = requestWith(await issuer.refresh(read(first)))
  expect((await auth.authenticate(next)).subject).toBe('john')
  await issuer.logout(read(next))
  expect(await issuer.sessions('john')).toEqual([])
})

describe('createRefreshTokenReader', () => {
  const read = createRefreshTokenReader()
  const cookie = `__Host-refresh=${refreshToken}`

  it('reads the refresh token from the cookie that serializeRefreshCookie sets', () => {
    const { name, value } = parseSetCookie(serializeRefreshCookie({ refreshToken }, options))
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
  ])('throws %s for the request %j', (code, request) => {
    expect(outcomeOf(read, request)).toBe(code)
  })

  it('reads the refresh token with the options name and origins', () => {
    const origins = ['https://app.example.com']
    const named = createRefreshTokenReader({ name: '__Host-r', origins })
    expect(outcomeOf(named, { method: 'POST', headers: { cookie: '__Host-r=x', origin: origins[0] } })).toBe('x')
  })

  it.each<[string, unknown]>([
    ['name', 'refresh'],
    ['origins', []],
    ['origins', undefined],
    ['cookie', 'refresh'],
  ])('throws a ConfigError for the reader option %s: %j', (name, value) => {
    const create = () => createRefreshTokenReader({ [name]: value })
    expect(create).toThrow(expect.objectContaining({ name: 'ConfigError', option: name }))
  })
})
