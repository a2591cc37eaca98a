import { createDecrypter } from '../src/encryption.ts'
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
const url = 'an https URL without credentials (http only on localhost or on a host in keys.allowHttp)'
const ofIssuer =
  'issuer, audience, keys, algorithms, roles, typ, profile, requiredClaims, maxTokenAgeSeconds, maxLifetimeSeconds, tokenBinding, clients, tokenUse, maxStaleSeconds, decrypt'
const ofAuth =
  'claims, clockToleranceSeconds, maxTokenBytes, realm, problemTypeBase, tokenFrom, revocation, isRevoked, onAuthError, cache, fetch, background, now'
const undefinedValue = 'expected a value (or omit the option), received undefined (is an environment variable missing?)'
const known = `Known options: ${ofAuth}, ${ofIssuer}, issuers`

describe('messages for invalid options', () => {
  it.each([
    [{ audeince: 'x' }, 'Unknown option "audeince". Did you mean "audience"?'],
    [{ cors: 'x' }, `Unknown option "cors". ${known}`],
    ...['foo', 'abcdissuer'].map((name): [object, string] => [{ [name]: 'x' }, `Unknown option "${name}". ${known}`]),
    [{ issuerss: 'x' }, 'Unknown option "issuerss". Did you mean "issuers"?'],
    [
      { keys: { find: never, has: never }, algorithms: ['HS256', 'RS256'] },
      'Invalid option "algorithms": expected either HMAC algorithms or algorithms of public keys, never both, received HS256, RS256',
    ],
    [{ secret: 'x' }, 'Unknown option "secret": use keys: { secret }'],
    [{ publicKey: 'x' }, 'Unknown option "publicKey": use keys: { publicKey }'],
    [{ jwks: 'x' }, 'Unknown option "jwks": use keys: { jwks }'],
    [{ jwksUrl: 'x' }, 'Unknown option "jwksUrl": use keys: { jwksUrl }'],
    [{ jwksUri: 'x' }, 'Unknown option "jwksUri": use keys: { jwksUrl }'],
    [{ mode: 'x' }, 'Unknown option "mode": use jwtAuth(auth, { mode })'],
    [{ errors: 'x' }, 'Unknown option "errors": use jwtAuth(auth, { onError })'],
    [{ credentialsRequired: false }, `Unknown option "credentialsRequired": use jwtAuth(auth, { mode: 'optional' })`],
    [{ getToken: never }, 'Unknown option "getToken": use tokenFrom'],
    [{ roles: undefined }, `Invalid option "roles": ${undefinedValue}`],
    [{ issuer: 1 }, 'Invalid option "issuer": expected a non-empty string, received 1'],
    [{ audience: [] }, 'Invalid option "audience": expected at least one string, received an empty array'],
    [{ audience: ['a', ''] }, 'Invalid option "audience[1]": expected a non-empty string, received an empty string'],
    [{ audience: {} }, 'Invalid option "audience": expected a string or an array of strings, received an object'],
    [
      { audience: () => 'a' },
      'Invalid option "audience": expected a string or an array of strings, received a function',
    ],
    [{ audience: true }, 'Invalid option "audience": expected a string or an array of strings, received true'],
    [
      { clockToleranceSeconds: '5' },
      'Invalid option "clockToleranceSeconds": expected a number from 0 to 300, received a string',
    ],
    [{ maxTokenBytes: 0 }, 'Invalid option "maxTokenBytes": expected a number from 1 to 65536, received 0'],
    [{ now: 5 }, 'Invalid option "now": expected a function, received 5'],
    [{ now: async () => 1 }, 'Invalid option "now": expected a synchronous function, received an async function'],
    [{ isRevoked: [1, 2] }, 'Invalid option "isRevoked": expected a function, received an array of 2'],
    [{ fetch: 1 }, 'Invalid option "fetch": expected a function, received 1'],
    [{ onAuthError: null }, 'Invalid option "onAuthError": expected a function, received null'],
    [
      { claims: {} },
      'Invalid option "claims": expected a Standard Schema (for example of zod, valibot or arktype), received an object',
    ],
    [
      { claims: null },
      'Invalid option "claims": expected a Standard Schema (for example of zod, valibot or arktype), received null',
    ],
    [{ cache: 5 }, 'Invalid option "cache": expected null or { max, maxBytes }, received 5'],
    [{ cache: { max: 1.5 } }, 'Invalid option "cache.max": expected a whole number, received 1.5'],
    [{ cache: { max: 0 } }, 'Invalid option "cache.max": expected a number from 1 to 1000000, received 0'],
    [
      { cache: { maxBytes: 65_535 } },
      'Invalid option "cache.maxBytes": expected a number from 65536 to 17179869184, received 65535',
    ],
    [{ cache: { maxBytes: 65_536.5 } }, 'Invalid option "cache.maxBytes": expected a whole number, received 65536.5'],
    [{ cache: { size: 1 } }, 'Unknown option "cache.size". Known options: max, maxBytes'],
    [
      { realm: 'a"b' },
      'Invalid option "realm": expected printable ASCII without quotes and backslashes, received another string',
    ],
    [
      { realm: `${'x'.repeat(80)}ä` },
      'Invalid option "realm": expected printable ASCII without quotes and backslashes, received another string',
    ],
    [
      { realm: `${'x'.repeat(79)}ä` },
      'Invalid option "realm": expected printable ASCII without quotes and backslashes, received another string',
    ],
    [
      { problemTypeBase: 'x' },
      'Invalid option "problemTypeBase": expected an absolute URL that the code is appended to, received another string',
    ],
    [
      { problemTypeBase: '' },
      'Invalid option "problemTypeBase": expected a non-empty string, received an empty string',
    ],
    [
      { tokenFrom: 'cookie' },
      'Invalid option "tokenFrom": expected "authorization", { header } or { cookie }, received a string',
    ],
    [
      { tokenFrom: {} },
      'Invalid option "tokenFrom": expected "authorization", { header } or { cookie }, received an object',
    ],
    [
      { tokenFrom: null },
      'Invalid option "tokenFrom": expected "authorization", { header } or { cookie }, received null',
    ],
    [
      { tokenFrom: [] },
      'Invalid option "tokenFrom": expected "authorization", { header } or { cookie }, or a non-empty array of these, received an empty array',
    ],
    [
      { tokenFrom: [undefined] },
      'Invalid option "tokenFrom[0]": expected "authorization", { header } or { cookie }, received undefined',
    ],
    [
      { tokenFrom: ['x'] },
      'Invalid option "tokenFrom[0]": expected "authorization", { header } or { cookie }, received a string',
    ],
    [
      { tokenFrom: [[]] },
      'Invalid option "tokenFrom[0]": expected "authorization", { header } or { cookie }, received an empty array',
    ],
    [{ tokenFrom: [{ header: 1 }] }, 'Invalid option "tokenFrom[0].header": expected a non-empty string, received 1'],
    [
      { tokenFrom: ['authorization', 'authorization'] },
      'Invalid option "tokenFrom[1]": expected a location that is not already in the list, received a repeated location',
    ],
    [
      { tokenFrom: [{ header: 'X-Token' }, { header: 'x-token' }] },
      'Invalid option "tokenFrom[1]": expected a location that is not already in the list, received a repeated location',
    ],
    [
      { tokenFrom: [{ cookie: 'a' }, 'authorization'] },
      'Invalid option "tokenFrom[0]": expected a cookie only at the end of the list, received a cookie before other locations',
    ],
    [
      { tokenFrom: ['authorization', { cookie: 'a' }, { cookie: 'b' }] },
      'Invalid option "tokenFrom[1]": expected a cookie only at the end of the list, received a cookie before other locations',
    ],
    [
      { tokenFrom: { cookie: '' } },
      'Invalid option "tokenFrom.cookie": expected a non-empty string, received an empty string',
    ],
    [{ tokenFrom: { cookie: undefined } }, `Invalid option "tokenFrom.cookie": ${undefinedValue}`],
    [
      { tokenFrom: { cookie: 'a b' } },
      'Invalid option "tokenFrom.cookie": expected a cookie name, received another string',
    ],
    [
      { tokenFrom: { cookie: 'a=b' } },
      'Invalid option "tokenFrom.cookie": expected a cookie name, received another string',
    ],
    [
      { tokenFrom: { cookie: 'ä' } },
      'Invalid option "tokenFrom.cookie": expected a cookie name, received another string',
    ],
    ...['__host-access', '__HOST-access', '__secure-access', '__host-__Host-access'].map((cookie): [object, string] => [
      { tokenFrom: { cookie } },
      'Invalid option "tokenFrom.cookie": expected a prefix that is spelled exactly __Host- or __Secure-, received a different spelling',
    ]),
    [{ tokenFrom: { cookie: 'a', header: 'b' } }, 'Unknown option "tokenFrom.header". Known options: cookie, origins'],
    [{ tokenFrom: { header: 'b', origins: [] } }, 'Unknown option "tokenFrom.origins". Known options: header'],
    [
      { tokenFrom: { cookie: 'a', origins: [] } },
      'Invalid option "tokenFrom.origins": expected at least one string, received an empty array',
    ],
    [{ tokenFrom: { cookie: 'a', origins: undefined } }, `Invalid option "tokenFrom.origins": ${undefinedValue}`],
    ...(
      [
        ['null', 'a string that is not a URL'],
        ['*', 'a string that is not a URL'],
        ['app.example.com', 'a string that is not a URL'],
        ['http://app.example.com', 'a URL with the scheme http'],
        ['capacitor://localhost', 'a URL with another scheme'],
        ['https://user:password@app.example.com', 'a URL with credentials'],
      ] as const
    ).map(([origin, received]): [object, string] => [
      { tokenFrom: ['authorization', { cookie: 'a', origins: ['https://a.example', origin] }] },
      `Invalid option "tokenFrom[1].origins[1]": expected an https origin (or http on localhost), received ${received}`,
    ]),
    [
      { tokenFrom: { cookie: 'a', origins: 'https://*.example.com' } },
      'Invalid option "tokenFrom.origins": expected one origin, received a URL with a wildcard',
    ],
    ...['/', '/app', '?key=secret', '#x', ':443'].map((behind): [object, string] => [
      { tokenFrom: { cookie: 'a', origins: `https://app.example.com${behind}` } },
      'Invalid option "tokenFrom.origins": expected an origin as browsers send it: in lower case, without a default port and without a path, received another spelling, or a URL with more parts',
    ]),
    [
      { tokenFrom: { cookie: 'a', origins: 'HTTPS://Äpp.Example.com' } },
      'Invalid option "tokenFrom.origins": expected an origin as browsers send it: in lower case, without a default port and without a path, received another spelling, or a URL with more parts',
    ],
    [
      { tokenFrom: { header: 'a b' } },
      'Invalid option "tokenFrom.header": expected the name of a header other than authorization and cookie, received another string',
    ],
    [{ tokenFrom: { query: 'x' } }, 'Unknown option "tokenFrom.query". Known options: header'],
    [{ algorithms: 'HS256' }, 'Invalid option "algorithms": expected an array of algorithms, received a string'],
    [
      { algorithms: ['none'] },
      'Invalid option "algorithms": expected only HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, ML-DSA-44, ML-DSA-65, ML-DSA-87, Ed25519, received another string',
    ],
    [
      { algorithms: ['HS256', 'ES256'] },
      'Invalid option "algorithms": expected either HMAC algorithms or algorithms of public keys, never both, received HS256, ES256',
    ],
    [
      { algorithms: ['ES256', 'ES384'] },
      'Invalid option "algorithms": expected only HS256, HS384, HS512 with a secret, received ES256, ES384',
    ],
    [{ typ: 1 }, 'Invalid option "typ": expected a non-empty string, received 1'],
    [{ profile: 'jwt' }, 'Invalid option "profile": expected "at+jwt" (RFC 9068), received another string'],
    [
      { typ: 'x', profile: 'at+jwt' },
      'Invalid option "typ": expected no value, because profile sets it, received a string',
    ],
    [{ requiredClaims: [1] }, 'Invalid option "requiredClaims[0]": expected a non-empty string, received 1'],
    [
      { tokenUse: 'x' },
      'Invalid option "tokenUse": expected "access", "id", or null to skip the check, received another string',
    ],
    [{ maxStaleSeconds: -1 }, 'Invalid option "maxStaleSeconds": expected a number from 0 to 604800, received -1'],
    [
      { tokenBinding: true },
      'Invalid option "tokenBinding": expected null to skip the check (or omit the option), received true',
    ],
    [
      { maxTokenAgeSeconds: 0 },
      'Invalid option "maxTokenAgeSeconds": expected a number from 1 to 315576000, received 0',
    ],
    [{ clients: [1] }, 'Invalid option "clients[0]": expected a non-empty string, received 1'],
    [
      { decrypt: { keys: [] } },
      'Invalid option "decrypt": expected createDecrypter({ keys }) of @claimcheck/core/encryption, received an object',
    ],
  ])('reports the options %o: %s', (options, message) => {
    expect(messageOf(() => authWith(options))).toBe(message)
  })

  it('says what createDecrypter expects', () => {
    expect(messageOf(() => createDecrypter({ keys: [] }))).toBe(
      'Invalid option "decrypt.keys": expected a key or a non-empty array of keys, received an empty array',
    )
    expect(messageOf(() => createDecrypter({ key: 1 } as never))).toBe(
      'Unknown option "decrypt.key". Did you mean "decrypt.keys"?',
    )
  })

  it.each(['realm', 'problemTypeBase', 'onAuthError', 'fetch', 'now'])(
    'accepts an undefined %s, which weakens no check',
    (name) => {
      expect(messageOf(() => authWith({ [name]: undefined }))).toBe('nothing is wrong')
    },
  )

  it('accepts a cookie name that contains __host- after its beginning', () => {
    expect(messageOf(() => authWith({ tokenFrom: { cookie: 'my__host-access' } }))).toBe('nothing is wrong')
  })

  it.each([
    ['x', 'Invalid option "keys": expected an object, received a string'],
    ['', 'Invalid option "keys": expected an object, received an empty string'],
    [{}, 'Invalid option "keys": expected exactly one of secret, publicKey, jwks, jwksUrl, received none of them'],
    [
      { secret, publicKey: 'x' },
      'Invalid option "keys": expected exactly one of secret, publicKey, jwks, jwksUrl, received secret and publicKey',
    ],
    [
      { secret, allowHttp: [] },
      'Invalid option "keys.allowHttp": expected it alone or with jwksUrl, received it with secret',
    ],
    [
      { secret: [] },
      'Invalid option "keys.secret": expected a secret or a non-empty array of secrets, received an empty array',
    ],
    [{ find: never }, 'Unknown option "keys.find". Known options: secret, publicKey, jwks, jwksUrl, allowHttp'],
    [{ find: 1, has: never }, 'Unknown option "keys.find". Known options: secret, publicKey, jwks, jwksUrl, allowHttp'],
    [{ find: never, has: 1 }, 'Unknown option "keys.find". Known options: secret, publicKey, jwks, jwksUrl, allowHttp'],
    [{ jwksUrl: '' }, 'Invalid option "keys.jwksUrl": expected a non-empty string, received an empty string'],
    [{ jwksUrl: 'x' }, `Invalid option "keys.jwksUrl": expected ${url}, received a string that is not a URL`],
    [
      { jwksUrl: 'http://a.example/x' },
      `Invalid option "keys.jwksUrl": expected ${url}, received a URL with the scheme http`,
    ],
    [
      { jwksUrl: 'file:///keys?x=1' },
      `Invalid option "keys.jwksUrl": expected ${url}, received a URL with the scheme file`,
    ],
    [
      { jwksUrl: 'https://:p@a.example/x' },
      `Invalid option "keys.jwksUrl": expected ${url}, received a URL with credentials`,
    ],
    [
      { jwksUrl: 'https://a.example', allowHttp: 'x' },
      'Invalid option "keys.allowHttp": expected an array of host names, received a string',
    ],
    [
      { allowHttp: ['https://x'] },
      'Invalid option "keys.allowHttp[0]": expected a host name without scheme and path, received a URL with the scheme https',
    ],
    [
      { allowHttp: ['a b'] },
      'Invalid option "keys.allowHttp[0]": expected a host name without scheme and path, received another string',
    ],
    [{ allowHttp: ['a', 1] }, 'Invalid option "keys.allowHttp[1]": expected a non-empty string, received 1'],
    [
      { jwks: 'x' },
      'Invalid option "keys.jwks": expected a JWK Set: an object with an array "keys", received a string',
    ],
    [
      { jwks: { keys: 1 } },
      'Invalid option "keys.jwks": expected a JWK Set: an object with an array "keys", received an object',
    ],
    [
      { jwks: { keys: [] } },
      'Invalid option "keys.jwks": expected a JWK Set with a public key for signatures, received a JWK Set without one',
    ],
    [
      { jwks: { keys: [jwk, jwk] } },
      'Invalid option "keys.jwks": expected keys that differ in kid or algorithm, received two keys that share both',
    ],
    [
      { jwks: { keys: [jwk, { ...jwk, d: 'x' }] } },
      'Invalid option "keys.jwks.keys[1]": expected a public key for signatures, received a private key (with "d"; use its public part)',
    ],
  ])('reports invalid keys: %o', (keys, message) => {
    expect(messageOf(() => authWith({ keys }))).toBe(message)
  })

  it.each([
    [
      { keys: { publicKey: jwk }, algorithms: ['RS256', 'RS384'] },
      'Invalid option "keys.publicKey": expected a key for RS256 or RS384, received a key for ES256',
    ],
    [
      { keys: { jwks: { keys: [jwk, longer] } }, algorithms: ['RS256'] },
      'Invalid option "keys.jwks": expected a key for RS256, received a key for ES256 or ES384',
    ],
    [
      { keys: { publicKey: jwk }, algorithms: ['HS256', 'HS384'] },
      'Invalid option "algorithms": expected none of HS256, HS384, HS512 with public keys, received HS256, HS384',
    ],
    [
      { keys: { jwksUrl: 'https://a.example' }, algorithms: ['HS256', 'HS384'] },
      'Invalid option "algorithms": expected none of HS256, HS384, HS512 with public keys, received HS256, HS384',
    ],
    [
      { keys: { allowHttp: [] }, issuer: null },
      '"keys" is required when issuer is null: there is no issuer to discover them from',
    ],
    [
      { keys: { allowHttp: [] }, issuer: 'joe' },
      `Invalid option "issuer": expected ${url}, because no keys are set, received a string that is not a URL`,
    ],
  ])('reports keys that do not fit another option: %o', (options, message) => {
    expect(messageOf(() => authWith(options))).toBe(message)
  })

  it.each([
    [[], 'Invalid option "roles": expected an object, received an empty array'],
    [{ '': 'a' }, 'Invalid option "roles": expected role names that are not empty, received an empty name'],
    [{ a: 1 }, 'Invalid option "roles.a": expected a claim name, a claim rule or a function, received 1'],
    [
      { a: { claim: 'x' } },
      'Invalid option "roles.a": expected a claim with exactly one of equals, includes and word, received none of them',
    ],
    [
      { a: { claim: 'x', equals: 1, word: 'y' } },
      'Invalid option "roles.a": expected a claim with exactly one of equals, includes and word, received equals and word',
    ],
    [
      { a: { claim: 'x', word: 'a b' } },
      'Invalid option "roles.a.word": expected one word without spaces, received another string',
    ],
    [
      { a: { claim: 'x', word: '' } },
      'Invalid option "roles.a.word": expected one word without spaces, received an empty string',
    ],
    [
      { a: { claim: 'x', includes: '' } },
      'Invalid option "roles.a.includes": expected a non-empty string, received an empty string',
    ],
    [{ a: { claim: 'x', is: 1 } }, 'Unknown option "roles.a.is". Known options: claim, equals, includes, word'],
    [{ a: { equals: 1 } }, 'Invalid option "roles.a.claim": expected a non-empty string, received undefined'],
  ])('reports invalid roles: %o', (roles, message) => {
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
  const expected =
    'Invalid option "revocation": expected a revocation list with the methods isRevoked, revokeToken, revokeSession, revokeSubject, as createRevocations() returns it'
  const longest =
    'Invalid option "maxLifetimeSeconds": expected at most 600, the maxTokenLifetimeSeconds of the revocation list (raise that to allow more)'
  it.each([
    [null, {}, `${expected}, received null`],
    ['x', {}, `${expected}, received a string`],
    [{}, {}, `${expected}, received an object without the method isRevoked`],
    [{ ...list, revokeSubject: 1 }, {}, `${expected}, received an object without the method revokeSubject`],
    [
      { ...list, clockToleranceSeconds: '5' },
      {},
      'Invalid option "revocation.clockToleranceSeconds": expected at least 5, the clockToleranceSeconds of the Auth, received a string',
    ],
    [
      { ...list, maxTokenLifetimeSeconds: '600' },
      {},
      'Invalid option "revocation.maxTokenLifetimeSeconds": expected a positive number of seconds, received a string',
    ],
    [list, { maxLifetimeSeconds: 600 }, 'nothing is wrong'],
    [list, { maxLifetimeSeconds: 601 }, `${longest}, received 601`],
    [
      list,
      { maxLifetimeSeconds: null },
      `${longest}, received null (a token without exp could outlive its revocation)`,
    ],
  ])('checks the revocation list %o with the options %j', (revocation, options, message) => {
    expect(messageOf(() => authWith({ revocation, ...options }))).toBe(message)
  })

  const entry = { issuer, audience, keys: { secret } }
  it.each([
    [{}, 'Invalid option "issuer": expected a string, or null to skip the check, received undefined'],
    [null, 'Invalid options: expected an object, received null'],
    [{ issuers: [] }, 'Invalid option "issuers": expected a non-empty array of issuers, received an empty array'],
    [{ issuers: [1] }, 'Invalid option "issuers[0]": expected an object, received 1'],
    [
      { issuers: [entry], audience },
      'Invalid option "audience": expected it in each entry of "issuers", received it next to "issuers"',
    ],
    [{ issuers: [{ ...entry, realm: 'x' }] }, `Unknown option "issuers[0].realm". Known options: ${ofIssuer}`],
    [
      { issuers: [{ ...entry, issuer: null }] },
      'Invalid option "issuers[0].issuer": expected a string (null is allowed only without "issuers"), received null',
    ],
    [
      { issuers: [entry, entry], roles: {} },
      'Invalid option "issuers[1].issuer": expected an issuer that no earlier entry has, received the same issuer again',
    ],
    [
      { issuers: [entry, { ...entry, issuer: 'b' }], roles: { a: 1 } },
      'Invalid option "roles.a": expected a claim name, a claim rule or a function, received 1',
    ],
    [
      { issuers: [entry, entry] },
      'Invalid option "issuers[0].roles": expected a role map here or next to "issuers", because there are several issuers, received undefined',
    ],
  ])('reports missing options and invalid issuers: %j: %s', (options, message) => {
    expect(messageOf(() => createAuth(options as AuthOptions))).toBe(message)
  })
})

describe('messages for invalid policies', () => {
  const written = (policy: unknown) => () => decide(null, policy as Policy)
  const made =
    (make: (...input: never[]) => Policy, ...input: unknown[]) =>
    () =>
      (make as (...given: unknown[]) => Policy)(...input)

  it.each([
    ['Invalid option "hasRole": expected at least one name, received an empty array', made(hasRole)],
    ['Invalid option "hasRole": expected a non-empty string, received 1', made(hasRole, 'a', 1)],
    ['Invalid option "hasRole": expected at least one name, received a string', written({ kind: 'role', anyOf: 'a' })],
    ['Invalid option "hasScope": expected at least one name, received an empty array', made(hasScope)],
    [
      'Invalid option "hasScope": expected scopes of printable ASCII without spaces, quotes and backslashes, received another string',
      made(hasScope, 'a b'),
    ],
    [
      'Invalid option "hasClaim": expected a claim with exactly one of equals, includes and word, received none of them',
      made(hasClaim, { claim: 'x' }),
    ],
    [`Invalid option "hasClaim.equals": ${undefinedValue}`, made(hasClaim, 'x', undefined)],
    ['Invalid option "hasClaim": expected an object, received undefined', written({ kind: 'claim' })],
    [
      'Invalid option "where.label": expected a non-empty string, received an empty string',
      made(where, '', () => true),
    ],
    ['Invalid option "where.test": expected a function, received undefined', made(where, 'x')],
    [
      'Invalid option "where.test": expected a synchronous function, received an async function',
      made(where, 'x', async () => true),
    ],
    ['Invalid option "allOf": expected at least one policy, received an empty array', made(allOf)],
    ['Invalid option "anyOf": expected at least one policy, received undefined', written({ kind: 'anyOf' })],
    [
      'Invalid option "anyOf": expected a policy made by hasRole, hasScope, hasClaim, where, allOf or anyOf, received a string',
      made(anyOf, 'x'),
    ],
    [
      'Invalid option "policy": expected a policy made by hasRole, hasScope, hasClaim, where, allOf or anyOf, received null',
      written(null),
    ],
    [
      'Invalid option "policy": expected a policy made by hasRole, hasScope, hasClaim, where, allOf or anyOf, received 1',
      () => decide(null, 1 as never),
    ],
    [
      'Invalid option "policy": expected a policy made by hasRole, hasScope, hasClaim, where, allOf or anyOf, received an object',
      written({ kind: 'x' }),
    ],
  ])('reports an invalid policy: %s', (message, make) => {
    expect(messageOf(make)).toBe(message)
  })
})
