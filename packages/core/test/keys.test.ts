import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import type { CryptoKey } from 'jose'
import { base64url, exportJWK, exportSPKI, importJWK, importPKCS8 } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { AuthError, createAuth, createVerificationKey } from '../src/index.ts'
import type { KeySource } from '../src/index.ts'
import { certificate } from './certificate.ts'
import { audience, authWith, issuer, keyPair, now, resultOf, secret, sign } from './tokens.ts'

function fail(): never {
  throw new Error('failed')
}

const outcomeOf = async (keys: unknown, token: string, options: object = {}) =>
  resultOf(authWith({ keys, ...options }).verifyToken(token))

describe('shared secret', () => {
  const long = 'x1y2'.repeat(16)

  it.each(['HS256', 'HS384', 'HS512'])(
    'verifies %s with a secret if algorithms contains it, and only HS256 by default',
    async (alg) => {
      const token = await sign({}, { alg }, long)
      expect(await outcomeOf({ secret: long }, token, { algorithms: [alg] })).toBe('accepted')
      expect(await outcomeOf({ secret: long }, token)).toBe(alg === 'HS256' ? 'accepted' : 'algorithm_not_allowed')
    },
  )

  it('accepts a secret as a string in UTF-8, or as bytes', async () => {
    const text = 'ein Geheimnis mit Umlauten: äöüß'
    expect(await outcomeOf({ secret: text }, await sign({}, {}, text))).toBe('accepted')
    expect(await outcomeOf({ secret: new TextEncoder().encode(text) }, await sign({}, {}, text))).toBe('accepted')
  })

  it('accepts a list of secrets, of which each verifies', async () => {
    const [old, next] = ['the old secret of thirty-two bytes', 'the next secret of thirty-two bytes']
    for (const used of [old, next]) {
      expect(await outcomeOf({ secret: [old, next] }, await sign({}, {}, used))).toBe('accepted')
    }
    expect(await outcomeOf({ secret: [old, next] }, await sign())).toBe('signature_invalid')
  })

  it('ignores the kid of a token that is verified with a secret', async () => {
    expect(await outcomeOf({ secret }, await sign({}, { kid: "' OR 1=1 --" }))).toBe('accepted')
  })

  it('copies the bytes of a secret, so that later changes have no effect', async () => {
    const bytes = new TextEncoder().encode(secret)
    const auth = authWith({ keys: { secret: bytes } })
    bytes.fill(0)
    expect(await resultOf(auth.verifyToken(await sign()))).toBe('accepted')
  })
})

const publicAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const mlDsaAlgorithms = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']
const runtimeHasMlDsa = await keyPair('ML-DSA-44').then(
  () => true,
  () => false,
)

describe.each([...publicAlgorithms, ...(runtimeHasMlDsa ? mlDsaAlgorithms : [])])('public key for %s', async (alg) => {
  const { publicKey, privateKey, jwk } = await keyPair(alg, 'k1')
  const { kid: _kid, alg: _alg, ...bareJwk } = jwk as Record<string, unknown>
  const keyAlg = alg.startsWith('ML-DSA') ? { alg } : {}
  const spki = await exportSPKI(publicKey)
  const token = await sign({}, { alg, kid: 'k1' }, privateKey)
  const forms: [string, unknown][] = [
    ['SPKI PEM', { publicKey: spki }],
    ['SPKI PEM with CRLF and white space around it', { publicKey: `\n  ${spki.replaceAll('\n', '\r\n')}\n` }],
    ['a JWK', { publicKey: jwk }],
    ['a JWK without kid and alg', { publicKey: { ...bareJwk, ...keyAlg } }],
    ['a JWK Set', { jwks: { keys: [jwk] } }],
    ['a CryptoKey', { publicKey }],
    ['a KeyObject', { publicKey: createPublicKey(spki) }],
  ]

  it.each(forms)(`verifies ${alg} with a public key: %s`, async (_name, keys) => {
    expect(await outcomeOf(keys, token)).toBe('accepted')
    expect(await outcomeOf(keys, token, { algorithms: [alg] })).toBe('accepted')
  })

  it.each(forms)(`rejects a signature of another ${alg} key: %s`, async (_name, keys) => {
    const other = await keyPair(alg)
    expect(await outcomeOf(keys, await sign({}, { alg, kid: 'k1' }, other.privateKey))).toBe('signature_invalid')
    const [head = '', payload = '', signature = ''] = token.split('.')
    const bytes = base64url.decode(signature)
    for (const wrong of [
      bytes.slice(0, -1),
      Uint8Array.of(...bytes, 0),
      new Uint8Array(bytes.length),
      new Uint8Array(0),
    ]) {
      expect(await outcomeOf(keys, `${head}.${payload}.${base64url.encode(wrong)}`)).toBe('signature_invalid')
    }
  })

  it.each(forms)(
    `rejects an HS256 token that is signed with the text of a public key for ${alg}: %s`,
    async (_name, keys) => {
      for (const text of [spki, spki.trim(), JSON.stringify(jwk), 'x'.repeat(64)]) {
        expect(await outcomeOf(keys, await sign({}, { alg: 'HS256', kid: 'k1' }, text))).toBe('algorithm_not_allowed')
      }
    },
  )
})

