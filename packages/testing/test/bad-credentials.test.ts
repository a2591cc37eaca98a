import { createAuth, hasRole, hasScope, isAuthError, authErrorCodes } from '@claimcheck/core'
import type { Auth, AuthOptions, AuthErrorCode } from '@claimcheck/core'
import { badCredentialByCode, createTestIssuer } from '@claimcheck/testing'
import type { BadCredentials, RequestHeaders, TestIssuer, TestIssuerOptions } from '@claimcheck/testing'
import { describe, expect, it } from 'vitest'

const cookie = '__Host-access'

/** APIs with various algorithms, token locations and strict options. */
const apis: readonly (readonly [name: string, issuer: TestIssuerOptions, api: Partial<AuthOptions>])[] = [
  ['the default options', {}, {}],
  ['RS256 only', { algorithm: 'RS256' }, { algorithms: ['RS256'] }],
  ['PS256 only', { algorithm: 'PS256' }, { algorithms: ['PS256'] }],
  ['EdDSA only', { algorithm: 'EdDSA' }, { algorithms: ['EdDSA'] }],
  [
    'RFC 9068, time limits, the maximum tolerance and no cache',
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
  ['another token type', { typ: 'JWT' }, { typ: 'JWT' }],
  ['required claims', { claims: { tenant: 'a' } }, { requiredClaims: ['tenant'] }],
  ['a token in a header', { tokenFrom: { header: 'X-Access-Token' } }, {}],
  ['a token in a cookie', { tokenFrom: { cookie } }, {}],
  ['a token in a header or a cookie', { tokenFrom: ['authorization', { cookie }] }, {}],
]

const withoutCookie = (name: string) => !name.includes('cookie')

describe.each(apis)('an API with %s', (name, issuerOptions, api) => {
  const issuer = createTestIssuer(issuerOptions)
  const auth = createAuth({ ...issuer.options, ...api } as AuthOptions)

  it(`accepts the credentials of a user with ${name}`, async () => {
    const principal = await auth.authenticate({ method: 'POST', headers: issuer.asUser('john', { admin: true }) })
    expect([principal.subject, principal.roles]).toEqual(['john', ['admin']])
  })

  it.each(authErrorCodes.filter((code) => code !== 'cross_site_request' || !withoutCookie(name)))(
    `rejects the bad credentials for %s with this code, with ${name}`,
    async (code) => {
      const policy = code === 'scope_insufficient' ? hasScope('orders:write') : hasRole('admin')
      expect(await outcomeOf(auth, provoke(issuer, code), policy)).toBe(code)
    },
  )
})

it('creates bad credentials for every error code, and for no other', () => {
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

  it.each(claimed)('puts custom claims into the bad credentials %s', (name) => {
    const { token } = (issuer.bad[name] as BadCredentials['expired'])(claims)
    const sub = name === 'claimInvalid' ? 7 : 'root'
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ ...claims, sub })
  })

  it('creates credentials that are rejected even with the role of an admin', async () => {
    const auth = createAuth(issuer.options)
    for (const name of ['expired', 'tampered', 'revoked', 'wrongAudience', 'algorithmNotAllowed'] as const) {
      await expect(auth.authenticate({ headers: issuer.bad[name](claims) })).rejects.toMatchObject({ status: 401 })
    }
  })

  it.each([
    ['tampered', {}, { sub: 'test-user' }],
    ['tampered', { claims: { sub: 'john' } }, { sub: 'john' }],
    ['tampered', { claims: { sub: 'another-user' } }, {}],
    ['tampered', { claims: { sub: 'john', jti: 'one' } }, { sub: 'john', jti: 'one' }],
    ['unknownIssuer', { issuer: 'https://another-issuer.test' }, {}],
    ['wrongAudience', { audience: 'https://another-api.test' }, {}],
    ['wrongType', { typ: 'dpop+jwt' }, {}],
  ] as const)(
    'creates credentials that are rejected even if valid tokens have the same values: %s with %j',
    async (name, settings, replaced) => {
      const { options, bad } = createTestIssuer(settings)
      const auth = createAuth({ ...options, ...('typ' in settings && { typ: settings.typ }) })
      const code = Object.entries(badCredentialByCode).find(([, bads]) => bads === name)?.[0]
      expect(await outcomeOf(auth, bad[name](replaced))).toBe(code)
    },
  )

  it('creates a token of an unknown issuer that is none of the issuers of an API', async () => {
    const [ours, theirs] = [createTestIssuer(), createTestIssuer({ issuer: 'https://another-issuer.test' })]
    const entry = ({ options }: TestIssuer) => {
      return { issuer: options.issuer, audience: options.audience, keys: options.keys }
    }
    const auth = createAuth({ issuers: [entry(ours), entry(theirs)], roles: {} })
    for (const { bad } of [ours, theirs]) expect(await outcomeOf(auth, bad.unknownIssuer())).toBe('issuer_unknown')
  })

  it('does not affect valid credentials', async () => {
    const auth = createAuth(issuer.options)
    const john = issuer.asUser('john')
    for (const code of authErrorCodes) await outcomeOf(auth, provoke(issuer, code))
    await expect(auth.authenticate({ headers: john })).resolves.toMatchObject({ subject: 'john' })
  })

  it('creates a token of the requested length', async () => {
    const auth = createAuth({ ...issuer.options, maxTokenBytes: 10_000 })
    expect(await outcomeOf(auth, issuer.bad.tooLarge())).toBe('token_malformed')
    expect(await outcomeOf(auth, issuer.bad.tooLarge(10_001))).toBe('token_too_large')
  })

  it('throws a ConfigError for a cross-site request if the API accepts no cookie', () => {
    const { bad } = createTestIssuer()
    expect(() => bad.crossSite()).toThrow(expect.objectContaining({ name: 'ConfigError', option: 'tokenFrom' }))
  })
})

function provoke(issuer: TestIssuer, code: AuthErrorCode): RequestHeaders {
  return issuer.bad[badCredentialByCode[code]]()
}

/** Returns the outcome of credentials on a route that requires a policy. */
async function outcomeOf(auth: Auth, headers: RequestHeaders, policy = hasRole('admin')): Promise<string> {
  try {
    await auth.authorize(await auth.authenticate({ method: 'POST', headers }), policy)
    return 'accepted'
  } catch (error) {
    if (!isAuthError(error)) throw error
    return error.logCode
  }
}
