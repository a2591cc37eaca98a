import { describe, expect, it } from 'vitest'
import { ConfigError, createAuth } from '../src/index.ts'
import type { TrustedIssuerOptions } from '../src/index.ts'
import { auth0, cognito, entra, keycloak, okta } from '../src/presets.ts'
import { KeyServer } from './key-server.ts'
import { keyPair, resultOf, sign } from './tokens.ts'

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const otherTenant = '0f2ee0a1-5b6c-4f0e-8a55-3a5a3f1c2d3e'
const apiId = '6e74172b-be56-4843-9ff4-e66a39bb12e3'
const pair = await keyPair('RS256', 'k1')

interface Provider {
  readonly issuers: readonly [TrustedIssuerOptions, ...TrustedIssuerOptions[]]
  /** The URL of the JWK Set in the documentation of the provider. */
  readonly jwksUrl: string
  /** A token of the documented shape. */
  readonly header?: object
  readonly claims: Record<string, unknown>
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  /** Changes to the claims, each of which must be rejected. */
  readonly rejected: Record<string, object>
}

const times = { iat: 1_700_000_000, exp: 4e9 }
const auth0Claims = {
  iss: 'https://acme.eu.auth0.com/',
  sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
  aud: ['https://api.acme.example', 'https://acme.eu.auth0.com/userinfo'],
  azp: 'my_client_id',
  scope: 'openid profile read:orders',
  permissions: ['read:orders', 'write:orders'],
  'https://acme.example/roles': ['admin', 'unknown'],
}
const oktaClaims = {
  ver: 1,
  jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
  iss: 'https://acme.okta.com/oauth2/aus1a2b3c',
  aud: 'api://orders',
  cid: 'nmdP1fcyvdVO11AL7ECm',
  uid: '00ujmkLgagxeRrAg20g3',
  scp: ['openid', 'orders.read'],
  groups: ['Everyone', 'editors'],
  sub: 'john.doe@acme.example',
}
const entraV2Claims = {
  aud: apiId,
  iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
  azp: '1a2b3c4d-0000-1111-2222-333344445555',
  azpacr: '0',
  oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  roles: ['Orders.Admin'],
  scp: 'Orders.Read Orders.Write',
  sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  tid: tenant,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
  ver: '2.0',
}
const entraV1Claims = {
  ...entraV2Claims,
  aud: `api://${apiId}`,
  iss: `https://sts.windows.net/${tenant}/`,
  ver: '1.0',
  appid: 'x',
}
const keycloakClaims = {
  jti: 'd1a1ed7e-6f4c-4f3b-9b6b-9f4f0f8f3b52',
  iss: 'https://sso.acme.example/realms/acme',
  aud: ['orders-api', 'account'],
  sub: 'f:550e8400-e29b:john',
  typ: 'Bearer',
  azp: 'web',
  sid: 'd1c2',
  acr: '1',
  realm_access: { roles: ['offline_access', 'admin'] },
  resource_access: { 'orders-api': { roles: ['editor'] }, account: { roles: ['owner'] } },
  scope: 'openid profile email',
}
const cognitoClaims = {
  sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  'cognito:groups': ['admins', 'users'],
  iss: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI',
  version: 2,
  client_id: 'xxxxxxxxxxxxexample',
  origin_jti: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  event_id: '64f513be-32db-42b0-b78e-b02127b4f463',
  token_use: 'access',
  scope: 'aws.cognito.signin.user.admin orders/read',
  auth_time: 1_700_000_000,
  jti: 'bbbbbbbb-cccc-dddd-eeee-ffffffffffff',
  username: 'john',
}