describe('certificate', () => {
  it('verifies with the public key of an X.509 certificate in PEM', async () => {
    const { pem, privateKey } = certificate
    const token = await sign({}, { alg: 'ES256' }, await importPKCS8(privateKey, 'ES256'))
    expect(await outcomeOf({ publicKey: pem }, token)).toBe('accepted')
  })
})

describe('Ed25519 and EdDSA', async () => {
  const { jwk, privateKey } = await keyPair('EdDSA', 'e1')

  it.each(['Ed25519', 'EdDSA'])('accepts a token with alg %s for both names in algorithms', async (alg) => {
    const token = await sign({}, { alg, kid: 'e1' }, privateKey)
    for (const algorithms of [['EdDSA'], ['Ed25519']]) {
      expect(await outcomeOf({ jwks: { keys: [jwk] } }, token, { algorithms })).toBe('accepted')
    }
    expect(await outcomeOf({ jwks: { keys: [{ ...jwk, alg: 'Ed25519' }] } }, token)).toBe('accepted')
  })
})

describe('algorithm of a key', async () => {
  const rsa = await keyPair('RS256', 'r1')
  const privateJwk = await exportJWK(rsa.privateKey)
  const signAs = async (alg: string) => sign({}, { alg, kid: 'r1' }, (await importJWK(privateJwk, alg)) as CryptoKey)

  it('verifies only the alg of a JWK, even if algorithms contains others', async () => {
    const keys = { jwks: { keys: [rsa.jwk] } }
    expect(await outcomeOf(keys, await signAs('RS512'))).toBe('algorithm_not_allowed')
    expect(await outcomeOf(keys, await signAs('RS512'), { algorithms: ['RS256', 'RS512'] })).toBe('key_not_found')
    expect(await outcomeOf(keys, await signAs('RS256'), { algorithms: ['RS256', 'RS512'] })).toBe('accepted')
  })

  it('verifies every algorithm of its type with a JWK that has no alg', async () => {
    const { alg: _alg, ...jwk } = rsa.jwk as Record<string, unknown>
    for (const alg of ['RS256', 'RS512', 'PS384']) {
      expect(await outcomeOf({ jwks: { keys: [jwk] } }, await signAs(alg))).toBe('accepted')
    }
    expect(await outcomeOf({ jwks: { keys: [jwk] } }, await signAs('PS384'), { algorithms: ['RS256'] })).toBe(
      'algorithm_not_allowed',
    )
  })
})

