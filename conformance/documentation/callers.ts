import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { JWTPayload } from 'jose'

type Claims = Readonly<Record<string, unknown>>

/** The callers by name, with the claims that differ from the default. The name is the subject. */
const callers: Readonly<Record<string, Claims>> = {
  /** An admin, in the format of every issuer on the pages. */
  john: { admin: true, realm_access: { roles: ['admin'] }, scope: 'reports:read' },
  /** A user without special rights. */
  jane: {},
  /** A caller with an expired token. */
  late: { exp: 1_700_000_000 },
  /** A caller with a token that never expires. */
  forever: { exp: undefined },
  /** A caller with an ID token instead of an access token. */
  idle: { at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q', nonce: 'n-0S6_WzA2Mj' },
  ed: { groups: ['editors'] },
  /** Is allowed to sign contracts of tenant 42. paul lacks the scopes, and tom belongs to another tenant. */
  olga: { realm_access: { roles: ['owner'] }, tenant: 42, scope: 'contracts:read contracts:sign' },
  paul: { tier: 3, tenant: 42, scope: 'contracts:read' },
  tom: { tier: 3, tenant: 43, scope: 'contracts:read contracts:sign' },
}

/** The HS256 secret, which is also the value of JWT_SECRET. */
export const secret = 'a secret of these tests: 48 bytes, and no others'

const algorithms = ['RS256', 'ES256', 'EdDSA'] as const
const keys = await Promise.all(algorithms.map(async (alg) => ({ alg, ...(await generateKeyPair(alg)) })))

/** The public keys of the in-memory issuers. */
export const jwkSet = JSON.stringify({
  keys: await Promise.all(
    keys.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' })),
  ),
})

/**
 * The token of a caller: signed with the secret for the issuer of the environment, or with the RSA key of an in-memory
 * issuer.
 */
export async function tokenOf(name: string, issuer?: string): Promise<string> {
  const claims = callers[name] ?? productTokens[name]
  if (claims === undefined) throw new SyntaxError(`Nobody is called ${name}`)
  const now = Math.floor(Date.now() / 1000)
  const payload: JWTPayload = { aud: 'https://api.example', iat: now - 60, exp: now + 600, sub: name, ...claims }
  const token = new SignJWT(payload)
  if (issuer === undefined) {
    const key = new TextEncoder().encode(secret)
    return token.setIssuer('https://login.example').setProtectedHeader({ alg: 'HS256' }).sign(key)
  }
  const [first] = keys
  if (first === undefined) throw new Error('The issuers in memory have no key')
  return token.setIssuer(issuer).setProtectedHeader({ alg: first.alg, kid: first.alg }).sign(first.privateKey)
}

/** The claims of the products in docs/providers.md, for a caller with a role. */
const productTokens: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  auth0: {
    aud: ['https://api.acme.example', 'https://acme.eu.auth0.com/userinfo'],
    azp: 'aBcDeF',
    scope: 'openid',
    permissions: ['orders:read'],
    'https://acme.example/roles': ['admin', 'guest'],
  },
  okta: { aud: 'api://default', cid: '0oa1b2c3', scp: ['orders:read'], groups: ['Everyone', 'editors'] },
  entra: {
    aud: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
    azp: '11112222-bbbb-3333-cccc-4444dddd5555',
    tid: '72f988bf-86f1-41af-91ab-2d7cd011db47',
    ver: '2.0',
    scp: 'orders.read',
    roles: ['Orders.Admin', 'Other.Role'],
  },
  keycloak: {
    aud: ['orders-api', 'account'],
    azp: 'web',
    typ: 'Bearer',
    realm_access: { roles: ['offline_access', 'admin'] },
    resource_access: { 'orders-api': { roles: ['editor'] }, account: { roles: ['view-profile'] } },
  },
  cognito: {
    aud: undefined,
    client_id: '1example23456789',
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    'cognito:groups': ['admins', 'guests'],
  },
  google: {
    aud: '1234567890-abc123def456.apps.googleusercontent.com',
    azp: '1234567890-abc123def456.apps.googleusercontent.com',
    at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q',
    hd: 'acme.example',
  },
  firebase: { aud: 'acme-orders', auth_time: 1_700_000_000, user_id: 'firebase', admin: true },
  supabase: { aud: 'authenticated', role: 'authenticated', app_metadata: { role: 'admin' }, user_metadata: {} },
  clerk: { aud: undefined, azp: 'https://app.acme.example', sid: 'sess_1', org_role: 'org:admin' },
}
