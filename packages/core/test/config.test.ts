import { createHmac } from 'node:crypto'
import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { ConfigError, createAuth } from '../src/index.ts'
import type { AuthOptions } from '../src/index.ts'
import { certificate } from './certificate.ts'
import { audience, issuer, keyPair, resultOf, secret, sign } from './tokens.ts'

const good = { issuer, audience, keys: { secret } }

/** The ConfigError that createAuth throws for these options. */
function errorOf(options: unknown): ConfigError {
  try {
    createAuth(options as AuthOptions)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('no ConfigError')
}
const fieldWith = (options: object) => errorOf({ ...good, ...options }).option

describe('required and unknown options', () => {
  it.each(['issuer', 'audience'])('throws a ConfigError if %s is missing', (name) => {
    const { [name]: _left, ...rest } = good as Record<string, unknown>
    expect(errorOf(rest)).toMatchObject({ option: name, received: 'undefined' })
  })

  it.each([
    'issuer',
    'audience',
    'keys',
    'algorithms',
    'roles',
    'typ',
    'requiredClaims',
    'maxTokenAgeSeconds',
    'maxLifetimeSeconds',
    'tokenBinding',
    'claims',
    'clockToleranceSeconds',
    'maxTokenBytes',
    'tokenFrom',
    'isRevoked',
    'profile',
    'issuers',
  ])('throws a ConfigError if %s is present but undefined', (name) => {
    expect(errorOf({ ...good, [name]: undefined })).toMatchObject({
      option: name,
      received: expect.stringContaining('undefined'),
    })
  })

  it('accepts undefined for options that protect nothing', () => {
    const options = { ...good, realm: undefined, problemTypeBase: undefined, onAuthError: undefined, now: undefined }
    expect(() => createAuth(options as unknown as AuthOptions)).not.toThrow()
  })

  it.each(['audeince', 'ignoreExpiration', 'requestProperty', 'jwksUri', 'toString', 'mode'])(
    'throws a ConfigError for the unknown option %s',
    (name) => {
      expect(errorOf({ ...good, [name]: true })).toMatchObject({ option: name, received: 'an unknown option' })
    },
  )

  it('ignores inherited properties of the options', async () => {
    const polluted = Object.create({ clockToleranceSeconds: Infinity, algorithms: ['none'] }) as object
    const auth = createAuth(Object.assign(polluted, good) as AuthOptions)
    expect(await resultOf(auth.verifyToken(await sign({ exp: 1 })))).toBe('token_expired')
    expect(errorOf(Object.create(good)).option).not.toBe('')
  })

  it.each([[null], [1], ['x'], [[]]])('throws a ConfigError if the options are %j', (options) => {
    expect(errorOf(options).option).toBe('options')
  })

  it('ignores changes of the options object after createAuth', async () => {
    const options = { ...good, audience: [audience] as [string], algorithms: ['HS256'] as ['HS256'] }
    const auth = createAuth(options)
    options.audience[0] = 'https://evil.example'
    options.algorithms.pop()
    expect(await resultOf(auth.verifyToken(await sign({ aud: 'https://evil.example', exp: 2e9 })))).toBe(
      'audience_not_allowed',
    )
  })
})

describe('ConfigError', () => {
  it('states in a ConfigError the option, what was expected and what was received', () => {
    const error = errorOf({ ...good, clockToleranceSeconds: 301 })
    expect(error.message).toBe('Invalid option "clockToleranceSeconds": expected a number from 0 to 300, received 301')
    expect(error.name).toBe('ConfigError')
  })

  it('states the size of a short secret in a ConfigError, and no character of it', () => {
    const error = errorOf({ ...good, keys: { secret: 'hunter2-hunter2' } })
    expect(error.message).toBe(
      'Invalid option "keys.secret": expected at least 32 random bytes for HS256 (create a secret with `openssl rand -base64 48`), received 15 bytes',
    )
    expect(JSON.stringify(error) + error.stack).not.toContain('hunter2')
  })
})

describe('a secret in the wrong option', () => {
  const canary = 'hunter2-hunter2-hunter2-hunter2-hunter2'
  it.each([
    ['options', canary],
    ['keys', { ...good, keys: canary }],
    ['keys.jwks', { ...good, keys: { jwks: JSON.stringify({ keys: [{ kty: 'oct', k: canary }] }) } }],
    ['keys.jwksUrl', { ...good, keys: { jwksUrl: `https://admin:${canary}@issuer.example/keys` } }],
    ['keys.jwksUrl', { ...good, keys: { jwksUrl: `http://issuer.example/${canary}?key=${canary}` } }],
    ['keys.jwksUrl', { ...good, keys: { jwksUrl: canary } }],
    ['keys.allowHttp', { ...good, keys: { jwksUrl: 'https://a.example', allowHttp: canary } }],
    ['keys.allowHttp[0]', { ...good, keys: { jwksUrl: 'https://a.example', allowHttp: [`http://u:${canary}@a`] } }],
    ['keys.publicKey', { ...good, keys: { publicKey: canary } }],
    ['keys.secret', { ...good, keys: { secret: { value: canary } } }],
    ['roles', { ...good, roles: canary }],
    ['issuers[0]', { issuers: [canary] }],
  ])('does not print a secret that is passed as %s', (field, options) => {
    const error = errorOf(options)
    expect(error.option).toBe(field)
    expect(error.message + JSON.stringify(error)).not.toContain('hunter2')
  })
})

describe('option keys.secret', () => {
  const secretError = (value: unknown, options: object = {}) =>
    errorOf({ ...good, keys: { secret: value }, ...options })

  it.each([[''], [new Uint8Array(0)], [Buffer.alloc(0)], [undefined], [null], [1], [[]], [{}], [[undefined]]])(
    'throws a ConfigError for an empty secret or a value of another type: %s',
    (value) => {
      expect(secretError(value).option).toMatch(/^keys\.secret/)
    },
  )

  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const)('throws a ConfigError for an %s secret that is shorter than %d bytes', (alg, bytes) => {
    const options = { algorithms: [alg] }
    const random = (size: number) => createHmac('sha512', 'seed').update(String(size)).digest().subarray(0, size)
    expect(secretError(random(bytes - 1), options).received).toBe(`${bytes - 1} bytes`)
    expect(() =>
      createAuth({ ...good, keys: { secret: random(bytes) }, ...options } as unknown as AuthOptions),
    ).not.toThrow()
    expect(secretError([random(bytes), random(bytes - 1)], options).option).toBe('keys.secret[1]')
  })

  it('throws a ConfigError for a secret that is too short for the longest hash in algorithms', () => {
    expect(secretError(secret, { algorithms: ['HS256', 'HS512'] }).expected).toContain('HS512')
  })

  it.each([
    'a-string-secret-at-least-256-bits-long',
    'super-secret-jwt-token-with-at-least-32-characters-long',
    ' AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow ',
  ])('throws a ConfigError for the published example secret %s', (example) => {
    expect(secretError(example).received).toBe('a published example')
  })

  it('throws a ConfigError for the bytes of a published example secret', () => {
    const bytes = base64url.decode(
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    )
    expect(secretError(bytes).received).toBe('a published example')
  })

  it('throws a ConfigError for a secret that is PEM, DER or JWK, with any characters before or after it', async () => {
    const { exportSPKI } = await import('jose')
    const { publicKey, jwk } = await keyPair('RS256', 'k')
    const pem = await exportSPKI(publicKey)
    const der = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
    const ed = new Uint8Array(await crypto.subtle.exportKey('spki', (await keyPair('Ed25519')).publicKey))
    for (const before of ['', ' ', '\n\t', '\ufeff', '# comment\n', '\u0000', '\u200b', '"']) {
      expect(secretError(before + pem).received).toBe('a PEM key or certificate')
      expect(secretError(before + certificate.pem).received).toBe('a PEM key or certificate')
      expect(secretError(`${before}${JSON.stringify(jwk, null, 2)}\n`).received).toBe('a JWK or JWK Set')
      expect(secretError(`${before}${JSON.stringify({ keys: [jwk] })}`).received).toBe('a JWK or JWK Set')
    }
    for (const bytes of [der, ed]) {
      expect(secretError(bytes).received).toBe('a DER key or certificate')
      expect(secretError(Buffer.from(bytes).toString('base64')).received).toBe('a DER key or certificate')
      expect(secretError(Buffer.from(bytes).toString('base64url')).received).toBe('a DER key or certificate')
    }
    expect(secretError(new TextEncoder().encode(pem)).received).toBe('a PEM key or certificate')
  })

  it('throws a ConfigError for a secret that is PEM or JWK in base64, or an array of JWKs', async () => {
    const { exportSPKI } = await import('jose')
    const { publicKey, jwk } = await keyPair('RS256', 'k')
    const list = JSON.stringify([jwk, jwk])
    expect(secretError(list).received).toBe('a JWK or JWK Set')
    for (const encoding of ['base64', 'base64url'] as const) {
      const encoded = (text: string) => Buffer.from(text).toString(encoding)
      expect(secretError(encoded(await exportSPKI(publicKey))).received).toBe('a PEM key or certificate')
      expect(secretError(encoded(certificate.pem)).received).toBe('a PEM key or certificate')
      expect(secretError(encoded(JSON.stringify(jwk))).received).toBe('a JWK or JWK Set')
      expect(secretError(encoded(list)).received).toBe('a JWK or JWK Set')
    }
  })

  it('accepts any other string as a secret', () => {
    for (const value of [
      '{"not":"a key", "but":"json in a secret"}',
      '}{ braces the wrong way around {',
      '0'.repeat(40),
    ]) {
      expect(() => createAuth({ ...good, keys: { secret: value } })).not.toThrow()
    }
  })
})

