import { generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { createAuth } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { createIssuer, generateKeys, importSigningKey } from '../src/index.ts'
import type { IssuerOptions, SigningAlgorithm, SigningKey } from '../src/index.ts'
import { decode, issuerOf, names, start } from './settings.ts'

const es256 = await generateKeys('ES256')
const now = () => start * 1000

function authOf(more: Partial<AuthOptions>) {
  return createAuth({ issuer: names.issuer, audience: names.audience, profile: 'at+jwt', now, ...more } as AuthOptions)
}

describe('an access token', () => {
  it('issues an access token with the claims that RFC 9068 requires and the claims of the login', async () => {
    const { accessToken, expiresIn } = await issuerOf(es256).login({ sub: 'john', name: 'John Doe', admin: true })
    const { header, claims } = decode(accessToken)
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: es256.privateKey['kid'] })
    expect(claims).toEqual({
      iss: names.issuer,
      aud: names.audience,
      client_id: 'web',
      sub: 'john',
      iat: start,
      exp: start + 300,
      jti: expect.stringMatching(/^[\w-]{22,}$/) as unknown,
      name: 'John Doe',
      admin: true,
    })
    expect(expiresIn).toBe(300)
  })

  it('issues an access token with a different jti at each login', async () => {
    const issuer = issuerOf(es256)
    const [one, other] = [await issuer.login({ sub: 'john' }), await issuer.login({ sub: 'john' })]
    expect(decode(one.accessToken).claims['jti']).not.toBe(decode(other.accessToken).claims['jti'])
  })

  it('issues a plain JWT without client_id if typ is JWT and there is no clientId', async () => {
    const issuer = createIssuer({ issuer: names.issuer, audience: ['a', 'b'], typ: 'JWT', keys: es256, now })
    const { header, claims } = decode((await issuer.login({ sub: 'john' })).accessToken)
    expect([header, claims['aud'], Object.hasOwn(claims, 'client_id')]).toEqual([
      { alg: 'ES256', typ: 'JWT', kid: es256.privateKey['kid'] },
      ['a', 'b'],
      false,
    ])
  })

  it('issues an access token that lives for accessTokenSeconds, at most a day', async () => {
    const issuer = issuerOf(es256, { accessTokenSeconds: 86_400 })
    const { accessToken, expiresIn } = await issuer.login({ sub: 'john' })
    expect([expiresIn, decode(accessToken).claims['exp']]).toEqual([86_400, start + 86_400])
    for (const seconds of [0, 86_401, 1.5, Number.NaN]) {
      expect(() => issuerOf(es256, { accessTokenSeconds: seconds })).toThrow(
        expect.objectContaining({ name: 'ConfigError', option: 'accessTokenSeconds' }) as Error,
      )
    }
  })

  it.each(['read write', ['read', 'write']])('writes the scopes %j into the token as one string', async (scope) => {
    const { accessToken } = await issuerOf(es256).login({ sub: 'john', scope })
    expect(decode(accessToken).claims['scope']).toBe('read write')
  })
})

describe.each([
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const)('an access token that is signed with %s', (algorithm: SigningAlgorithm) => {
  it('lets an Auth with the key source of the issuer verify tokens from before and after a rotation', async () => {
    const rsa = /^[RP]S/.test(algorithm)
    const keys = rsa
      ? await importSigningKey({ privateKey: rsaPair.privateKey, algorithm })
      : await generateKeys(algorithm)
    const next = rsa ? await importSigningKey({ privateKey: otherRsaPair.privateKey, algorithm }) : undefined
    const issuer = issuerOf(keys, { publishAheadSeconds: 0 })
    const auth = authOf({ keys: issuer.keySource(), algorithms: [algorithm] })
    const { accessToken: before } = await issuer.login({ sub: 'john', admin: true })
    await issuer.rotateKeys(next)
    const { accessToken: after } = await issuer.login({ sub: 'jane' })
    expect((await auth.verifyToken(before)).roles).toEqual(['admin'])
    expect((await auth.verifyToken(after)).subject).toBe('jane')
    expect(decode(before).header).toMatchObject({ alg: algorithm })
  })
})

const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherRsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 })

