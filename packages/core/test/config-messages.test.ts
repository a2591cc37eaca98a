import { describe, expect, it } from 'vitest'
import { allOf, anyOf, createAuth, decide, hasClaim, hasRole, hasScope, where } from '../src/index.ts'
import type { AuthOptions, Policy } from '../src/index.ts'
import { audience, authWith, issuer, keyPair, secret } from './tokens.ts'

function messageOf(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'nothing is wrong'
}

const { jwk } = await keyPair('ES256', 'k')
const { jwk: longer } = await keyPair('ES384', 'longer')
const never = () => false
const url = 'an https URL without credentials (http: on this machine, or a host in keys.allowHttp)'
const ofIssuer =
  'issuer, audience, keys, algorithms, roles, typ, profile, requiredClaims, maxTokenAgeSeconds, maxLifetimeSeconds, tokenBinding, clients, tokenUse, maxStaleSeconds, decrypt'
const ofAuth =
  'claims, clockToleranceSeconds, maxTokenBytes, realm, problemTypeBase, tokenFrom, revocation, isRevoked, onAuthError, onAudit, cache, fetch, background, now'
const isUndefined = 'undefined; is a variable of the environment missing?'

describe('whoever starts the server is told what a setting must be, and what it is', () => {
  it.each([
    [
      { audeince: 'x' },
      `audeince must be left out (did you mean audience? known here: ${ofAuth}, ${ofIssuer}, issuers); it is no setting`,
    ],
    [{ cors: 'x' }, `cors must be left out (known here: ${ofAuth}, ${ofIssuer}, issuers); it is no setting`],
    ...['foo', 'abcdissuer'].map((name): [object, string] => [
      { [name]: 'x' },
      `${name} must be left out (known here: ${ofAuth}, ${ofIssuer}, issuers); it is no setting`,
    ]),
    [
      { issuerss: 'x' },
      `issuerss must be left out (did you mean issuers? known here: ${ofAuth}, ${ofIssuer}, issuers); it is no setting`,
    ],
    [
      { keys: { find: never, has: never }, algorithms: ['HS256', 'RS256'] },
      'algorithms must be of HMAC or of public keys: they never mix; it is HS256, RS256',
    ],
    [{ secret: 'x' }, 'secret must be written as keys: { secret }; it is no setting'],
    [{ publicKey: 'x' }, 'publicKey must be written as keys: { publicKey }; it is no setting'],
    [{ jwks: 'x' }, 'jwks must be written as keys: { jwks }; it is no setting'],
    [{ jwksUrl: 'x' }, 'jwksUrl must be written as keys: { jwksUrl }; it is no setting'],
    [{ jwksUri: 'x' }, 'jwksUri must be written as keys: { jwksUrl }; it is no setting'],
    [{ mode: 'x' }, 'mode must be given to jwtAuth, beside the Auth or its options; it is no setting'],
    [{ errors: 'x' }, 'errors must be given to jwtAuth, beside the Auth or its options; it is no setting'],
    [
      { credentialsRequired: false },
      "credentialsRequired must be written as mode: 'optional', which is given to jwtAuth beside the Auth; it is no setting",
    ],
    [{ getToken: never }, 'getToken must be written as tokenFrom; it is no setting'],
    [{ roles: undefined }, `roles must be left out or given a value; it is ${isUndefined}`],
    [{ issuer: 1 }, 'issuer must be a non-empty string; it is 1'],
    [{ audience: [] }, 'audience must be a non-empty list of strings; it is an empty array'],
    [{ audience: ['a', ''] }, 'audience[1] must be a non-empty string; it is an empty string'],
    [{ audience: {} }, 'audience must be a non-empty string; it is an object'],
    [{ audience: () => 'a' }, 'audience must be a non-empty string; it is a function'],
    [{ audience: true }, 'audience must be a non-empty string; it is true'],
    [{ clockToleranceSeconds: '5' }, 'clockToleranceSeconds must be a number from 0 to 300; it is a string'],
    [{ maxTokenBytes: 0 }, 'maxTokenBytes must be a number from 1 to 65536; it is 0'],
    [{ now: 5 }, 'now must be a function; it is 5'],
    [{ now: async () => 1 }, 'now must be a synchronous function; it is an async one'],
    [{ isRevoked: [1, 2] }, 'isRevoked must be a function; it is an array of 2'],
    [{ fetch: 1 }, 'fetch must be a function; it is 1'],
    [{ onAudit: 1 }, 'onAudit must be a function; it is 1'],
    [{ onAudit: async () => {} }, 'onAudit must be a synchronous function; it is an async one'],
    [{ onAuthError: null }, 'onAuthError must be a function; it is null'],
    [{ claims: {} }, 'claims must be a Standard Schema, as of zod, valibot or arktype; it is an object'],
    [{ claims: null }, 'claims must be a Standard Schema, as of zod, valibot or arktype; it is null'],
    [{ cache: 5 }, 'cache must be null or { max, maxBytes }; it is 5'],
    [{ cache: { max: 1.5 } }, 'cache.max must be a whole number; it is 1.5'],
    [{ cache: { max: 0 } }, 'cache.max must be a number from 1 to 1000000; it is 0'],
    [{ cache: { maxBytes: 65_535 } }, 'cache.maxBytes must be a number from 65536 to 17179869184; it is 65535'],
    [{ cache: { maxBytes: 65_536.5 } }, 'cache.maxBytes must be a whole number; it is 65536.5'],
    [{ cache: { size: 1 } }, 'cache.size must be left out (known here: max, maxBytes); it is no setting'],
    [{ realm: 'a"b' }, 'realm must be printable ASCII without quotes and backslashes; it is a string'],
    [{ realm: `${'x'.repeat(80)}ä` }, `realm must be printable ASCII without quotes and backslashes; it is a string`],
    [{ realm: `${'x'.repeat(79)}ä` }, `realm must be printable ASCII without quotes and backslashes; it is a string`],
    [{ problemTypeBase: 'x' }, 'problemTypeBase must be an absolute URL that the code is appended to; it is a string'],
    [{ problemTypeBase: '' }, 'problemTypeBase must be a non-empty string; it is an empty string'],
    [{ tokenFrom: 'cookie' }, 'tokenFrom must be "authorization", { header } or { cookie }; it is a string'],
    [{ tokenFrom: {} }, 'tokenFrom must be "authorization", { header } or { cookie }; it is an object'],
    [{ tokenFrom: null }, 'tokenFrom must be "authorization", { header } or { cookie }; it is null'],
    [
      { tokenFrom: [] },
      'tokenFrom must be "authorization", { header } or { cookie }, or a list of these, not empty; it is an empty array',
    ],
    [{ tokenFrom: [undefined] }, 'tokenFrom[0] must be "authorization", { header } or { cookie }; it is missing'],
    [{ tokenFrom: ['x'] }, 'tokenFrom[0] must be "authorization", { header } or { cookie }; it is a string'],
    [{ tokenFrom: [[]] }, 'tokenFrom[0] must be "authorization", { header } or { cookie }; it is an empty array'],
    [{ tokenFrom: [{ header: 1 }] }, 'tokenFrom[0].header must be a non-empty string; it is 1'],
    [
      { tokenFrom: ['authorization', 'authorization'] },
      'tokenFrom[1] must be another place than those before it; it is one of them',
    ],
    [
      { tokenFrom: [{ header: 'X-Token' }, { header: 'x-token' }] },
      'tokenFrom[1] must be another place than those before it; it is one of them',
    ],
    [
      { tokenFrom: [{ cookie: 'a' }, 'authorization'] },
      'tokenFrom[0] must be last, where it is a cookie; it is in front of others',
    ],
    [
      { tokenFrom: ['authorization', { cookie: 'a' }, { cookie: 'b' }] },
      'tokenFrom[1] must be last, where it is a cookie; it is in front of others',
    ],
    [{ tokenFrom: { cookie: '' } }, 'tokenFrom.cookie must be a non-empty string; it is an empty string'],
    [{ tokenFrom: { cookie: undefined } }, `tokenFrom.cookie must be left out or given a value; it is ${isUndefined}`],
    [{ tokenFrom: { cookie: 'a b' } }, 'tokenFrom.cookie must be the name of a cookie; it is a string'],
    [{ tokenFrom: { cookie: 'a=b' } }, 'tokenFrom.cookie must be the name of a cookie; it is a string'],
    [{ tokenFrom: { cookie: 'ä' } }, 'tokenFrom.cookie must be the name of a cookie; it is a string'],
    ...['__host-access', '__HOST-access', '__secure-access', '__host-__Host-access'].map((cookie): [object, string] => [
      { tokenFrom: { cookie } },
      `tokenFrom.cookie must be spelt __Host- or __Secure- where it begins with such a word; it is a string`,
    ]),
    [
      { tokenFrom: { cookie: 'a', header: 'b' } },
      'tokenFrom.header must be left out (known here: cookie, origins); it is no setting',
    ],
    [
      { tokenFrom: { header: 'b', origins: [] } },
      'tokenFrom.origins must be left out (known here: header); it is no setting',
    ],
    [
      { tokenFrom: { cookie: 'a', origins: [] } },
      'tokenFrom.origins must be a non-empty list of strings; it is an empty array',
    ],
    [
      { tokenFrom: { cookie: 'a', origins: undefined } },
      `tokenFrom.origins must be left out or given a value; it is ${isUndefined}`,
    ],
    ...(
      [
        ['null', 'no URL'],
        ['*', 'no URL'],
        ['app.example.com', 'no URL'],
        ['http://app.example.com', 'one with http:'],
        ['https://*.example.com', 'one with https:'],
        ['capacitor://localhost', 'one with another scheme'],
        ['https://user:password@app.example.com', 'one with credentials'],
      ] as const
    ).map(([origin, holds]): [object, string] => [
      { tokenFrom: ['authorization', { cookie: 'a', origins: ['https://a.example', origin] }] },
      `tokenFrom[1].origins[1] must be one origin by https, or by http on this machine; it is ${holds}`,
    ]),
    ...['/', '/app', '?key=secret', '#x', ':443'].map((behind): [object, string] => [
      { tokenFrom: { cookie: 'a', origins: `https://app.example.com${behind}` } },
      'tokenFrom.origins must be an origin as browsers write it: in lower case, without a default port and without a path; it is spelt otherwise, or has more behind it',
    ]),
    [
      { tokenFrom: { cookie: 'a', origins: 'HTTPS://Äpp.Example.com' } },
      'tokenFrom.origins must be an origin as browsers write it: in lower case, without a default port and without a path; it is spelt otherwise, or has more behind it',
    ],
    [
      { tokenFrom: { header: 'a b' } },
      'tokenFrom.header must be the name of a header other than authorization and cookie; it is a string',
    ],
    [{ tokenFrom: { query: 'x' } }, 'tokenFrom.query must be left out (known here: header); it is no setting'],
    [{ algorithms: 'HS256' }, 'algorithms must be a list of algorithms; it is a string'],
    [
      { algorithms: ['none'] },
      'algorithms must be a list of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, ML-DSA-44, ML-DSA-65, ML-DSA-87, Ed25519; it is a string',
    ],
    [
      { algorithms: ['HS256', 'ES256'] },
      'algorithms must be of HMAC or of public keys: they never mix; it is HS256, ES256',
    ],
    [
      { algorithms: ['ES256', 'ES384'] },
      'algorithms must be of HS256, HS384, HS512 beside a secret; it is ES256, ES384',
    ],
    [{ typ: 1 }, 'typ must be a non-empty string; it is 1'],
    [{ profile: 'jwt' }, 'profile must be "at+jwt" (RFC 9068); it is a string'],
    [{ typ: 'x', profile: 'at+jwt' }, 'typ must be left out beside profile, which sets it; it is there'],
    [{ requiredClaims: [1] }, 'requiredClaims[0] must be a non-empty string; it is 1'],
    [{ tokenUse: 'x' }, 'tokenUse must be "access", "id", or null to skip the check; it is a string'],
    [{ maxStaleSeconds: -1 }, 'maxStaleSeconds must be a number from 0 to 604800; it is -1'],
    [{ tokenBinding: true }, 'tokenBinding must be left out, or null to skip the check; it is true'],
    [{ maxTokenAgeSeconds: 0 }, 'maxTokenAgeSeconds must be a number from 1 to 315576000; it is 0'],
    [{ clients: [1] }, 'clients[0] must be a non-empty string; it is 1'],
    [{ decrypt: { keys: [] } }, 'decrypt.keys must be a key or a list of them; it is an empty array'],
  ])('%o: %s', (options, message) => {
    expect(messageOf(() => authWith(options))).toBe(message)
  })

  it.each(['realm', 'problemTypeBase', 'onAuthError', 'onAudit', 'fetch', 'now'])(
    'but of %s, which weakens nothing',
    (name) => {
      expect(messageOf(() => authWith({ [name]: undefined }))).toBe('nothing is wrong')
    },
  )

  it('but of a cookie that only holds such a word', () => {
    expect(messageOf(() => authWith({ tokenFrom: { cookie: 'my__host-access' } }))).toBe('nothing is wrong')
  })

  it.each([
    ['x', 'keys must be an object; it is a string'],
    ['', 'keys must be an object; it is an empty string'],
    [{}, 'keys must be an object with one of secret, publicKey, jwks, jwksUrl; it is one with 0 of them'],
    [
      { secret, publicKey: 'x' },
      'keys must be an object with one of secret, publicKey, jwks, jwksUrl; it is one with 2 of them',
    ],
    [{ secret, allowHttp: [] }, 'keys.allowHttp must be beside jwksUrl, or alone; it is beside secret'],
    [{ secret: [] }, 'keys.secret must be a secret or a list of them; it is an empty array'],
    [
      { find: never },
      'keys.find must be left out (known here: secret, publicKey, jwks, jwksUrl, allowHttp); it is no setting',
    ],
    [
      { find: 1, has: never },
      'keys.find must be left out (known here: secret, publicKey, jwks, jwksUrl, allowHttp); it is no setting',
    ],
    [
      { find: never, has: 1 },
      'keys.find must be left out (known here: secret, publicKey, jwks, jwksUrl, allowHttp); it is no setting',
    ],
    [{ jwksUrl: '' }, 'keys.jwksUrl must be a non-empty string; it is an empty string'],
    [{ jwksUrl: 'x' }, `keys.jwksUrl must be ${url}; it is no URL`],
    [{ jwksUrl: 'http://a.example/x' }, `keys.jwksUrl must be ${url}; it is one with http:`],
    [{ jwksUrl: 'file:///keys?x=1' }, `keys.jwksUrl must be ${url}; it is one with file:`],
    [{ jwksUrl: 'https://:p@a.example/x' }, `keys.jwksUrl must be ${url}; it is one with credentials`],
    [{ jwksUrl: 'https://a.example', allowHttp: 'x' }, 'keys.allowHttp must be a list of host names; it is a string'],
    [
      { allowHttp: ['https://x'] },
      'keys.allowHttp[0] must be a host name, without scheme and path; it is one with https:',
    ],
    [{ allowHttp: ['a b'] }, 'keys.allowHttp[0] must be a host name, without scheme and path; it is other text'],
    [{ allowHttp: ['a', 1] }, 'keys.allowHttp[1] must be a non-empty string; it is 1'],
    [{ jwks: 'x' }, 'keys.jwks must be a JWK Set, an object with an array keys; it is a string'],
    [{ jwks: { keys: 1 } }, 'keys.jwks must be a JWK Set, an object with an array keys; it is an object'],
    [{ jwks: { keys: [] } }, 'keys.jwks must be a JWK Set with a public key for signatures; it is one without'],
    [
      { jwks: { keys: [jwk, jwk] } },
      'keys.jwks must be a set whose keys differ in kid, kty or alg; it is one with twins',
    ],
    [
      { jwks: { keys: [jwk, { ...jwk, d: 'x' }] } },
      'keys.jwks.keys[1] must be a public key for signatures; it is a private key (member d); only its public part belongs here',
    ],
  ])('keys: %o', (keys, message) => {
    expect(messageOf(() => authWith({ keys }))).toBe(message)
  })

  it.each([
    [
      { keys: { publicKey: jwk }, algorithms: ['RS256', 'RS384'] },
      'keys.publicKey must be a key for one of the algorithms RS256, RS384; it is for ES256',
    ],
    [
      { keys: { jwks: { keys: [jwk, longer] } }, algorithms: ['RS256'] },
      'keys.jwks must be a key for one of the algorithms RS256; it is for ES256, ES384',
    ],
    [
      { keys: { publicKey: jwk }, algorithms: ['HS256', 'HS384'] },
      'algorithms must be without HS256, HS384 and HS512 beside public keys; it is HS256, HS384',
    ],
    [
      { keys: { jwksUrl: 'https://a.example' }, algorithms: ['HS256', 'HS384'] },
      'algorithms must be without HS256, HS384 and HS512 beside public keys; it is HS256, HS384',
    ],
    [
      { keys: { allowHttp: [] }, issuer: null },
      'keys must be there where issuer is null: nobody can be asked for them; it is missing',
    ],
    [{ keys: { allowHttp: [] }, issuer: 'joe' }, `keys left out, so issuer must be ${url}; it is no URL`],
  ])('keys beside another setting: %s', (options, message) => {
    expect(messageOf(() => authWith(options))).toBe(message)
  })

  it.each([
    [[], 'roles must be an object; it is an empty array'],
    [{ '': 'a' }, 'roles must be a map whose names are not empty; it is one with an empty name'],
    [{ a: 1 }, 'roles.a must be the name of a claim, a rule on a claim, or a function; it is 1'],
    [{ a: { claim: 'x' } }, 'roles.a must be a claim with one of equals, includes or word; it is one with 0 of them'],
    [
      { a: { claim: 'x', equals: 1, word: 'y' } },
      'roles.a must be a claim with one of equals, includes or word; it is one with 2 of them',
    ],
    [{ a: { claim: 'x', word: 'a b' } }, 'roles.a.word must be one word without blanks; it is a string'],
    [{ a: { claim: 'x', word: '' } }, 'roles.a.word must be one word without blanks; it is an empty string'],
    [{ a: { claim: 'x', includes: '' } }, 'roles.a.includes must be a non-empty string; it is an empty string'],
    [
      { a: { claim: 'x', is: 1 } },
      'roles.a.is must be left out (known here: claim, equals, includes, word); it is no setting',
    ],
    [{ a: { equals: 1 } }, 'roles.a.claim must be a non-empty string; it is missing'],
  ])('roles: %o', (roles, message) => {
    expect(messageOf(() => authWith({ roles }))).toBe(message)
  })

  const list = {
    isRevoked: never,
    revokeToken: never,
    revokeSession: never,
    revokeSubject: never,
    clockToleranceSeconds: 5,
    maxTokenLifetimeSeconds: 600,
  }
  const must =
    'revocation must be a list, as createRevocations() makes it: isRevoked, revokeToken, revokeSession, revokeSubject'
  const longest = 'must be 600 or less, as maxTokenLifetimeSeconds of revocation, which may be raised'
  it.each([
    [null, {}, `${must}; it is null`],
    ['x', {}, `${must}; it is a string`],
    [{}, {}, `${must}; it is an object without isRevoked`],
    [{ ...list, revokeSubject: 1 }, {}, `${must}; it is an object without revokeSubject`],
    [
      { ...list, clockToleranceSeconds: '5' },
      {},
      'revocation.clockToleranceSeconds must be 5 or more, as clockToleranceSeconds here; it is a string',
    ],
    [
      { ...list, maxTokenLifetimeSeconds: '600' },
      {},
      'revocation.maxTokenLifetimeSeconds must be a number of seconds; it is a string',
    ],
    [list, { maxLifetimeSeconds: 600 }, 'nothing is wrong'],
    [list, { maxLifetimeSeconds: 601 }, `maxLifetimeSeconds ${longest}; it is 601`],
    [
      list,
      { maxLifetimeSeconds: null },
      `maxLifetimeSeconds ${longest}; it is null: a token without an end outlives every list`,
    ],
  ])('revocation: %o beside %j', (revocation, options, message) => {
    expect(messageOf(() => authWith({ revocation, ...options }))).toBe(message)
  })

  const entry = { issuer, audience, keys: { secret } }
  it.each([
    [{}, 'issuer must be a string, or null to skip the check; it is missing'],
    [null, 'options must be an object; it is null'],
    [{ issuers: [] }, 'issuers must be a list of issuers, not empty; it is an empty array'],
    [{ issuers: [1] }, 'issuers[0] must be an object; it is 1'],
    [
      { issuers: [entry], audience },
      'audience must be a setting of an entry of issuers, where there is a list; it is beside the list',
    ],
    [
      { issuers: [{ ...entry, realm: 'x' }] },
      `issuers[0].realm must be left out (known here: ${ofIssuer}); it is no setting`,
    ],
    [
      { issuers: [{ ...entry, issuer: null }] },
      'issuers[0].issuer must be a string, where there are several issuers; it is null',
    ],
    [
      { issuers: [entry, entry], roles: {} },
      `issuers[1].issuer must be another than those before it; it is one of them`,
    ],
    [
      { issuers: [entry, { ...entry, issuer: 'b' }], roles: { a: 1 } },
      'roles.a must be the name of a claim, a rule on a claim, or a function; it is 1',
    ],
    [
      { issuers: [entry, entry] },
      'issuers[0].roles must be a role map, here or beside issuers, where there are several issuers; it is missing',
    ],
  ])('%j: %s', (options, message) => {
    expect(messageOf(() => createAuth(options as AuthOptions))).toBe(message)
  })
})