describe('option keys.publicKey', async () => {
  const { exportPKCS8, exportJWK, exportSPKI } = await import('jose')
  const pair = await keyPair('RS256', 'k')
  const privateJwk = await exportJWK(pair.privateKey)
  const publicKeyError = (publicKey: unknown) => errorOf({ ...good, keys: { publicKey } })

  it('throws a ConfigError for a private key in any form', async () => {
    expect(publicKeyError(await exportPKCS8(pair.privateKey)).received).toBe('a private key (use its public part)')
    expect(publicKeyError(privateJwk).received).toContain('a private key')
    expect(publicKeyError(pair.privateKey).option).toBe('keys.publicKey')
    expect(errorOf({ ...good, keys: { jwks: { keys: [privateJwk] } } }).option).toBe('keys.jwks.keys[0]')
  })

  it('throws a ConfigError for a public key that is a secret in any form', async () => {
    const oct = { kty: 'oct', k: base64url.encode(secret) }
    expect(publicKeyError(oct).received).toBe('a secret (kty oct), not a public key')
    expect(errorOf({ ...good, keys: { jwks: { keys: [oct] } } }).received).toBe('a secret (kty oct), not a public key')
    const hmac = await crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(secret),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['verify'],
    )
    expect(publicKeyError(hmac).option).toBe('keys.publicKey')
  })

  it.each([
    [''],
    ['text'],
    [undefined],
    [null],
    [1],
    [[]],
    [{}],
    ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ])('throws a ConfigError for the public key %j', (value) => {
    expect(publicKeyError(value).option).toBe('keys.publicKey')
  })

  it('throws a ConfigError for several PEM blocks, and for PEM of an unsupported or broken kind', async () => {
    const pem = await exportSPKI(pair.publicKey)
    expect(publicKeyError(pem + pem).option).toBe('keys.publicKey')
    expect(publicKeyError(pem.replaceAll('PUBLIC KEY', 'RSA PUBLIC KEY')).received).toBe('a PEM block "RSA PUBLIC KEY"')
    expect(publicKeyError(pem.replaceAll('PUBLIC KEY', 'CERTIFICATE')).option).toBe('keys.publicKey')
    for (const at of [40, 80, 120, 200]) {
      expect(publicKeyError(`${pem.slice(0, at)}${pem.slice(at + 8)}`).option).toBe('keys.publicKey')
    }
  })

  it('throws a ConfigError for an RSA key of less than 2048 bits or without an odd exponent above 1', () => {
    const { n = '', e = '' } = pair.jwk as { n?: string; e?: string }
    expect(publicKeyError({ kty: 'RSA', n: base64url.encode(base64url.decode(n).slice(0, -1)), e }).received).toContain(
      'min 2048',
    )
    expect(publicKeyError({ kty: 'RSA', n, e: 'AQ' }).received).toContain('exponent')
    expect(publicKeyError({ kty: 'RSA', n, e: 'Ag' }).received).toContain('exponent')
    expect(publicKeyError({ kty: 'RSA', n, e: '' }).received).toContain('exponent')
    expect(publicKeyError({ kty: 'RSA', n: `${n}=`, e }).received).toContain('not base64url')
    expect(publicKeyError({ kty: 'RSA', e }).received).toContain('without "n"')
    expect(publicKeyError({ kty: 'RSA', n: 'AAAA', e }).received).toContain('0 bits')
  })

  it('throws a ConfigError for an EC key whose coordinates, kid or alg do not fit its curve', async () => {
    const { jwk } = await keyPair('ES256')
    expect(publicKeyError({ ...jwk, alg: 'ES512' }).received).toContain('does not match')
    expect(publicKeyError({ ...jwk, x: 'AAAA' }).received).toContain('"x"')
    expect(publicKeyError({ ...jwk, crv: 'P-384' }).received).toContain('size')
    expect(publicKeyError({ ...jwk, kid: 1 }).received).toContain('kid')
  })

  it('throws a ConfigError for a CryptoKey that cannot verify or is too small', async () => {
    const algorithm = {
      name: 'RSA-OAEP',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    }
    const oaep = await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt'])
    expect(publicKeyError(oaep.publicKey).received).toContain('RSA-OAEP')
    const weak = { ...algorithm, name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024 }
    const small = await crypto.subtle.generateKey(weak, false, ['sign', 'verify'])
    expect(publicKeyError(small.publicKey).received).toBe('an RSA key of 1024 bits')
  })
})