const providers: [string, Provider][] = [
  [
    'Auth0',
    {
      issuers: [
        auth0({
          domain: 'acme.eu.auth0.com',
          audience: 'https://api.acme.example',
          roles: { claim: 'https://acme.example/roles', names: ['admin', 'editor'] },
        }),
      ],
      jwksUrl: 'https://acme.eu.auth0.com/.well-known/jwks.json',
      claims: auth0Claims,
      roles: ['admin'],
      scopes: ['openid', 'profile', 'read:orders', 'write:orders'],
      rejected: {
        'an ID token': { aud: 'my_client_id', nonce: 'x' },
        'a token of another tenant': { iss: 'https://evil.eu.auth0.com/' },
      },
    },
  ],
  [
    'Okta',
    {
      issuers: [
        okta({
          domain: 'acme.okta.com',
          authorizationServer: 'aus1a2b3c',
          audience: 'api://orders',
          roles: ['editors', 'admins'],
        }),
      ],
      jwksUrl: 'https://acme.okta.com/oauth2/aus1a2b3c/v1/keys',
      claims: oktaClaims,
      roles: ['editors'],
      scopes: ['openid', 'orders.read'],
      rejected: {
        'a token of the org server': { iss: 'https://acme.okta.com' },
        'an ID token': { aud: 'nmdP1fcyvdVO11AL7ECm', at_hash: 'x' },
      },
    },
  ],
  [
    'Entra ID, version 2',
    {
      issuers: entra({ tenants: [tenant, otherTenant], audience: apiId, roles: ['Orders.Admin', 'Orders.Auditor'] }),
      jwksUrl: `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
      claims: entraV2Claims,
      roles: ['Orders.Admin'],
      scopes: ['Orders.Read', 'Orders.Write'],
      rejected: {
        'a tenant that is not listed': {
          iss: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
        },
        'a token of version 1': { iss: `https://sts.windows.net/${tenant}/` },
        'a token for Graph': { aud: '00000003-0000-0000-c000-000000000000' },
        'an ID token of the same application': { azp: undefined, azpacr: undefined, nonce: 'x' },
      },
    },
  ],
  [
    'Entra ID, version 1',
    {
      issuers: entra({ tenants: tenant, audience: [`api://${apiId}`, apiId], version: 1 }),
      jwksUrl: `https://login.microsoftonline.com/${tenant}/discovery/keys`,
      claims: entraV1Claims,
      roles: [],
      scopes: ['Orders.Read', 'Orders.Write'],
      rejected: { 'a token of version 2': { iss: `https://login.microsoftonline.com/${tenant}/v2.0` } },
    },
  ],
  [
    'Keycloak',
    {
      issuers: [
        keycloak({
          url: 'https://sso.acme.example/',
          realm: 'acme',
          audience: 'orders-api',
          clients: ['web', 'mobile'],
          realmRoles: ['admin', 'owner'],
          clientRoles: { client: 'orders-api', names: ['editor'] },
        }),
      ],
      jwksUrl: 'https://sso.acme.example/realms/acme/protocol/openid-connect/certs',
      claims: keycloakClaims,
      roles: ['admin', 'editor'],
      scopes: ['openid', 'profile', 'email'],
      rejected: {
        'a token of another realm': { iss: 'https://sso.acme.example/realms/other' },
        'a token of another client': { azp: 'evil' },
        'a token without a client': { azp: undefined },
        'an ID token': { aud: 'web', at_hash: 'x' },
        'an ID token for the API': { typ: 'ID' },
        'a logout token': { typ: 'Logout' },
      },
    },
  ],
  [
    'Cognito',
    {
      issuers: [
        cognito({
          userPoolId: 'eu-central-1_AbCdEfGhI',
          clients: 'xxxxxxxxxxxxexample',
          roles: ['admins', 'auditors'],
        }),
      ],
      jwksUrl: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI/.well-known/jwks.json',
      claims: cognitoClaims,
      roles: ['admins'],
      scopes: ['aws.cognito.signin.user.admin', 'orders/read'],
      rejected: {
        'an ID token': { token_use: 'id', aud: 'xxxxxxxxxxxxexample', client_id: undefined },
        'a token without token_use': { token_use: undefined },
        'a token of another client': { client_id: 'evil' },
        'a token without a client': { client_id: undefined },
        'a token of another pool': { iss: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other' },
      },
    },
  ],
]

describe.each(providers)('preset for %s', (name, provider) => {
  const server = new KeyServer()
  server.responses.set(provider.jwksUrl, { keys: [pair.jwk] })
  const auth = createAuth({ issuers: provider.issuers, fetch: server.fetch, now: server.now })
  const tokenWith = (changes: object = {}) =>
    sign(
      { ...times, ...provider.claims, ...changes },
      { alg: 'RS256', kid: 'k1', typ: 'JWT', ...provider.header },
      pair.privateKey,
    )

  it(`the preset for ${name} accepts a token as documented, and maps its roles and scopes`, async () => {
    const principal = await auth.verifyToken(await tokenWith())
    expect(principal).toMatchObject({ roles: provider.roles, scopes: provider.scopes })
    expect(server.fetched).toEqual([provider.jwksUrl])
  })

  it.each(Object.entries(provider.rejected))(`the preset for ${name} rejects %s`, async (_what, changes) => {
    expect(await resultOf(auth.verifyToken(await tokenWith(changes)))).toMatch(
      /^(issuer_unknown|audience_not_allowed|claim_invalid|token_type_not_allowed)$/,
    )
  })

  it(`the preset for ${name} maps only the listed roles`, async () => {
    const changes = {
      admin: true,
      roles: ['root'],
      groups: ['root'],
      'cognito:groups': ['root'],
      realm_access: { roles: ['root'] },
    }
    const { roles } = await auth.verifyToken(await tokenWith(changes))
    expect(roles).not.toContain('root')
  })
})

