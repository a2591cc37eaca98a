import { createAuth } from '@claimcheck/core'
import { parseSetCookie } from 'cookie'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { serializeAccessCookie } from '../src/index.ts'
import type { AccessCookieOptions, AccessCookieTokens } from '../src/index.ts'

const secret = 'a secret of these tests: 48 bytes, and no others'
const accessToken = await new SignJWT({ sub: 'john' })
  .setProtectedHeader({ alg: 'HS256' })
  .setIssuer('https://login.example')
  .setAudience('https://api.example')
  .setExpirationTime('5 minutes')
  .sign(new TextEncoder().encode(secret))
const tokens = { accessToken, expiresIn: 300 }

/** What somebody in plain JavaScript may give. */
const write = (given: unknown, options?: unknown) => () =>
  serializeAccessCookie(given as AccessCookieTokens, options as AccessCookieOptions)

describe('the cookie of an access token', () => {
  it('is for this host, for https, out of the reach of scripts, and ends with the token', () => {
    expect(serializeAccessCookie(tokens)).toBe(
      `__Host-access=${accessToken}; Max-Age=300; Path=/; HttpOnly; Secure; SameSite=Lax`,
    )
    expect(serializeAccessCookie({ ...tokens, expiresIn: 299.9 })).toContain('; Max-Age=299;')
  })

  it('may have another name, and be kept from the links of other sites', () => {
    const options = { name: '__Host-api', sameSite: 'strict' } as const
    expect(serializeAccessCookie(tokens, options)).toBe(
      `__Host-api=${accessToken}; Max-Age=300; Path=/; HttpOnly; Secure; SameSite=Strict`,
    )
  })

  it('is ended by null, under the attributes that it was set with', () => {
    expect(serializeAccessCookie(null)).toBe('__Host-access=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax')
    expect(serializeAccessCookie(null, { name: '__Host-api', sameSite: 'strict' })).toBe(
      '__Host-api=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
    )
  })

  it('is what an Auth takes the token from', async () => {
    const auth = createAuth({
      issuer: 'https://login.example',
      audience: 'https://api.example',
      keys: { secret },
      tokenFrom: ['authorization', { cookie: '__Host-access' }],
    })
    const { name, value } = parseSetCookie(serializeAccessCookie(tokens))
    const request = { method: 'GET', headers: { cookie: `theme=dark; ${name}=${value}` } }
    expect((await auth.authenticate(request)).subject).toBe('john')
  })

  it('takes no more of the tokens of a login than it needs', () => {
    expect(serializeAccessCookie({ ...tokens, refreshToken: 'r' } as AccessCookieTokens)).toBe(
      serializeAccessCookie(tokens),
    )
  })

  it.each([
    ['a blank', 'a b'],
    ['a semicolon', 'a; Domain=example.com'],
    ['a line break', 'a\r\nSet-Cookie: b=c'],
    ['quotes', '"a"'],
    ['a comma', 'a,b'],
    ['a backslash', 'a\\b'],
    ['a letter beyond ASCII', 'ä'],
    ['a percent sign', 'a%20b'],
    ['an equals sign inside', 'a=b'],
    ['nothing', ''],
    ['no text', 5],
    ['no token', undefined],
  ])('carries no token with %s, and does not tell it', (_what, token) => {
    const writing = write({ accessToken: token, expiresIn: 300 })
    expect(writing).toThrow(TypeError)
    expect(writing).toThrow(/^(A token in a cookie|accessToken) must be/)
  })

  it('carries 4,096 bytes of name and token, which browsers keep, and no more', () => {
    const longest = 'a'.repeat(4096 - '__Host-access'.length)
    expect(serializeAccessCookie({ accessToken: longest, expiresIn: 1 })).toContain(`=${longest};`)
    expect(write({ accessToken: `${longest}a`, expiresIn: 1 })).toThrow(
      'The cookie has 4097 bytes of name and token; browsers drop one of more than 4096',
    )
  })

  it.each([0, 0.9, -1, Number.NaN, Infinity, 34_560_001, '300', undefined, null])(
    'lasts no %j seconds',
    (expiresIn) => {
      expect(write({ accessToken, expiresIn })).toThrow('expiresIn must be a number of seconds from 1 to 34560000')
    },
  )

  it.each([
    ['name', 'access'],
    ['name', '__Secure-access'],
    ['name', '__host-access'],
    ['name', '__Host-'],
    ['name', '__Host-a;b'],
    ['name', '__Host-a b'],
    ['name', ''],
    ['name', undefined],
    ['sameSite', 'none'],
    ['sameSite', 'Lax'],
    ['sameSite', false],
    ['secure', false],
    ['httpOnly', false],
    ['domain', 'example.com'],
    ['path', '/api'],
  ])('is not weakened by %s: %j', (name, value) => {
    for (const given of [tokens, null]) {
      expect(write(given, { [name]: value })).toThrow(expect.objectContaining({ name: 'ConfigError', option: name }))
    }
  })
})