describe('option keys', async () => {
  const { jwk } = await keyPair('ES256', 'k')

  it('accepts missing keys only if the issuer is a URL to discover them from', () => {
    const { keys: _keys, ...rest } = good
    expect(() => createAuth(rest)).not.toThrow()
    expect(errorOf({ ...rest, issuer: 'joe' }).option).toBe('issuer')
    expect(errorOf({ ...rest, issuer: null })).toMatchObject({ option: 'keys', received: 'undefined' })
  })

  it.each([[{}], ['secret'], [null], [[]], [{ secret, publicKey: 'x' }], [{ secretOrKey: secret }]])(
    'throws a ConfigError for the keys %j',
    (keys) => {
      expect(errorOf({ ...good, keys }).option).toMatch(/^keys/)
    },
  )

  it('throws a ConfigError if HMAC algorithms are mixed with algorithms of public keys', () => {
    expect(fieldWith({ algorithms: ['HS256', 'RS256'] })).toBe('algorithms')
    expect(fieldWith({ keys: { publicKey: jwk }, algorithms: ['ES256', 'HS256'] })).toBe('algorithms')
    const source = { find: () => Promise.reject(new Error('x')), has: () => true }
    expect(fieldWith({ keys: source, algorithms: ['ES256', 'HS256'] })).toBe('algorithms')
  })

  it('throws a ConfigError for a key that fits none of the algorithms', () => {
    expect(fieldWith({ keys: { publicKey: jwk }, algorithms: ['RS256'] })).toBe('keys.publicKey')
  })

  it('throws a ConfigError for a JWK Set without keys, or with two keys that share kid and algorithm', () => {
    expect(fieldWith({ keys: { jwks: { keys: [] } } })).toBe('keys.jwks')
    expect(fieldWith({ keys: { jwks: [jwk] } })).toBe('keys.jwks')
    expect(fieldWith({ keys: { jwks: { keys: [{ ...jwk, use: 'enc' }] } } })).toBe('keys.jwks')
    expect(errorOf({ ...good, keys: { jwks: { keys: [jwk, jwk] } } }).received).toBe('two keys that share both')
  })
})

