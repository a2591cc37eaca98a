import { describe, expect, it } from 'vitest'
import { createIssuer, createSessionStore, generateKeys } from '../src/index.ts'
import type { LoginClaims } from '../src/index.ts'
import { names } from './settings.ts'

const keys = await generateKeys('ES256')
const loneSurrogates = ['\ud800', 'john\udfff', '\udc00\ud800', 'a\ud83d', `${'x'.repeat(50)}\udbff!`]
const sessions = () => createIssuer({ ...names, keys, store: createSessionStore() })

describe('Unicode', () => {
  it.each(loneSurrogates)('rejects half of a surrogate pair in the sub of a login: %j', async (sub) => {
    const expected = { name: 'TypeError', message: expect.stringMatching(/sub must be Unicode/) as unknown }
    await expect(sessions().login({ sub })).rejects.toMatchObject(expected)
    await expect(createIssuer({ ...names, keys }).login({ sub })).rejects.toMatchObject(expected)
  })

  it.each<[string, LoginClaims]>([
    ['a claim', { sub: 'john', name: '\ud800' }],
    ['a claim in a list', { sub: 'john', roles: ['admin', 'a\udc00'] }],
    ['a claim in an object', { sub: 'john', realm_access: { roles: ['\udfff'] } }],
    ['the name of a claim', { sub: 'john', 'n\ud800': 1 }],
    ['the name of a property', { sub: 'john', address: { '\udc00': 1 } }],
    ['scope', { sub: 'john', scope: 'a\ud800' }],
  ])('rejects half of a surrogate pair in %s of a login', async (_what, claims) => {
    await expect(sessions().login(claims)).rejects.toThrow(TypeError)
  })

  it('rejects half of a surrogate pair in the claims that renewClaims returns', async () => {
    const renewClaims = (claims: LoginClaims) => ({ ...claims, name: '\ud800' })
    const issuer = createIssuer({ ...names, keys, store: createSessionStore(), renewClaims })
    const { refreshToken } = await issuer.login({ sub: 'john' })
    await expect(issuer.refresh(refreshToken)).rejects.toMatchObject({ status: 503 })
  })

  it.each([
    ['clientId', { clientId: 'web\ud800' }],
    ['audience', { audience: 'https://api.example.com/\udc00' }],
    ['audience[1]', { audience: ['a', '\udc00'] }],
    ['issuer', { issuer: 'https://auth.example.com/\ud800' }],
  ])('rejects half of a surrogate pair in the option %s', (option, more) => {
    expect(() => createIssuer({ ...names, keys, ...more })).toThrow(
      expect.objectContaining({ name: 'ConfigError', option }) as Error,
    )
  })

  it('rejects half of a surrogate pair in the kid of a key', () => {
    const privateKey = { ...keys.privateKey, kid: 'a\ud800' }
    expect(() => createIssuer({ ...names, keys: { privateKey } })).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: 'keys.privateKey.kid' }) as Error,
    )
  })

  it('finds no session by a sid with half of a surrogate pair, and rejects such a sub', async () => {
    const issuer = sessions()
    await issuer.login({ sub: 'john' })
    expect(await issuer.endSession('john', '\ud800')).toBe(false)
    for (const call of [issuer.logoutAll, issuer.sessions]) await expect(call('\ud800')).rejects.toThrow(TypeError)
    await expect(issuer.endSession('\ud800', 'sid')).rejects.toThrow(TypeError)
  })
})

it.each(['jürgen', '山田', '😀', '\u{10ffff}', 'a\u0000b'])('accepts the Unicode sub %j in a login', async (sub) => {
  const issuer = sessions()
  await issuer.login({ sub })
  expect(await issuer.sessions(sub)).toHaveLength(1)
})
