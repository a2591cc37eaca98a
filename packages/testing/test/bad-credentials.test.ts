import { createAuth, hasRole, hasScope, isAuthError, authErrorCodes } from '@claimcheck/core'
import type { Auth, AuthOptions, AuthErrorCode } from '@claimcheck/core'
import { badCredentialByCode, createTestIssuer } from '@claimcheck/testing'
import type { BadCredentials, RequestHeaders, TestIssuer, TestIssuerOptions } from '@claimcheck/testing'
import { describe, expect, it } from 'vitest'

const cookie = '__Host-access'

/** Where an API may take its tokens from, and how strict else it may be. */
const apis: readonly (readonly [name: string, issuer: TestIssuerOptions, api: Partial<AuthOptions>])[] = [
  ['plain settings', {}, {}],
  ['RS256 alone', { algorithm: 'RS256' }, { algorithms: ['RS256'] }],
  ['PS256 alone', { algorithm: 'PS256' }, { algorithms: ['PS256'] }],
  ['EdDSA alone', { algorithm: 'EdDSA' }, { algorithms: ['EdDSA'] }],
  [
    'RFC 9068, bounds of time, the most tolerance and no cache',
    {},
    {
      profile: 'at+jwt',
      maxLifetimeSeconds: 600,
      maxTokenAgeSeconds: 600,
      clockToleranceSeconds: 300,
      requiredClaims: ['jti'],
      cache: null,
    },
  ],
  ['a type of its own', { typ: 'JWT' }, { typ: 'JWT' }],
  ['claims that it requires', { claims: { tenant: 'a' } }, { requiredClaims: ['tenant'] }],
  ['a token in a header', { tokenFrom: { header: 'X-Access-Token' } }, {}],
  ['a token in a cookie', { tokenFrom: { cookie } }, {}],
  ['a token in a header or a cookie', { tokenFrom: ['authorization', { cookie }] }, {}],
]

const withoutCookie = (name: string) => !name.includes('cookie')

describe.each(apis)('an API with %s', (name, issuerOptions, api) => {
  const issuer = createTestIssuer(issuerOptions)
  const auth = createAuth({ ...issuer.options, ...api } as AuthOptions)

  it('takes the credentials of a user', async () => {
    const principal = await auth.authenticate({ method: 'POST', headers: issuer.asUser('john', { admin: true }) })
    expect([principal.subject, principal.roles]).toEqual(['john', ['admin']])
  })

  it.each(authErrorCodes.filter((code) => code !== 'cross_site_request' || !withoutCookie(name)))(
    'refuses the bad credentials of the code %s, by that code',
    async (code) => {
      const asked = code === 'scope_insufficient' ? hasScope('orders:write') : hasRole('admin')
      expect(await outcomeOf(auth, provoke(issuer, code), asked)).toBe(code)
    },
  )
})

/** Every code is provoked: the type of the table holds it to the codes, and this to what runs. */
it('has bad credentials for every code, and no other', () => {
  const { bad } = createTestIssuer()
  expect(Object.keys(badCredentialByCode)).toEqual(authErrorCodes)
  expect(Object.keys(bad).toSorted()).toEqual(Object.values(badCredentialByCode).toSorted())
})

describe('bad credentials', () => {
  const claimed: readonly (keyof BadCredentials)[] = Object.values(badCredentialByCode).filter(
    (name) => !['missing', 'requestMalformed', 'malformed', 'tooLarge'].includes(name),
  )
  const issuer = createTestIssuer({ tokenFrom: ['authorization', { cookie }] })
  const claims = { sub: 'root', admin: true, scope: 'all', tenant: 'a' }

  it.each(claimed)('carry the claims they are given: %s', (name) => {
    const { token } = (issuer.bad[name] as BadCredentials['expired'])(claims)
    const sub = name === 'claimInvalid' ? 7 : 'root'
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ ...claims, sub })
  })

  it('are refused though they are an admin’s, where it is not the role that lacks', async () => {
    const auth = createAuth(issuer.options)
    for (const name of ['expired', 'tampered', 'revoked', 'wrongAudience', 'algorithmNotAllowed'] as const) {
      await expect(auth.authenticate({ headers: issuer.bad[name](claims) })).rejects.toMatchObject({ status: 401 })
    }
  })

  it.each([
    ['tampered', {}, { sub: 'test-user' }],
    ['tampered', { claims: { sub: 'john' } }, { sub: 'john' }],
    ['tampered', { claims: { sub: 'somebody-else' } }, {}],
    ['tampered', { claims: { sub: 'john', jti: 'one' } }, { sub: 'john', jti: 'one' }],
    ['unknownIssuer', { issuer: 'https://another-issuer.test' }, {}],
    ['wrongAudience', { audience: 'https://another-api.test' }, {}],
    ['wrongType', { typ: 'dpop+jwt' }, {}],
  ] as const)('are refused though a good token has the same values: %s with %j', async (name, settings, given) => {
    const { options, bad } = createTestIssuer(settings)
    const auth = createAuth({ ...options, ...('typ' in settings && { typ: settings.typ }) })
    const code = Object.entries(badCredentialByCode).find(([, bads]) => bads === name)?.[0]
    expect(await outcomeOf(auth, bad[name](given))).toBe(code)
  })

  it('of an unknown issuer name none of the issuers of an API', async () => {
    const [ours, theirs] = [createTestIssuer(), createTestIssuer({ issuer: 'https://another-issuer.test' })]
    const entry = ({ options }: TestIssuer) => {
      return { issuer: options.issuer, audience: options.audience, keys: options.keys }
    }
    const auth = createAuth({ issuers: [entry(ours), entry(theirs)], roles: {} })
    for (const { bad } of [ours, theirs]) expect(await outcomeOf(auth, bad.unknownIssuer())).toBe('issuer_unknown')
  })

  it('leave good ones as they are', async () => {
    const auth = createAuth(issuer.options)
    const john = issuer.asUser('john')
    for (const code of authErrorCodes) await outcomeOf(auth, provoke(issuer, code))
    await expect(auth.authenticate({ headers: john })).resolves.toMatchObject({ subject: 'john' })
  })

  it('are as long as they are asked to be', async () => {
    const auth = createAuth({ ...issuer.options, maxTokenBytes: 10_000 })
    expect(await outcomeOf(auth, issuer.bad.tooLarge())).toBe('token_malformed')
    expect(await outcomeOf(auth, issuer.bad.tooLarge(10_001))).toBe('token_too_large')
  })

  it('of another site say what is missing where the API takes no cookie', () => {
    const { bad } = createTestIssuer()
    expect(() => bad.crossSite()).toThrow(expect.objectContaining({ name: 'ConfigError', option: 'tokenFrom' }))
  })
})

function provoke(issuer: TestIssuer, code: AuthErrorCode): RequestHeaders {
  return issuer.bad[badCredentialByCode[code]]()
}

/** What comes of credentials on a route that asks for a scope, or else for a role. */
async function outcomeOf(auth: Auth, headers: RequestHeaders, asked = hasRole('admin')): Promise<string> {
  try {
    await auth.authorize(await auth.authenticate({ method: 'POST', headers }), asked)
    return 'accepted'
  } catch (error) {
    if (!isAuthError(error)) throw error
    return error.logCode
  }
}