describe('checks of each option', () => {
  const durations = [Number.NaN, Infinity, -Infinity, -1, '5m', '60', null, [], {}, true]

  it.each(durations)('throws a ConfigError if a number of seconds or bytes is %s', (value) => {
    for (const name of ['clockToleranceSeconds', 'maxTokenAgeSeconds', 'maxTokenBytes']) {
      expect(fieldWith({ [name]: value })).toBe(name)
    }
    if (value !== null) expect(fieldWith({ maxLifetimeSeconds: value })).toBe('maxLifetimeSeconds')
  })

  it.each([
    ['clockToleranceSeconds', 0, 300],
    ['maxTokenBytes', 1, 65_536],
    ['maxTokenAgeSeconds', 1, 315_576_000],
    ['maxLifetimeSeconds', 1, 315_576_000],
  ])('accepts a number for %s from %d to %d', (name, min, max) => {
    for (const value of [min, max]) expect(() => createAuth({ ...good, [name]: value })).not.toThrow()
    for (const value of [min - 1, max + 1]) expect(fieldWith({ [name]: value })).toBe(name)
  })

  it.each([
    ['issuer', ''],
    ['issuer', []],
    ['issuer', [issuer]],
    ['audience', ''],
    ['audience', []],
    ['audience', [audience, '']],
    ['audience', /api/],
    ['algorithms', []],
    ['algorithms', 'HS256'],
    ['algorithms', ['none']],
    ['algorithms', ['hs256']],
    ['algorithms', ['HS256', 'constructor']],
    ['typ', ''],
    ['typ', ['JWT']],
    ['profile', 'jwt'],
    ['requiredClaims', []],
    ['requiredClaims', [1]],
    ['tokenBinding', false],
    ['clients', []],
    ['clients', ''],
    ['tokenUse', 'refresh'],
    ['tokenUse', false],
    ['claims', {}],
    ['claims', 'zod'],
    ['claims', (value: unknown) => value],
    ['realm', ''],
    ['realm', 5],
    ['realm', 'a"b'],
    ['realm', 'a\\b'],
    ['realm', 'a\r\nX: y'],
    ['realm', 'ä'],
    ['problemTypeBase', ''],
    ['problemTypeBase', 'errors/'],
    ['tokenFrom', 'cookie'],
    ['tokenFrom', { header: '' }],
    ['tokenFrom', { header: 'authorization' }],
    ['tokenFrom', { header: 'Cookie' }],
    ['tokenFrom', { header: 'a b' }],
    ['tokenFrom', { query: 'access_token' }],
    ['tokenFrom', []],
    ['tokenFrom', ['authorization', { query: 'access_token' }]],
    ['tokenFrom', { cookie: 'a\r\nSet-Cookie: b' }],
    ['tokenFrom', { cookie: 'a', origins: ['null'] }],
    ['tokenFrom', { cookie: 'a', origins: [/example/] }],
    ['isRevoked', true],
    ['onAuthError', 'log'],
    ['now', 0],
    ['now', async () => 0],
  ])('throws a ConfigError if %s is %j', (name, value) => {
    expect(fieldWith({ [name]: value })).toMatch(new RegExp(`^${name}`))
  })

  it('accepts a schema that is a function, as those of arktype are', () => {
    const schema = { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } as const
    expect(() => createAuth({ ...good, claims: Object.assign(() => true, { '~standard': schema }) })).not.toThrow()
  })

  it('throws a ConfigError if both typ and profile are set', () => {
    expect(fieldWith({ typ: 'at+jwt', profile: 'at+jwt' })).toBe('typ')
  })
})

