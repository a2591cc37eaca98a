import { createDecrypter } from '../src/encryption.ts'
import { createPublicKey, generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigError, createAuth } from '../src/index.ts'
import {
  responseTo,
  byDir,
  byP256,
  byP384,
  byRsa,
  decryptingAuth,
  good,
  jwkOf,
  malformed,
  octJwk,
  p256,
  p384,
  pkcs8,
  rsa,
  shared,
  x25519,
} from './encrypted.ts'
import { forgeDir } from './forge-jwe.ts'
import { authWith, now, resultOf, secret, sign } from './tokens.ts'

describe('kid of a JWE', () => {
  const other = randomBytes(32)
  const second = { kty: 'oct', k: other.toString('base64url'), kid: 'enc-2' }
  const bySecond = forgeDir(other)

  it('chooses a decryption key of the algorithm by the kid of the JWE', async () => {
    const auth = decryptingAuth(octJwk, second)
    for (const [forge, kid] of [
      [byDir, 'enc-1'],
      [bySecond, 'enc-2'],
    ] as const) {
      expect((await auth.verifyToken(forge({ plaintext: good, header: { kid } }))).subject).toBe('john')
      const swapped = kid === 'enc-1' ? 'enc-2' : 'enc-1'
      expect(await responseTo(auth, forge({ plaintext: good, header: { kid: swapped } }))).toEqual(malformed)
      expect(await responseTo(auth, forge({ plaintext: good }))).toEqual(malformed)
    }
  })

  it('uses the decryption key without a kid if no key has the kid of the JWE', async () => {
    const auth = decryptingAuth(octJwk, other)
    expect((await auth.verifyToken(bySecond({ plaintext: good, header: { kid: 'any' } }))).subject).toBe('john')
    expect((await auth.verifyToken(byDir({ plaintext: good, header: { kid: 'enc-1' } }))).subject).toBe('john')
    expect(await responseTo(auth, bySecond({ plaintext: good, header: { kid: 'enc-1' } }))).toEqual(malformed)
  })

  it('decrypts a JWE without a kid if exactly one key fits the algorithm', async () => {
    const auth = decryptingAuth(octJwk, jwkOf(rsa.privateKey, { kid: 'enc-1' }), p384.privateKey)
    for (const forge of [byDir, byRsa, byP384]) {
      expect((await auth.verifyToken(forge({ plaintext: good }))).subject).toBe('john')
    }
  })
})

