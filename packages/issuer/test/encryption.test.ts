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
import { encryptToken, parseEncryptOptions } from '../src/keys/encryption.ts'
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

const decryptAndVerify = async (token: string, keys: unknown) => {
  const decrypt = createDecrypter({ keys: keys as DecryptionKey })
  const auth = createAuth({ issuer, audience, keys: { secret }, decrypt, now: () => nowSeconds * 1000 })
  return auth.verifyToken(token)
}
const encrypt = (settings: object) => encryptToken(jws, parseEncryptOptions('encrypt', settings))

describe('an encrypted token', () => {
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
  ])('encrypts a token with %s so that only the matching key decrypts it', async (_name, key, matching, alg) => {
    const token = await encrypt({ key, alg, enc: 'A256GCM' })
    const principal = await decryptAndVerify(token, matching)
    expect(principal).toMatchObject({ subject: 'john', token })
    const wrongKey = alg === 'dir' ? randomBytes(32) : createWrongKey(matching)
    await expect(decryptAndVerify(token, wrongKey)).rejects.toMatchObject({ code: 'token_malformed' })
  })

  it('writes only the algorithms, the kid and cty into the header of an encrypted token', async () => {
    const { epk, ...rest } = decodeProtectedHeader(await encrypt({ key: jwkOf(p256.publicKey, { kid: 'api-1' }) }))
    expect(rest).toEqual({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', cty: 'JWT', kid: 'api-1' })
    expect(Object.keys(Object(epk)).toSorted()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(decodeProtectedHeader(await encrypt({ key: shared }))).toEqual({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' })
  })

  it('lets an Auth choose the decryption key by kid during a key rotation', async () => {
    const next = { kty: 'oct', k: randomBytes(32).toString('base64url'), kid: 'enc-2' }
    for (const key of [octJwk, next]) {
      expect((await decryptAndVerify(await encrypt({ key }), [octJwk, next])).subject).toBe('john')
    }
  })

  it('uses a different initialisation vector for each token', async () => {
    const settings = parseEncryptOptions('encrypt', { key: shared })
    const tokens = await Promise.all([encryptToken(jws, settings), encryptToken(jws, settings)])
    const ivs = tokens.map((token) => token.split('.')[2])
    expect(new Set(ivs).size).toBe(2)
  })
})

/** A new key of the same type. */
function createWrongKey(key: unknown): KeyObject {
  if (key === rsa.privateKey) return otherRsa.privateKey
  if (key === x25519.privateKey) return generateKeyPairSync('x25519').privateKey
  return generateKeyPairSync('ec', { namedCurve: key === p521.privateKey ? 'P-521' : 'P-256' }).privateKey
}
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

describe('an issuer with the option encrypt', () => {
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
    'issues encrypted %s tokens that only its API can decrypt and verify',
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

  it('also encrypts the access token of a refresh', async () => {
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

  it('rejects a login whose encrypted token is longer than APIs accept', async () => {
    const issuing = issuerOf(await generateKeys('ES256'), encrypting)
    await expect(issuing.login({ sub: 'john', pad: 'x'.repeat(5000) })).rejects.toThrow('APIs accept at most 8192')
    expect((await issuing.login({ sub: 'john', pad: 'x'.repeat(3500) })).accessToken.length).toBeLessThan(8192)
  })

  it('rejects an encryption secret that also signs, at the start and at a key rotation', async () => {
    const key = { secret: shared, algorithm: 'HS256' } as const
    const other = await generateKeys('HS256')
    const create = () => issuerOf([other, key], { encrypt: { key: octJwk } })
    expect(create).toThrow(sharedSecret('encrypt.key'))
    const issuing = issuerOf(other, { encrypt: { key: shared } })
    await expect(issuing.rotateKeys(key)).rejects.toThrow(sharedSecret('next.secret'))
  })

  it('rejects in ready() if the runtime cannot import the encryption key', async () => {
    const { x, ...rest } = p256.publicKey.export({ format: 'jwk' })
    const issuing = issuerOf(await generateKeys('ES256'), { encrypt: { key: { ...rest, x, y: x } } })
    await expect(issuing.ready()).rejects.toMatchObject({ name: 'ConfigError', option: 'encrypt.key' })
  })
})

describe('the option encrypt', () => {
  it.each([
    ['no key', {}, 'encrypt.key', 'undefined'],
    ['an unknown property', { key: shared, zip: 'DEF' }, 'encrypt.zip', 'an unknown option'],
    ['a private PEM', { key: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) }, 'encrypt.key', 'a private key'],
    ['a private JWK', { key: jwkOf(p256.privateKey) }, 'encrypt.key', 'a private key (use its public part)'],
    ['a private KeyObject', { key: p256.privateKey }, 'encrypt.key', 'a private KeyObject'],
    ['a key with use sig', { key: jwkOf(rsa.publicKey, { use: 'sig' }) }, 'encrypt.key', 'not for encryption (use)'],
    [
      'an Ed25519 key',
      { key: generateKeyPairSync('ed25519').publicKey },
      'encrypt.key',
      'a key of a type or curve that is not supported for encryption',
    ],
    ['a short secret', { key: randomBytes(16) }, 'encrypt.key', '16 bytes'],
    ['an alg that does not fit the key', { key: shared, alg: 'RSA-OAEP-256' }, 'encrypt.alg', 'a string'],
    ['RSA1_5', { key: rsa.publicKey, alg: 'RSA1_5' }, 'encrypt.alg', 'a string'],
    ['an unsupported enc', { key: shared, enc: 'A128CBC-HS256' }, 'encrypt.enc', 'a string'],
  ])('throws a ConfigError if encrypt has %s', (_name, settings, option, received) => {
    const error = errorOf(() => parseEncryptOptions('encrypt', settings))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option, received: expect.stringContaining(received) })
  })

  it('shows no encryption secret when the parsed options are printed or serialised', () => {
    const printed = inspect(parseEncryptOptions('encrypt', { key: octJwk }), { depth: null, showHidden: true })
    expect(printed).not.toContain(octJwk.k)
    expect(JSON.stringify(parseEncryptOptions('encrypt', { key: octJwk }))).not.toContain(octJwk.k)
  })

  it('recognises the encryption secret, so that it cannot also sign', () => {
    const { key } = parseEncryptOptions('encrypt', { key: octJwk })
    expect([key.isSecret(shared), key.isSecret(randomBytes(32)), key.isSecret(shared.subarray(1))]).toEqual([
      true,
      false,
      false,
    ])
  })
})

function sharedSecret(option: string): Error {
  return expect.objectContaining({ name: 'ConfigError', option, received: 'a secret that also signs' }) as Error
}

function errorOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return 'no error'
}