describe('option issuers', () => {
  const entry = (name: string) => ({ issuer: name, audience, keys: { secret }, roles: {} })

  it('throws a ConfigError if issuers is empty, is not an array, or contains null or a repeated issuer', () => {
    expect(errorOf({ issuers: [entry('a'), entry('a')] }).option).toBe('issuers[1].issuer')
    expect(errorOf({ issuers: [] }).option).toBe('issuers')
    expect(errorOf({ issuers: entry('a') }).option).toBe('issuers')
    expect(errorOf({ issuers: [{ ...entry('a'), issuer: null }] }).option).toBe('issuers[0].issuer')
  })

  it('throws a ConfigError for an option of an issuer beside issuers, and for an option of the Auth in an entry', () => {
    expect(errorOf({ issuers: [entry('a')], audience }).option).toBe('audience')
    expect(errorOf({ issuers: [entry('a'), { ...entry('b'), keys: {} }] }).option).toBe('issuers[1].keys')
    expect(errorOf({ issuers: [{ ...entry('a'), realm: 'x' }] }).option).toBe('issuers[0].realm')
  })

  it('throws a ConfigError if one of several issuers has no role map, unless there is one beside issuers', () => {
    const { roles: _roles, ...plain } = entry('b')
    expect(errorOf({ issuers: [entry('a'), plain] }).option).toBe('issuers[1].roles')
    expect(() => createAuth({ issuers: [entry('a'), plain], roles: {} })).not.toThrow()
    expect(() => createAuth({ issuers: [plain] })).not.toThrow()
  })
})
