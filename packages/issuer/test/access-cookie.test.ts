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

/** Passes values that the types forbid, as plain JavaScript can. */
const write = (values: unknown, options?: unknown) => () =>
  serializeAccessCookie(values as AccessCookieTokens, options as AccessCookieOptions)

describe('serializeAccessCookie', () => {
  it('serializes an access token as a host-only, Secure and HttpOnly cookie that expires with the token', () => {
    expect(serializeAccessCookie(tokens)).toBe(
      `__Host-access=${accessToken}; Max-Age=300; Path=/; HttpOnly; Secure; SameSite=Lax`,
    )
    expect(serializeAccessCookie({ ...tokens, expiresIn: 299.9 })).toContain('; Max-Age=299;')
  })

  it('serializes the access cookie with the options name and sameSite', () => {
    const options = { name: '__Host-api', sameSite: 'strict' } as const
    expect(serializeAccessCookie(tokens, options)).toBe(
      `__Host-api=${accessToken}; Max-Age=300; Path=/; HttpOnly; Secure; SameSite=Strict`,
    )
  })

  it('deletes the access cookie for null, with the attributes that it was set with', () => {
    expect(serializeAccessCookie(null)).toBe('__Host-access=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax')
    expect(serializeAccessCookie(null, { name: '__Host-api', sameSite: 'strict' })).toBe(
      '__Host-api=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
    )
  })

  it('sets an access cookie from which an Auth reads the token', async () => {
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

  it('ignores other properties of the tokens of a login', () => {
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
    ['a non-ASCII letter', 'ä'],
    ['a percent sign', 'a%20b'],
    ['an equals sign inside', 'a=b'],
    ['no characters', ''],
    ['a number in its place', 5],
    ['undefined in its place', undefined],
  ])('throws for an access token with %s, and does not show it', (_what, token) => {
    const writing = write({ accessToken: token, expiresIn: 300 })
    expect(writing).toThrow(TypeError)
    expect(writing).toThrow(/^(A token in a cookie|accessToken) must be/)
  })

  it('throws for a cookie of more than 4,096 bytes, which browsers drop', () => {
    const longest = 'a'.repeat(4096 - '__Host-access'.length)
    expect(serializeAccessCookie({ accessToken: longest, expiresIn: 1 })).toContain(`=${longest};`)
    expect(write({ accessToken: `${longest}a`, expiresIn: 1 })).toThrow(
      'The name and the token have 4097 bytes, but browsers drop cookies of more than 4096',
    )
  })

  it.each([0, 0.9, -1, Number.NaN, Infinity, 34_560_001, '300', undefined, null])(
    'throws for an access token that expires in %j seconds',
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
  ])('throws a ConfigError for the cookie option %s: %j, so that the cookie is never weakened', (name, value) => {
    for (const values of [tokens, null]) {
      expect(write(values, { [name]: value })).toThrow(expect.objectContaining({ name: 'ConfigError', option: name }))
    }
  })
})