describe('JWK Set', async () => {
  const rsa = await keyPair('RS256', 'k1')
  const ec = await keyPair('ES256', 'k1')
  const ed = await keyPair('EdDSA', 'k2')
  const set = { jwks: { keys: [rsa.jwk, ec.jwk, ed.jwk] } }

  it('finds a key by kid and algorithm if keys of different types share a kid', async () => {
    expect(await outcomeOf(set, await sign({}, { alg: 'RS256', kid: 'k1' }, rsa.privateKey))).toBe('accepted')
    expect(await outcomeOf(set, await sign({}, { alg: 'ES256', kid: 'k1' }, ec.privateKey))).toBe('accepted')
    expect(await outcomeOf(set, await sign({}, { alg: 'EdDSA', kid: 'k1' }, ed.privateKey))).toBe('key_not_found')
  })

  it.each(['k3', 'K1', 'k1\u0000', '', '__proto__', 'constructor', "' UNION SELECT 'x' --", 'x\r\nSet-Cookie: a=b'])(
    'rejects a token with the unknown kid %j',
    async (kid) => {
      expect(await outcomeOf(set, await sign({}, { alg: 'RS256', kid }, rsa.privateKey))).toBe('key_not_found')
    },
  )

  it('verifies a token without a kid only if exactly one key fits its algorithm', async () => {
    expect(await outcomeOf(set, await sign({}, { alg: 'ES256' }, ec.privateKey))).toBe('accepted')
    const two = { jwks: { keys: [rsa.jwk, (await keyPair('RS256', 'k9')).jwk] } }
    expect(await outcomeOf(two, await sign({}, { alg: 'RS256' }, rsa.privateKey))).toBe('key_not_found')
  })

  it('ignores keys for other purposes and of unknown types', async () => {
    const others = [
      { ...rsa.jwk, use: 'enc' },
      { ...rsa.jwk, key_ops: ['encrypt'] },
      { ...rsa.jwk, alg: 'RSA-OAEP' },
      { kty: 'OKP', crv: 'X25519', x: 'AA', kid: 'k1' },
      { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA', kid: 'k1' },
      { kty: 'new', kid: 'k1' },
      { kid: 'k1' },
      null,
      'key',
    ]
    const token = await sign({}, { alg: 'RS256', kid: 'k1' }, rsa.privateKey)
    expect(await outcomeOf({ jwks: { keys: [...others, rsa.jwk] } }, token)).toBe('accepted')
    expect(await outcomeOf({ jwks: { keys: [{ ...rsa.jwk, use: 'sig', key_ops: ['verify'] }] } }, token)).toBe(
      'accepted',
    )
  })
})

describe('custom key source', async () => {
  const { privateKey, publicKey } = await keyPair('ES256')
  const token = await sign({}, { alg: 'ES256', kid: 'k1' }, privateKey)
  const key = createVerificationKey({ publicKey })
  const outcome = async (find: (header: unknown) => unknown) => outcomeOf({ find, has: () => true }, token)

  it('calls find of a key source with a frozen alg and kid, and accepts a key or a promise', async () => {
    const queries: unknown[] = []
    expect(await outcome((header) => (queries.push(header), key))).toBe('accepted')
    expect(await outcome(async () => key)).toBe('accepted')
    expect(queries).toEqual([{ alg: 'ES256', kid: 'k1' }])
    expect(Object.isFrozen(queries[0])).toBe(true)
  })

  it.each([
    [null],
    [undefined],
    [''],
    [new Uint8Array(0)],
    [{}],
    [{ algorithms: ['ES256'], handles: () => [] }],
    [publicKey],
  ])('rejects with keys_unavailable if a key source returns a value that is not a key: %s', async (value) => {
    expect(await outcome(() => value)).toBe('keys_unavailable')
  })

  it('rejects with keys_unavailable if a key source throws anything but key_not_found', async () => {
    const thrown = () => {
      throw new Error('connect ECONNREFUSED')
    }
    expect(await outcome(thrown)).toBe('keys_unavailable')
    expect(await outcome(() => Promise.reject(new Error('timeout')))).toBe('keys_unavailable')
    expect(await outcome(() => Promise.reject(new AuthError('key_not_found')))).toBe('key_not_found')
    expect(await outcome(() => Promise.reject(new AuthError('access_denied')))).toBe('keys_unavailable')
  })

  it('rejects with keys_unavailable if a key source does not resolve within 6 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const result = outcome(() => new Promise(() => undefined))
    await vi.waitUntil(() => vi.getTimerCount() > 0)
    vi.advanceTimersByTime(6000)
    vi.useRealTimers()
    expect(await result).toBe('keys_unavailable')
  })

  it('creates a new AuthError for each request if a key source throws the same one again', async () => {
    const shared = new AuthError('keys_unavailable', { logDetail: 'mine', retryAfterSeconds: 7 })
    const auth = authWith({ realm: 'a', keys: { find: () => Promise.reject(shared), has: () => true } })
    const error = (await auth.verifyToken(token).catch((reason: unknown) => reason)) as AuthError
    expect(error).not.toBe(shared)
    expect(error).toMatchObject({ code: 'keys_unavailable', logDetail: 'mine' })
    expect(error.headers['Retry-After']).toBe('7')
  })

  it('closes a key source and reports its status although another source throws', async () => {
    const closed: string[] = []
    const source = (name: string, more: object) => ({
      find: () => key,
      has: () => true,
      close: () => void closed.push(name),
      ...more,
    })
    const bad = source('bad', { close: fail, status: fail })
    const entry = (name: string, keys: KeySource) => ({ issuer: name, audience, keys, roles: {} })
    const auth = createAuth({ issuers: [entry('a', bad), entry('b', source('good', {}))] })
    expect(() => auth.close()).toThrow('failed')
    expect(closed).toEqual(['good'])
    expect((await auth.ready()).map(({ lastError }) => String(lastError))).toEqual(['Error: failed', 'null'])
  })

  it('rejects a token if a key source returns a key for another algorithm', async () => {
    const rsa = await keyPair('RS256')
    expect(await outcome(() => createVerificationKey({ publicKey: rsa.publicKey }))).toBe('algorithm_not_allowed')
    expect(await outcome(() => createVerificationKey({ secret, algorithm: 'HS256' }))).toBe('algorithm_not_allowed')
  })

  it('accepts a secret from a key source only if algorithms contains its algorithm', async () => {
    const keys = { find: () => createVerificationKey({ secret, algorithm: 'HS256' }), has: () => true }
    expect(await outcomeOf(keys, await sign())).toBe('algorithm_not_allowed')
    expect(await outcomeOf(keys, await sign(), { algorithms: ['HS256'] })).toBe('accepted')
  })

  it('calls ready and close of a key source in ready() and close() of the Auth', async () => {
    const calls: string[] = []
    const source = {
      find: () => key,
      has: () => true,
      ready: async () => void calls.push('ready'),
      close: () => void calls.push('close'),
    }
    const auth = authWith({ keys: source })
    expect(await auth.ready()).toEqual([{ issuer, fetchedAt: null, nextRefreshAt: null, lastError: null }])
    auth.close()
    expect(calls).toEqual(['ready', 'close'])
  })
})

describe('auth.ready', () => {
  it('reports in ready() a key that the runtime cannot import, and accepts tokens of the other issuers', async () => {
    const offCurve = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }
    const auth = createAuth({
      issuers: [
        { issuer: 'https://broken.example', audience, keys: { publicKey: offCurve } },
        { issuer, audience, keys: { secret } },
      ],
      roles: {},
      now,
    })
    const states = await auth.ready()
    expect(states.map((state) => [state.issuer, state.lastError === null])).toEqual([
      ['https://broken.example', false],
      [issuer, true],
    ])
    expect(String(states[0]?.lastError)).toContain(
      'Invalid option "keys": expected a key that this runtime can import for ES256',
    )
    expect(auth.keyStatus()).toEqual(states)
    expect(await resultOf(auth.verifyToken(await sign()))).toBe('accepted')
  })
})

describe('KeyObject', () => {
  it('throws a ConfigError for a KeyObject that is not a public key for signatures', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const { publicKey: x25519 } = generateKeyPairSync('x25519')
    for (const keyObject of [privateKey, createSecretKey(Buffer.from(secret)), x25519]) {
      expect(() => authWith({ keys: { publicKey: keyObject } })).toThrow(/^Invalid option "keys.publicKey": expected/)
    }
  })
})
