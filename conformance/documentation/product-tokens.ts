/** What the tokens of products hold, as far as docs/providers.md goes, for a caller who has a role there. */
export const productTokens: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
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
