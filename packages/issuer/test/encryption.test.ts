import { createDecrypter } from '@claimcheck/core/encryption'
import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { ConfigError, createAuth } from '@claimcheck/core'
import type { KeySource } from '@claimcheck/core'
import type { DecryptionKey } from '@claimcheck/core/encryption'
import { decodeProtectedHeader, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createIssuer, createSessionStore, generateKeys } from '../src/index.ts'
import { encryptToken } from '../src/encryption/encrypt-token.ts'
import { parseEncryption } from '../src/keys/encryption.ts'
import { issuerOf, names, start } from './settings.ts'

const issuer = 'https://issuer.example'
const audience = 'https://api.example'
const nowSeconds = 1_700_000_000
const secret = 'the secret that signs in these tests, and no other'
const jws = await new SignJWT({ sub: 'john' })
  .setProtectedHeader({ alg: 'HS256' })
  .setIssuer(issuer)
  .setAudience(audience)
  .setExpirationTime(nowSeconds + 300)
  .sign(new TextEncoder().encode(secret))

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
const x25519 = generateKeyPairSync('x25519')
const shared = randomBytes(32)
const octJwk = { kty: 'oct', k: shared.toString('base64url'), kid: 'enc-1', use: 'enc', alg: 'dir' }

const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const jwkOf = (key: KeyObject, members: object = {}) => ({ ...key.export({ format: 'jwk' }), ...members })
const importSpki = (key: KeyObject, algorithm: object, usages: 'encrypt'[]) =>
  webcrypto.subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), algorithm as never, true, usages)
const cryptoKeys = {
  rsa: await importSpki(rsa.publicKey, { name: 'RSA-OAEP', hash: 'SHA-256' }, ['encrypt']),
  p256: await importSpki(p256.publicKey, { name: 'ECDH', namedCurve: 'P-256' }, []),
}

const open = async (token: string, keys: unknown) => {
  // Each test gives a key that it has seen to be one.
  const decrypt = createDecrypter({ keys: keys as DecryptionKey })
  const auth = createAuth({ issuer, audience, keys: { secret }, decrypt, now: () => nowSeconds * 1000 })
  return auth.verifyToken(token)
}
const encrypt = (settings: object) => encryptToken(jws, parseEncryption('encrypt', settings))