describe('decryption keys of several issuers', () => {
  const [a, b, plain] = ['https://a.example', 'https://b.example', 'https://plain.example'] as const
  const secrets = { [a]: `${secret} a`, [b]: `${secret} b`, [plain]: `${secret} plain` } as const
  type Name = keyof typeof secrets
  const ofB = randomBytes(32)
  const jwkB = { kty: 'oct', k: ofB.toString('base64url'), kid: 'enc-b' }
  const byB = forgeDir(ofB)
  const entry = (iss: Name, more: object = {}) => ({
    issuer: iss,
    audience: null,
    keys: { secret: secrets[iss] },
    ...more,
  })
  const make = (...issuers: object[]) => createAuth({ issuers, roles: {}, now } as never)
  const tokenOf = (iss: Name, signer: Name = iss) => sign({ iss }, {}, secrets[signer])

  it('decrypts a token with the keys of all issuers, and rejects it if its issuer does not have that key', async () => {
    const auth = make(
      entry(a, { decrypt: createDecrypter({ keys: octJwk }) }),
      entry(b, { decrypt: createDecrypter({ keys: jwkB }) }),
      entry(plain),
    )
    const seal = { [a]: byDir, [b]: byB }
    const logDetail = 'the token is encrypted for a different issuer'
    for (const [own, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const header = { kid: own === a ? 'enc-1' : 'enc-b' }
      const token = seal[own]({ plaintext: await tokenOf(own), header })
      expect((await auth.verifyToken(token)).issuer).toBe(own)
      for (const iss of [other, plain]) {
        const mismatched = seal[own]({ plaintext: await tokenOf(iss), header })
        expect(await responseTo(auth, mismatched)).toEqual(malformed)
        await expect(auth.verifyToken(mismatched)).rejects.toMatchObject({ logDetail })
      }
      const forged = seal[own]({ plaintext: await tokenOf(own, other), header })
      expect(await resultOf(auth.verifyToken(forged))).toBe('signature_invalid')
      expect(await responseTo(auth, await tokenOf(own))).toEqual(malformed)
    }
    expect((await auth.verifyToken(await tokenOf(plain))).issuer).toBe(plain)
  })

  it('accepts one key for several issuers, in different forms and with different kids', async () => {
    const jwk = jwkOf(rsa.privateKey, { kid: 'api' })
    const auth = make(
      entry(a, { decrypt: createDecrypter({ keys: jwk }) }),
      entry(b, { decrypt: createDecrypter({ keys: pkcs8(rsa.privateKey) }) }),
      entry(plain),
    )
    for (const header of [{ kid: 'api' }, {}]) {
      for (const iss of [a, b] as const) {
        expect((await auth.verifyToken(byRsa({ plaintext: await tokenOf(iss), header }))).issuer).toBe(iss)
      }
      expect(await responseTo(auth, byRsa({ plaintext: await tokenOf(plain), header }))).toEqual(malformed)
    }
  })

  it.each([
    ['PEM and JWK of P-256', pkcs8(p256.privateKey), jwkOf(p256.privateKey)],
    ['PEM and KeyObject of X25519', pkcs8(x25519.privateKey), x25519.privateKey],
    ['bytes and a JWK', shared, { kty: 'oct', k: octJwk.k }],
  ])('recognizes the same decryption key in two forms: %s', (_name, one, other) => {
    expect(() =>
      make(
        entry(a, { decrypt: createDecrypter({ keys: one }) }),
        entry(b, { decrypt: createDecrypter({ keys: other }) }),
      ),
    ).not.toThrow()
  })

  it('throws a ConfigError for two decryption keys of one algorithm without different kids', () => {
    const two = () =>
      make(
        entry(a, { decrypt: createDecrypter({ keys: shared }) }),
        entry(b, { decrypt: createDecrypter({ keys: [p256.privateKey, ofB] }) }),
      )
    expect(two).toThrow(
      'Invalid option "issuers[1].decrypt.keys[1]": expected a key with a kid that no other key for dir has',
    )
    const sameName = { ...jwkB, kid: 'enc-1' }
    const named = () =>
      make(
        entry(a, { decrypt: createDecrypter({ keys: octJwk }) }),
        entry(b, { decrypt: createDecrypter({ keys: sameName }) }),
      )
    expect(named).toThrow('received another key with the same kid')
  })

  it('throws a ConfigError for a secret that signs for one issuer and encrypts for another', () => {
    const bytes = new TextEncoder().encode(secrets[a].slice(0, 32))
    const signing = entry(a, { keys: { secret: ['x'.repeat(40), bytes] } })
    const encrypting = entry(b, { decrypt: createDecrypter({ keys: bytes }) })
    expect(() => make(signing, encrypting)).toThrow(
      'Invalid option "issuers[1].decrypt.keys": expected a secret that is only used to encrypt, received a secret that is also used to sign',
    )
    expect(() => make(encrypting, signing)).toThrow(
      'Invalid option "issuers[1].keys.secret[1]": expected a secret that is only used to sign, received a secret that is also used to encrypt',
    )
  })
})

const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ed25519 = generateKeyPairSync('ed25519')
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
const pss = generateKeyPairSync('rsa-pss', {
  modulusLength: 2048,
  hashAlgorithm: 'sha256',
  mgf1HashAlgorithm: 'sha256',
})
const rsaJwk = jwkOf(rsa.privateKey)
const ecJwk = jwkOf(p256.privateKey)
const spkiPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const encrypted = rsa.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString()
const { subtle } = webcrypto
const importRsa = (hash: string, usage: 'decrypt' | 'unwrapKey', key = rsa.privateKey) =>
  subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), { name: 'RSA-OAEP', hash }, true, [usage])
