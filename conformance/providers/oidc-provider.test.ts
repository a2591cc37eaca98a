import { createAuth, hasRole, hasScope } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { AppSpec } from '@claimcheck/testing/adapter'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import { describeTargets } from '../src/targets.ts'
import { algorithms, apiOf, createSigningKey, OpenIdProvider } from './openid-provider.ts'
import { outcomeOf } from '../src/outcome.ts'

const provider = await OpenIdProvider.start([
  await createSigningKey('RS256', 'rsa-1'),
  await createSigningKey('ES256', 'ec-1'),
  await createSigningKey('EdDSA', 'ed-1'),
  await createSigningKey('Ed25519', 'ed-2'),
])
const { issuer, jwksUrl } = provider
const resource = apiOf('ES256')
const discovered = { issuer, audience: resource }

beforeEach(() => void provider.requests.splice(0))
afterAll(() => provider.close())

const keys = { jwksUrl }
const elsewhere = createAuth({ issuer, audience: 'https://api.example/other', keys })

describe.each(algorithms)('an access token that oidc-provider signs with %s', (algorithm) => {
  const audience = apiOf(algorithm)
  const request = { resource: audience, scope: 'read' }

  it.each<[string, AuthOptions]>([
    ['keys that discovery leads to', { issuer, audience }],
    ['keys of its JWK Set', { issuer, audience, keys }],
    ['that one algorithm listed', { issuer, audience, keys, algorithms: [algorithm] }],
    ['the profile of RFC 9068', { issuer, audience, profile: 'at+jwt' }],
  ])('accepts the token with %s', async (_name, options) => {
    const principal = await createAuth(options).verifyToken(await provider.token(request))
    expect(principal).toMatchObject({ subject: 'reports', issuer, scopes: ['read'], roles: [] })
    expect(principal.claims).toMatchObject({ aud: audience, client_id: 'reports' })
  })

  it('rejects the token if only other algorithms are configured', async () => {
    const others = algorithm === 'ES256' ? (['RS256', 'EdDSA'] as const) : (['ES256'] as const)
    const auth = createAuth({ issuer, audience, keys, algorithms: others })
    expect(await outcomeOf(auth, await provider.token(request))).toBe('algorithm_not_allowed')
  })

  it('rejects the token for another API', async () => {
    expect(await outcomeOf(elsewhere, await provider.token(request))).toBe('audience_not_allowed')
  })
})

describe('an Auth for oidc-provider', () => {
  it('requests its metadata once and its keys once, for any number of concurrent tokens', async () => {
    const auth = createAuth(discovered)
    const tokens = await Promise.all(Array.from({ length: 20 }, () => provider.token({ resource })))
    const outcomes = await Promise.all(tokens.map((token) => outcomeOf(auth, token)))
    expect(new Set(outcomes)).toEqual(new Set(['accepted']))
    expect(provider.requests).toEqual(['/.well-known/openid-configuration', '/jwks'])
  })

  it('requests nothing for an opaque token', async () => {
    expect(await outcomeOf(createAuth(discovered), await provider.token({}))).toBe('token_malformed')
    expect(provider.requests).toEqual([])
  })

  it('rejects tokens that do not conform to RFC 9068 with the profile', async () => {
    const legacy = await provider.token({ resource, client: 'legacy' })
    expect(await outcomeOf(createAuth({ ...discovered, keys }), legacy)).toBe('accepted')
    expect(await outcomeOf(createAuth({ ...discovered, keys, profile: 'at+jwt' }), legacy)).toBe(
      'token_type_not_allowed',
    )
  })

  it('fetches in advance with ready', async () => {
    const [state] = await createAuth(discovered).ready()
    expect(state).toMatchObject({ issuer, lastError: null })
    expect(provider.requests).toHaveLength(2)
  })

  it('rejects a token that is bound with DPoP as a bearer token', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const dpop = await new SignJWT({ htm: 'POST', htu: provider.tokenUrl, jti: 'one' })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
      .setIssuedAt()
      .sign(privateKey)
    expect(await outcomeOf(createAuth(discovered), await provider.token({ resource, dpop }))).toBe('token_bound')
  })
})

await describeTargets(({ start }) => {
  const auth = createAuth({ issuer, audience: ['https://api.example/other', ...algorithms.map(apiOf)] })
  const app: AppSpec = {
    mounts: [{ auth }],
    routes: [
      { method: 'GET', path: '/', guards: [hasScope('read')], handler: (caller) => caller.get().subject ?? '' },
      { method: 'GET', path: '/admin', guards: [hasRole('admin')], handler: () => 'for admins' },
    ],
  }

  it.each(algorithms)('accepts a client of oidc-provider whose token is signed with %s', async (algorithm) => {
    const { port, close } = await start(app)
    onTestFinished(close)
    const token = await provider.token({ resource: apiOf(algorithm), scope: 'read' })
    const { status, body } = await sendRequest(port, { headers: [['Authorization', `Bearer ${token}`]] })
    expect([status, String(body)]).toEqual([200, 'reports'])
  })

  it('assigns a client of oidc-provider exactly the roles and scopes of its token', async () => {
    const { port, close } = await start(app)
    onTestFinished(close)
    const statusOf = async (path: string, token: string) =>
      (await sendRequest(port, { path, headers: [['Authorization', `Bearer ${token}`]] })).status
    const reader = await provider.token({ resource, scope: 'read' })
    const writer = await provider.token({ resource, scope: 'write' })
    const operator = await provider.token({ resource, client: 'operations' })
    expect([await statusOf('/', reader), await statusOf('/admin', reader)]).toEqual([200, 403])
    expect([await statusOf('/', writer), await statusOf('/admin', writer)]).toEqual([403, 403])
    expect([await statusOf('/', operator), await statusOf('/admin', operator)]).toEqual([403, 200])
  })
})