describe('the claims of a login', () => {
  it.each(['iss', 'aud', 'client_id', 'azp', 'act', 'may_act', 'exp', 'iat', 'nbf', 'jti', 'sid'])(
    'rejects a login with the claim %s, which the issuer sets',
    async (name) => {
      await expect(issuerOf(es256).login({ sub: 'john', [name]: 'x' })).rejects.toThrow(
        new RegExp(`^The claim ${name} must be left out: `),
      )
    },
  )

  it.each(['at_hash', 'c_hash', 'token_use', 'typ', 'cnf'])(
    'rejects a login with the claim %s, which marks another type of token',
    async (name) => {
      await expect(issuerOf(es256).login({ sub: 'john', [name]: 'x' })).rejects.toThrow(/marks another type of token/)
    },
  )

  it.each([
    ['no sub', {}, /sub must be a non-empty string/],
    ['an empty sub', { sub: '' }, /sub must be a non-empty string/],
    ['a number for sub', { sub: 7 }, /sub must be a non-empty string/],
    ['null', null, /must be a plain object/],
    ['a list', [], /must be a plain object/],
    ['a Date', { sub: 'john', born: new Date(0) }, /^claims\.born must be a JSON value/],
    ['NaN', { sub: 'john', age: Number.NaN }, /^claims\.age must be/],
    ['undefined', { sub: 'john', age: undefined }, /^claims\.age must be/],
    ['a BigInt', { sub: 'john', list: [1n] }, /^claims\.list\[0\] must be/],
    ['a function', { sub: 'john', deep: { run: () => 1 } }, /^claims\.deep\.run must be/],
    ['a property named __proto__', JSON.parse('{"sub":"john","deep":{"__proto__":{}}}'), /__proto__/],
    ['a hole', { sub: 'john', list: Array.from({ length: 1 }) }, /^claims\.list\[0\] must be/],
    ['quotes in a scope', { sub: 'john', scope: 'a"b' }, /scope must contain scopes/],
    ['an empty list of scopes', { sub: 'john', scope: [] }, /scope must contain scopes/],
    ['more than APIs accept', { sub: 'john', text: 'x'.repeat(8192) }, /APIs accept at most 8192/],
  ])('rejects the claims of a login with %s', async (_what, claims, message) => {
    await expect(issuerOf(es256).login(claims as { sub: string })).rejects.toThrow(message)
  })

  it('rejects the claims of a login that are nested too deep', async () => {
    const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown
    await expect(issuerOf(es256).login({ sub: 'john', deep })).rejects.toThrow(/must not be nested deeper/)
  })

  it('copies the claims before it signs, so that later changes have no effect', async () => {
    const claims = { sub: 'john', groups: ['a'] }
    const login = issuerOf(es256).login(claims)
    claims.groups.push('admins')
    expect(decode((await login).accessToken).claims['groups']).toEqual(['a'])
  })
})

describe('a key that stays in a KMS', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const external = async (sign: (input: Uint8Array) => Promise<Uint8Array>) => {
    return importSigningKey({ publicKey: pair.publicKey, sign })
  }

  it('signs with the async function of an external key', async () => {
    const key = await external(async (input) =>
      signBytes('sha256', input, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }),
    )
    const issuer = issuerOf(key)
    const { accessToken } = await issuer.login({ sub: 'john' })
    expect((await authOf({ keys: issuer.keySource() }).verifyToken(accessToken)).subject).toBe('john')
  })

  it.each([
    ['DER', async (input: Uint8Array) => signBytes('sha256', input, pair.privateKey), /as r and s and not as DER/],
    [
      'another key',
      async (input: Uint8Array) => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
        return signBytes('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      },
      /sign must return the ES256 signature/,
    ],
    ['a string', async () => 'signature' as unknown as Uint8Array, /as a Uint8Array/],
    ['a rejected promise', async () => Promise.reject(new Error('the KMS is down')), /the KMS is down/],
  ])('issues no token if the sign function of an external key returns %s', async (_what, sign, message) => {
    await expect(issuerOf(await external(sign)).login({ sub: 'john' })).rejects.toThrow(message)
  })
})