const cryptoKeys = {
  sha1: await importRsa('SHA-1', 'decrypt'),
  unwrap: await importRsa('SHA-256', 'unwrapKey'),
  short: await importRsa('SHA-256', 'decrypt', short.privateKey),
  public: await subtle.importKey(
    'spki',
    rsa.publicKey.export({ type: 'spki', format: 'der' }),
    { name: 'RSA-OAEP', hash: 'SHA-256' },
    true,
    ['encrypt'],
  ),
  signing: await subtle.importKey('jwk', ecJwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']),
  hmac: await subtle.importKey('raw', shared, { name: 'HMAC', hash: 'SHA-256' }, true, ['verify']),
}

describe('invalid decryption keys', () => {
  it.each<readonly [name: string, keys: unknown, received: string]>([
    ['undefined', undefined, 'undefined (is an environment variable missing?)'],
    ['null', null, 'a value of type object'],
    ['an empty array', [], 'an empty array'],
    ['an array in an array', [[shared]], 'a value of type object'],
    ['a number', 7, 'a value of type number'],
    ['an empty string', '', 'another string'],
    ['a secret that is a string', 'a secret of 32 bytes, written out', 'another string'],
    ['a public key in PEM', spkiPem, 'a PEM block "PUBLIC KEY"'],
    ['PEM of PKCS #1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }), 'a PEM block "RSA PRIVATE KEY"'],
    ['PEM of SEC 1', p256.privateKey.export({ type: 'sec1', format: 'pem' }), 'a PEM block "EC PRIVATE KEY"'],
    ['encrypted PEM', encrypted, 'a PEM block "ENCRYPTED PRIVATE KEY"'],
    ['PEM of Ed25519', pkcs8(ed25519.privateKey), 'another PEM key'],
    ['PEM of secp256k1', pkcs8(secp256k1.privateKey), 'another PEM key'],
    ['PEM of RSA-PSS', pkcs8(pss.privateKey), 'another PEM key'],
    ['PEM with the wrong label', spkiPem.replaceAll('PUBLIC', 'PRIVATE'), 'another PEM key'],
    ['PEM of a short key', pkcs8(short.privateKey), 'an RSA key of 1024 bits (min 2048)'],
    ['a public RSA JWK', jwkOf(rsa.publicKey), 'a public key, which cannot decrypt'],
    ['a public EC JWK', jwkOf(p256.publicKey), 'a public key, which cannot decrypt'],
    ['a JWK for signatures', { ...rsaJwk, use: 'sig' }, 'a key that is not for encryption (use)'],
    ['a secret for signatures', { ...octJwk, use: 'sig' }, 'a key that is not for encryption (use)'],
    [
      'a JWK for another operation',
      { ...rsaJwk, key_ops: ['sign'] },
      'a key that is not for decrypt or unwrapKey (key_ops)',
    ],
    [
      'a JWK whose key_ops is not an array',
      { ...ecJwk, key_ops: 'deriveBits' },
      'a key that is not for deriveBits or deriveKey (key_ops)',
    ],
    ['a JWK for RSA-OAEP', { ...rsaJwk, alg: 'RSA-OAEP' }, 'a key for an algorithm other than RSA-OAEP-256 (alg)'],
    ['a JWK for RS256', { ...rsaJwk, alg: 'RS256' }, 'a key for an algorithm other than RSA-OAEP-256 (alg)'],
    ['a JWK for ECDH-ES', { ...ecJwk, alg: 'ECDH-ES' }, 'a key for an algorithm other than ECDH-ES+A256KW (alg)'],
    ['a secret for HS256', { ...octJwk, alg: 'HS256' }, 'a key for an algorithm other than dir (alg)'],
    ['a JWK whose kid is not a string', { ...ecJwk, kid: 1 }, 'a key whose kid is not a string'],
    ['a JWK of a short key', jwkOf(short.privateKey), 'an RSA key of 1024 bits (min 2048)'],
    ['a JWK of three primes', { ...rsaJwk, oth: [] }, 'an RSA key with more than two primes'],
    ['a JWK without its primes', { ...rsaJwk, p: undefined }, 'a key whose "p" is missing or not base64url'],
    [
      'a JWK with a truncated property',
      { ...ecJwk, d: 'AAAA' },
      'a key whose "d" has the wrong size for its type or curve',
    ],
    ['a JWK of Ed25519', jwkOf(ed25519.privateKey), 'a key of a type or curve that is not supported for encryption'],
    [
      'a JWK of secp256k1',
      jwkOf(secp256k1.privateKey),
      'a key of a type or curve that is not supported for encryption',
    ],
    ['a JWK Set', { keys: [octJwk] }, 'a key of a type or curve that is not supported for encryption'],
    ['a secret of 31 bytes', randomBytes(31), '31 bytes'],
    ['a secret of 64 bytes', randomBytes(64), '64 bytes'],
    ['a JWK of a secret of 16 bytes', { ...octJwk, k: 'XctOhJAkA-pD9Lh7ZgW_2A' }, '16 bytes'],
    ['a JWK of a secret without k', { kty: 'oct' }, 'a key whose "k" is missing or not base64url'],
    ['a public KeyObject', rsa.publicKey, 'a public KeyObject'],
    ['a KeyObject of Ed25519', ed25519.privateKey, 'a key of a type or curve that is not supported for encryption'],
    ['a KeyObject of RSA-PSS', pss.privateKey, 'a KeyObject of another type'],
    ['a public CryptoKey', cryptoKeys.public, 'a public key for RSA-OAEP, usages [encrypt]'],
    ['a CryptoKey with SHA-1', cryptoKeys.sha1, 'a private key for RSA-OAEP, usages [decrypt]'],
    ['a CryptoKey that does not decrypt', cryptoKeys.unwrap, 'a private key for RSA-OAEP, usages [unwrapKey]'],
    ['a CryptoKey for signatures', cryptoKeys.signing, 'a private key for ECDSA, usages [sign]'],
    ['a CryptoKey of HMAC', cryptoKeys.hmac, 'a secret key for HMAC, usages [verify]'],
    ['a short CryptoKey', cryptoKeys.short, 'an RSA key of 1024 bits'],
  ])('throws a ConfigError for %s as a decryption key', (_name, keys, received) => {
    const field = Array.isArray(keys) && keys.length > 0 ? 'decrypt.keys[0]' : 'decrypt.keys'
    expect(configErrorOf({ keys })).toMatchObject({ option: field, received })
  })

  it.each([
    ['a key', { decrypt: shared }, 'decrypt'],
    ['the options of a decrypter', { decrypt: { keys: shared } }, 'decrypt'],
    ['null', { decrypt: null }, 'decrypt'],
    ['undefined', { decrypt: undefined }, 'decrypt'],
  ])('throws a ConfigError if decrypt is %s', (_name, options, field) => {
    expect(errorOf(() => authWith(options))).toMatchObject({ option: field })
  })

  it('throws a ConfigError if a decryption key is also the secret for signatures', () => {
    const bytes = new TextEncoder().encode(secret).slice(0, 32)
    const start = () =>
      authWith({ keys: { secret: bytes }, decrypt: createDecrypter({ keys: [p256.privateKey, bytes] }) })
    expect(errorOf(start)).toMatchObject({ option: 'decrypt.keys[1]', received: 'a secret that is also used to sign' })
  })
})

describe('auth.ready()', () => {
  const notOnCurve = { ...ecJwk, x: ecJwk.y }

  it('reports in ready() only decryption keys that the runtime cannot import', async () => {
    const [good1] = await decryptingAuth(rsa.privateKey, p384.privateKey, shared).ready()
    expect(good1?.lastError).toBeNull()
    const auth = decryptingAuth(shared, notOnCurve)
    const [state] = await auth.ready()
    expect(state?.lastError).toMatchObject({ option: 'decrypt.keys[1]', received: 'a key that it cannot import' })
    expect(auth.keyStatus()).toEqual([state])
    expect((await auth.verifyToken(byDir({ plaintext: good }))).subject).toBe('john')
  })

  it('throws a ConfigError, not an AuthError, for a token whose decryption key cannot be imported', async () => {
    const auth = decryptingAuth(notOnCurve)
    const error: unknown = await auth.verifyToken(byP256({ plaintext: good })).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigError)
    expect(await responseTo(auth, byDir({ plaintext: good }))).toEqual(malformed)
  })

  it('reports in ready() a decryption key that cannot be imported, although the fetched keys are valid', async () => {
    const jwksUrl = 'https://issuer.example/keys'
    const fetch = async () => new Response(JSON.stringify({ keys: [jwkOf(createPublicKey(p256.privateKey))] }))
    const auth = authWith({ keys: { jwksUrl }, fetch, decrypt: createDecrypter({ keys: notOnCurve }) })
    const [state] = await auth.ready()
    expect(state?.fetchedAt).not.toBeNull()
    expect(state?.lastError).toBeInstanceOf(ConfigError)
  })

  it('does not reveal decryption keys in an Auth or in the result of ready()', async () => {
    const auth = decryptingAuth(notOnCurve, octJwk)
    const shown = inspect([auth, await auth.ready()], { depth: null, showHidden: true })
    for (const hidden of [ecJwk.d, octJwk.k, [...shared.subarray(0, 8)].join(', ')]) expect(shown).not.toContain(hidden)
  })
})

function configErrorOf(decrypt: object): unknown {
  return errorOf(() => createDecrypter(decrypt as never))
}

function errorOf(start: () => unknown): unknown {
  try {
    start()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  return 'no error'
}