describe('options of presets', () => {
  const untyped = (preset: (options: never) => unknown) => preset as (options: unknown) => unknown
  it.each([
    ['auth0', auth0, {}, 'auth0.domain'],
    ['auth0', auth0, { domain: 'https://acme.auth0.com', audience: 'x' }, 'auth0.domain'],
    ['auth0', auth0, { domain: 'acme.auth0.com' }, 'auth0.audience'],
    ['auth0', auth0, { domain: 'acme.auth0.com', audience: 'x', roles: { names: ['a'] } }, 'auth0.roles.claim'],
    ['auth0', auth0, { domain: 'acme.auth0.com', audience: 'x', tenant: 'a' }, 'auth0.tenant'],
    ['auth0', auth0, { domain: 'acme.auth0.com', audience: 'x', roles: null }, 'auth0.roles'],
    ['auth0', auth0, { domain: 'acme.auth0.com', audience: 'x', roles: 0 }, 'auth0.roles'],
    [
      'keycloak',
      keycloak,
      { url: 'https://sso.acme.example', realm: 'a', audience: 'x', clientRoles: false },
      'keycloak.clientRoles',
    ],
    ['okta', okta, { domain: 'acme' }, 'okta.domain'],
    ['okta', okta, { domain: 'acme.okta.com', authorizationServer: 'a/b' }, 'okta.authorizationServer'],
    ['okta', okta, { domain: 'acme.okta.com', roles: [] }, 'okta.roles'],
    ['entra', entra, { tenants: 'common', audience: apiId }, 'entra.tenants'],
    ['entra', entra, { tenants: [tenant, 'organizations'], audience: apiId }, 'entra.tenants'],
    ['entra', entra, { tenants: [], audience: apiId }, 'entra.tenants'],
    ['entra', entra, { tenants: tenant }, 'entra.audience'],
    ['entra', entra, { tenants: tenant, audience: apiId, version: 3 }, 'entra.version'],
    ['keycloak', keycloak, { url: 'sso.acme.example', realm: 'a', audience: 'x' }, 'keycloak.url'],
    ['keycloak', keycloak, { url: 'https://sso.acme.example', realm: 'a/b', audience: 'x' }, 'keycloak.realm'],
    ['keycloak', keycloak, { url: 'https://sso.acme.example', realm: 'a' }, 'keycloak.audience'],
    [
      'keycloak',
      keycloak,
      { url: 'https://sso.acme.example', realm: 'a', audience: 'x', clientRoles: { client: 'c', name: [] } },
      'keycloak.clientRoles.name',
    ],
    [
      'keycloak',
      keycloak,
      { url: 'https://sso.acme.example', realm: 'a', audience: 'x', clients: undefined },
      'keycloak.clients',
    ],
    ['cognito', cognito, { userPoolId: 'AbCdEfGhI', clients: 'x' }, 'cognito.userPoolId'],
    ['cognito', cognito, { userPoolId: 'eu-central-1_AbCdEfGhI' }, 'cognito.clients'],
  ])('throws a ConfigError for an invalid or missing option: $3', (_name, preset, options, field) => {
    try {
      untyped(preset)(options)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      expect(error).toMatchObject({ option: field })
    }
  })

  it('uses the defaults of Okta and of Cognito', () => {
    expect(okta({ domain: 'acme.okta.com' })).toMatchObject({
      issuer: 'https://acme.okta.com/oauth2/default',
      audience: 'api://default',
    })
    expect(cognito({ userPoolId: 'cn-north-1_AbCdEfGhI', clients: 'x' }).issuer).toBe(
      'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbCdEfGhI',
    )
  })

  it('accepts http for Keycloak only from hosts in allowHttp, such as a service of a compose file', () => {
    const options = { url: 'http://keycloak:8080', realm: 'a', audience: 'x' }
    expect(() => createAuth(keycloak(options))).toThrow(/^Invalid option "keys.jwksUrl": expected an https URL/)
    expect(() => createAuth(keycloak({ ...options, allowHttp: ['keycloak'] }))).not.toThrow()
  })

  it('types the roles of a preset', () => {
    const auth = createAuth(okta({ domain: 'acme.okta.com', roles: ['editor'] }))
    auth.hasRole('editor')
    // @ts-expect-error a misspelt role does not compile
    auth.hasRole('edtior')
    expect(auth.keyStatus()).toHaveLength(1)
  })
})