describe('the options of createIssuer', () => {
  const good = { ...names, keys: es256 }
  it.each([
    ['no options', undefined, 'options'],
    ['an unknown name', { ...good, expiresIn: '5m' }, 'expiresIn'],
    ['no issuer', { ...good, issuer: '' }, 'issuer'],
    ['plain http', { ...good, issuer: 'http://auth.example.com' }, 'issuer'],
    ['a query in the issuer', { ...good, issuer: 'https://auth.example.com?' }, 'issuer'],
    ['no audience', { issuer: names.issuer, clientId: 'web', keys: es256 }, 'audience'],
    ['an empty audience', { ...good, audience: [] }, 'audience'],
    ['no client', { issuer: names.issuer, audience: 'a', keys: es256 }, 'clientId'],
    ['an unknown typ', { ...good, typ: 'jwt' }, 'typ'],
    ['no key', { ...names, keys: [] }, 'keys'],
    ['a short secret', { ...names, keys: { secret: 'short' } }, 'keys.secret'],
    ['a published secret', { ...names, keys: { secret: 'a-string-secret-at-least-256-bits-long' } }, 'keys.secret'],
    ['a public key alone', { ...names, keys: { privateKey: publicPart() } }, 'keys.privateKey'],
    [
      'a key without a kid',
      { ...names, keys: { privateKey: { ...es256.privateKey, kid: undefined } } },
      'keys.privateKey.kid',
    ],
    ['PEM', { ...names, keys: [{ privateKey: '-----BEGIN PRIVATE KEY-----' }] }, 'keys[0].privateKey'],
    [
      'an algorithm that does not fit the key',
      { ...names, keys: { privateKey: { ...es256.privateKey, alg: 'RS256' } } },
      'keys.privateKey',
    ],
    [
      'the algorithm none',
      { ...names, keys: { privateKey: { ...es256.privateKey, alg: 'none' } } },
      'keys.privateKey.alg',
    ],
    ['the same key twice', { ...names, keys: [es256, { ...es256, signsFrom: start + 9 }] }, 'keys'],
    ['two keys without signsFrom', { ...names, keys: [es256, { secret: 'x'.repeat(40) + String(start) }] }, 'keys'],
    ['only a key that signs later', { ...names, keys: { ...es256, signsFrom: start + 9 }, now }, 'keys'],
    ['a signsFrom in milliseconds', { ...names, keys: { ...es256, signsFrom: Date.now() } }, 'keys.signsFrom'],
  ])('throws a ConfigError that names the invalid option for %s', (_what, options, option) => {
    expect(() => createIssuer(options as unknown as IssuerOptions)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option }) as Error,
    )
  })

  it('shows no private key in an error', async () => {
    const d = String(es256.privateKey['d'])
    const invalid = [
      { ...es256.privateKey, alg: 'RS256' },
      { ...es256.privateKey, x: 'AA' },
      { ...es256.privateKey, d: d.slice(0, 20) },
    ]
    for (const privateKey of invalid) {
      const error: unknown = await Promise.resolve()
        .then(async () => createIssuer({ ...names, keys: { privateKey } }).login({ sub: 'john' }))
        .catch((caught: unknown) => caught)
      expect(error).toMatchObject({ name: 'ConfigError' })
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(d.slice(0, 12))
    }
  })

  function publicPart(): SigningKey {
    const { d: _private, ...rest } = es256.privateKey as Record<string, unknown>
    return rest as unknown as SigningKey
  }
})

describe('importSigningKey', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const forms = [
    ['PEM', { privateKey: ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }, 'ES384'],
    ['a KeyObject', { privateKey: ec.privateKey }, 'ES384'],
    ['a JWK without a kid', { privateKey: ec.privateKey.export({ format: 'jwk' }) as object }, 'ES384'],
    ['PEM of RSA', { privateKey: rsaPair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }, 'RS256'],
    [
      'PEM of RSA for PSS',
      { privateKey: rsaPair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm: 'PS256' },
      'PS256',
    ],
    [
      'PEM of Ed25519',
      { privateKey: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      'EdDSA',
    ],
  ] as const

  it.each(forms)('imports a key that signs from %s', async (_form, key, alg) => {
    const issuer = issuerOf(await importSigningKey(key as { privateKey: string }))
    const { accessToken } = await issuer.login({ sub: 'john' })
    expect(decode(accessToken).header).toMatchObject({ alg, kid: expect.stringMatching(/^[\w-]{43}$/) as unknown })
    await authOf({ keys: issuer.keySource() }).verifyToken(accessToken)
  })

  it('rejects an invalid key without showing it', async () => {
    const privateKey = '-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----'
    const error: unknown = await importSigningKey({ privateKey }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'ConfigError', option: 'privateKey' })
    expect(String(error)).not.toContain('SECRET')
  })
})