describe('whoever writes a policy is told what it must be, and what it is', () => {
  const written = (policy: unknown) => () => decide(null, policy as Policy)
  const made =
    (make: (...input: never[]) => Policy, ...input: unknown[]) =>
    () =>
      (make as (...given: unknown[]) => Policy)(...input)

  it.each([
    ['hasRole must be given a name at least; it is an empty array', made(hasRole)],
    ['hasRole must be a non-empty string; it is 1', made(hasRole, 'a', 1)],
    ['hasRole must be given a name at least; it is a string', written({ kind: 'role', anyOf: 'a' })],
    ['hasScope must be given a name at least; it is an empty array', made(hasScope)],
    [
      'hasScope must be scopes of printable ASCII without blanks, quotes and backslashes; it is a string',
      made(hasScope, 'a b'),
    ],
    [
      'hasClaim must be a claim with one of equals, includes or word; it is one with 0 of them',
      made(hasClaim, { claim: 'x' }),
    ],
    [`hasClaim.equals must be left out or given a value; it is ${isUndefined}`, made(hasClaim, 'x', undefined)],
    ['hasClaim must be an object; it is missing', written({ kind: 'claim' })],
    ['where must be a non-empty string; it is an empty string', made(where, '', () => true)],
    ['where must be a function; it is missing', made(where, 'x')],
    ['where must be a synchronous function; it is an async one', made(where, 'x', async () => true)],
    ['allOf must be given a policy at least; it is an empty array', made(allOf)],
    ['anyOf must be given a policy at least; it is missing', written({ kind: 'anyOf' })],
    ['anyOf must be a policy, as hasRole and its like make them; it is a string', made(anyOf, 'x')],
    ['policy must be a policy, as hasRole and its like make them; it is null', written(null)],
    ['policy must be a policy, as hasRole and its like make them; it is 1', () => decide(null, 1 as never)],
    ['policy must be a policy, as hasRole and its like make them; it is an object', written({ kind: 'x' })],
  ])('%s', (message, make) => {
    expect(messageOf(make)).toBe(message)
  })
})
