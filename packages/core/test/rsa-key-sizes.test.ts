import { createDecrypter } from '../src/encryption.ts'
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { ConfigError, createAuth, createVerificationKey } from '../src/index.ts'
import { audience, authWith, issuer, now, resultOf, sign } from './tokens.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const validJwk = { ...publicKey.export({ format: 'jwk' }), kty: 'RSA' }

/** A number with this many bits, all of them set. It is not a real modulus, but only its size is checked. */
const ofBits = (bits: number) => {
  const bytes = new Uint8Array(Math.ceil(bits / 8)).fill(0xff)
  if (bits % 8 !== 0) bytes[0] = 2 ** (bits % 8) - 1
  return base64url.encode(bytes)
}

const rejected = [
  ['an exponent of 33 bits', { e: ofBits(33) }, 'exponent has 33 bits (max 32)'],
  ['an exponent of 3,071 bits', { n: ofBits(3072), e: ofBits(3071) }, 'exponent has 3071 bits (max 32)'],
  ['a modulus of 8,193 bits', { n: ofBits(8193) }, 'an RSA key of 8193 bits (max 8192)'],
  ['a modulus of 16,384 bits', { n: ofBits(16_384) }, 'an RSA key of 16384 bits (max 8192)'],
  ['a modulus of 2,047 bits', { n: ofBits(2047) }, 'an RSA key of 2047 bits (min 2048)'],
  ['an exponent of 1', { e: 'AQ' }, 'exponent is even or 1'],
  ['an even exponent', { e: 'AQAA' }, 'exponent is even or 1'],
  ['an exponent of zeros', { e: 'AAAA' }, 'exponent is even or 1'],
] as const

/** The same key in different forms. */
const forms: readonly (readonly [string, (key: KeyObject) => unknown])[] = [
  ['a KeyObject', (key) => key],
  ['PEM', (key) => key.export({ type: 'spki', format: 'pem' })],
]

function errorOf(run: () => unknown): ConfigError {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('no ConfigError')
}

describe('RSA keys of an invalid size', () => {
  it.each(rejected)(
    'throws a ConfigError for an RSA key with %s, as a JWK or in a JWK Set',
    (_name, members, fault) => {
      const jwk = { ...validJwk, ...members }
      for (const keys of [{ publicKey: jwk }, { jwks: { keys: [jwk] } }]) {
        expect(errorOf(() => createAuth({ issuer, audience, keys })).received).toContain(fault)
      }
      expect(errorOf(() => createVerificationKey({ publicKey: jwk })).received).toContain(fault)
    },
  )

  it.each(rejected.filter(([, members]) => !('e' in members && members.e === 'AAAA')))(
    'throws a ConfigError for an RSA decryption key with %s',
    (_name, members, fault) => {
      const jwk = { ...privateKey.export({ format: 'jwk' }), ...members }
      const keys = { publicKey: validJwk }
      expect(
        errorOf(() => createAuth({ issuer, audience, keys, decrypt: createDecrypter({ keys: jwk }) })).received,
      ).toContain(fault)
    },
  )

  it.each(forms)('throws a ConfigError for an RSA key with an exponent of 33 bits as %s', (_form, write) => {
    const key = createPublicKey({ key: { ...validJwk, e: ofBits(33) }, format: 'jwk' })
    const error = errorOf(() => createVerificationKey({ publicKey: write(key) as string }))
    expect(error.received).toContain('exponent has 33 bits')
  })

  it('throws a ConfigError for an RSA key with an exponent of 33 bits as a CryptoKey', async () => {
    for (const [name, usages] of [
      ['RSASSA-PKCS1-v1_5', 'verify'],
      ['RSA-OAEP', 'encrypt'],
    ] as const) {
      const jwk = { ...validJwk, e: ofBits(33) }
      const key = await webcrypto.subtle.importKey('jwk', jwk, { name, hash: 'SHA-256' }, true, [usages])
      if (usages === 'verify') {
        expect(errorOf(() => createVerificationKey({ publicKey: key })).received).toContain('exponent has 33 bits')
      }
    }
  })
})

describe('RSA keys of a valid size', () => {
  it.each([
    ['an exponent of 32 bits', { e: ofBits(32) }],
    ['an exponent of 3', { e: 'Aw' }],
    ['a modulus of 8,192 bits', { n: ofBits(8192) }],
  ])('accepts an RSA key with %s', (_name, properties) => {
    expect(createVerificationKey({ publicKey: { ...validJwk, ...properties } }).kty).toBe('RSA')
  })
})

it('ignores a fetched RSA key that is too large, and verifies with the other keys of its JWK Set', async () => {
  const keys = [
    { ...validJwk, kid: 'good', alg: 'RS256' },
    { ...validJwk, kid: 'slow', alg: 'RS256', e: ofBits(2047) },
  ]
  const fetch = async () => new Response(JSON.stringify({ keys }))
  const auth = authWith({ keys: { jwksUrl: 'https://keys.example/sizes' }, fetch, now })
  const signer = createPrivateKey({ key: privateKey.export({ format: 'jwk' }), format: 'jwk' })
  const key = await webcrypto.subtle.importKey(
    'pkcs8',
    signer.export({ type: 'pkcs8', format: 'der' }),
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  expect(await resultOf(auth.verifyToken(await sign({}, { alg: 'RS256', kid: 'good' }, key)))).toBe('accepted')
  expect(await resultOf(auth.verifyToken(await sign({}, { alg: 'RS256', kid: 'slow' }, key)))).toBe('key_not_found')
})

it('throws a ConfigError for a secret of more than 8,192 bytes', () => {
  expect(errorOf(() => authWith({ keys: { secret: 'a long word '.repeat(700) } })).received).toBe('8400 bytes')
})