describe('a token that is encrypted', () => {
  it.each([
    ['RSA as PEM', spki(rsa.publicKey), rsa.privateKey, 'RSA-OAEP-256'],
    ['RSA as a JWK', jwkOf(rsa.publicKey, { use: 'enc' }), rsa.privateKey, 'RSA-OAEP-256'],
    ['RSA as a KeyObject', rsa.publicKey, rsa.privateKey, 'RSA-OAEP-256'],
    ['RSA as a CryptoKey', cryptoKeys.rsa, rsa.privateKey, 'RSA-OAEP-256'],
    ['P-256 as PEM', spki(p256.publicKey), p256.privateKey, 'ECDH-ES+A256KW'],
    ['P-256 as a CryptoKey', cryptoKeys.p256, p256.privateKey, 'ECDH-ES+A256KW'],
    ['P-521 as a JWK', jwkOf(p521.publicKey, { key_ops: [] }), p521.privateKey, 'ECDH-ES+A256KW'],
    ['X25519 as PEM', spki(x25519.publicKey), x25519.privateKey, 'ECDH-ES+A256KW'],
    ['X25519 as a JWK', jwkOf(x25519.publicKey), x25519.privateKey, 'ECDH-ES+A256KW'],
    ['a secret', shared, shared, 'dir'],
  ])('with %s is opened by its other half, and by nobody else', async (_name, key, other, alg) => {
    const token = await encrypt({ key, alg, enc: 'A256GCM' })
    const principal = await open(token, other)
    expect(principal).toMatchObject({ subject: 'john', token })
    const stranger = alg === 'dir' ? randomBytes(32) : strangerTo(other)
    await expect(open(token, stranger)).rejects.toMatchObject({ code: 'token_malformed' })
  })

  it('says in its header how it is encrypted, with which key, and that a token is in it: nothing more', async () => {
    const { epk, ...rest } = decodeProtectedHeader(await encrypt({ key: jwkOf(p256.publicKey, { kid: 'api-1' }) }))
    expect(rest).toEqual({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', cty: 'JWT', kid: 'api-1' })
    expect(Object.keys(Object(epk)).toSorted()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(decodeProtectedHeader(await encrypt({ key: shared }))).toEqual({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' })
  })

  it('is found by its kid among keys that are being replaced', async () => {
    const next = { kty: 'oct', k: randomBytes(32).toString('base64url'), kid: 'enc-2' }
    for (const key of [octJwk, next]) {
      expect((await open(await encrypt({ key }), [octJwk, next])).subject).toBe('john')
    }
  })

  it('is another each time', async () => {
    const settings = parseEncryption('encrypt', { key: shared })
    const tokens = await Promise.all([encryptToken(jws, settings), encryptToken(jws, settings)])
    const ivs = tokens.map((token) => token.split('.')[2])
    expect(new Set(ivs).size).toBe(2)
  })
})

/** A key of the same kind. */
function strangerTo(key: unknown): KeyObject {
  if (key === rsa.privateKey) return strangerRsa.privateKey
  if (key === x25519.privateKey) return generateKeyPairSync('x25519').privateKey
  return generateKeyPairSync('ec', { namedCurve: key === p521.privateKey ? 'P-521' : 'P-256' }).privateKey
}
const strangerRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

describe('an issuer that encrypts', () => {
  const encrypting = { encrypt: { key: jwkOf(x25519.publicKey, { kid: 'api-1' }) } }
  const authOf = (keys: KeySource, decrypt: DecryptionKey = jwkOf(x25519.privateKey, { kid: 'api-1' })) =>
    createAuth({
      issuer: names.issuer,
      audience: names.audience,
      profile: 'at+jwt',
      keys,
      decrypt: createDecrypter({ keys: decrypt }),
      now: () => start * 1000,
    })

  it.each(['ES256', 'HS256'] as const)(
    'gives tokens of %s that its API opens and verifies, and no other',
    async (algorithm) => {
      const issuing = issuerOf(await generateKeys(algorithm), encrypting)
      await issuing.ready()
      const { accessToken } = await issuing.login({ sub: 'john', diagnosis: 'J45.9' })
      expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'ECDH-ES+A256KW', cty: 'JWT', kid: 'api-1' })
      const options = algorithm === 'HS256' ? { algorithms: ['HS256'] as const } : {}
      const auth = createAuth({
        issuer: names.issuer,
        audience: names.audience,
        profile: 'at+jwt',
        keys: issuing.keySource(),
        decrypt: createDecrypter({ keys: x25519.privateKey }),
        now: () => start * 1000,
        ...options,
      })
      expect((await auth.verifyToken(accessToken)).claims).toMatchObject({ sub: 'john', diagnosis: 'J45.9' })
      const other = authOf(issuing.keySource(), generateKeyPairSync('x25519').privateKey)
      await expect(other.verifyToken(accessToken)).rejects.toMatchObject({ code: 'token_malformed' })
    },
  )

  it('encrypts what a refresh gives as well', async () => {
    const issuing = createIssuer({
      ...names,
      keys: await generateKeys('ES256'),
      store: createSessionStore(),
      now: () => start * 1000,
      ...encrypting,
    })
    const auth = authOf(issuing.keySource())
    const first = await issuing.login({ sub: 'john' })
    const next = await issuing.refresh(first.refreshToken)
    for (const { accessToken } of [first, next]) expect((await auth.verifyToken(accessToken)).subject).toBe('john')
  })

  it('makes no token that is longer encrypted than APIs read', async () => {
    const issuing = issuerOf(await generateKeys('ES256'), encrypting)
    await expect(issuing.login({ sub: 'john', pad: 'x'.repeat(5000) })).rejects.toThrow('APIs read no more than 8192')
    expect((await issuing.login({ sub: 'john', pad: 'x'.repeat(3500) })).accessToken.length).toBeLessThan(8192)
  })

  it('does not encrypt with a secret that signs, now or from its turn on', async () => {
    const key = { secret: shared, algorithm: 'HS256' } as const
    const other = await generateKeys('HS256')
    const make = () => issuerOf([other, key], { encrypt: { key: octJwk } })
    expect(make).toThrow('encrypt.key must be a secret that is for nothing else; it is one that also signs')
    const issuing = issuerOf(other, { encrypt: { key: shared } })
    await expect(issuing.rotateKeys(key)).rejects.toThrow('next.secret must be a secret that is for nothing else')
  })

  it('tells by ready() of a key that the runtime cannot import', async () => {
    const { x, ...rest } = p256.publicKey.export({ format: 'jwk' })
    const issuing = issuerOf(await generateKeys('ES256'), { encrypt: { key: { ...rest, x, y: x } } })
    await expect(issuing.ready()).rejects.toThrow('encrypt.key must be a key that this runtime can import')
  })
})

describe('what cannot encrypt does not start:', () => {
  it.each([
    ['no key', {}, 'encrypt.key', 'undefined'],
    ['an unknown name', { key: shared, zip: 'DEF' }, 'encrypt.zip', 'no setting'],
    ['a private PEM', { key: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) }, 'encrypt.key', 'a private key'],
    [
      'a private JWK',
      { key: jwkOf(p256.privateKey) },
      'encrypt.key',
      'a private key; only its public part belongs here',
    ],
    ['a private KeyObject', { key: p256.privateKey }, 'encrypt.key', 'a private KeyObject'],
    ['a key for signatures', { key: jwkOf(rsa.publicKey, { use: 'sig' }) }, 'encrypt.key', 'not for encryption (use)'],
    [
      'a key of Ed25519',
      { key: generateKeyPairSync('ed25519').publicKey },
      'encrypt.key',
      'of a type or curve that is not for encryption here',
    ],
    ['a short secret', { key: randomBytes(16) }, 'encrypt.key', '16 bytes long'],
    ['an alg that the key is not for', { key: shared, alg: 'RSA-OAEP-256' }, 'encrypt.alg', 'a string'],
    ['RSA1_5', { key: rsa.publicKey, alg: 'RSA1_5' }, 'encrypt.alg', 'a string'],
    ['an enc of another kind', { key: shared, enc: 'A128CBC-HS256' }, 'encrypt.enc', 'a string'],
  ])('%s', (_name, settings, field, holds) => {
    const error = errorOf(() => parseEncryption('encrypt', settings))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option: field, received: expect.stringContaining(holds) })
  })

  it('settings show nothing of a secret', () => {
    const shown = inspect(parseEncryption('encrypt', { key: octJwk }), { depth: null, showHidden: true })
    expect(shown).not.toContain(octJwk.k)
    expect(JSON.stringify(parseEncryption('encrypt', { key: octJwk }))).not.toContain(octJwk.k)
  })

  it('a secret is known again, so that it can be kept from signing', () => {
    const { key } = parseEncryption('encrypt', { key: octJwk })
    expect([key.isSecret(shared), key.isSecret(randomBytes(32)), key.isSecret(shared.subarray(1))]).toEqual([
      true,
      false,
      false,
    ])
  })
})

function errorOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return 'it starts'
}
