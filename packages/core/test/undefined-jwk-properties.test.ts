import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { createVerificationKey } from '../src/index.ts'
import type { KeyObjectLike } from '../src/index.ts'
import { readJweKey } from '../src/encryption.ts'
import { authWith, keyPair, resultOf, sign } from './tokens.ts'

/** Every optional property of a JWK, as workerd exports it for a key that does not have it. */
const absent = Object.fromEntries(
  ['use', 'key_ops', 'alg', 'ext', 'kid', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'].map((name) => [
    name,
    undefined,
  ]),
)

/** A KeyObject whose export has properties that are undefined. */
function keyObjectOf(jwk: object, type: string): KeyObjectLike {
  return { type, export: () => ({ ...absent, ...jwk }), [Symbol.toStringTag]: 'KeyObject' } as KeyObjectLike
}

describe('JWK properties that are undefined', () => {
  it.each(['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'reads a JWK with undefined properties as the same %s public key',
    async (algorithm) => {
      const { jwk, privateKey } = await keyPair(algorithm)
      const token = await sign({}, { alg: algorithm }, privateKey)
      const algorithms = [algorithm]
      for (const keys of [
        { publicKey: { ...absent, ...jwk } },
        { publicKey: keyObjectOf(jwk, 'public') },
        { jwks: { keys: [{ ...absent, ...jwk }] } },
      ]) {
        expect(await resultOf(authWith({ keys, algorithms }).verifyToken(token))).toBe('accepted')
      }
      expect(createVerificationKey({ publicKey: keyObjectOf(jwk, 'public') }).kid).toBe(null)
    },
  )

  it.each([{}, { crv: 'P-256' }, { crv: 'X25519' }])(
    'reads a JWK with undefined properties as the same encryption key: %j',
    async (options) => {
      const alg = 'crv' in options ? 'ECDH-ES+A256KW' : 'RSA-OAEP-256'
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options })
      const [publicJwk, privateJwk] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)])
      expect(readJweKey('key', { ...absent, ...publicJwk }, 'public').algorithm).toBe(alg)
      expect(readJweKey('key', keyObjectOf(publicJwk, 'public'), 'public').algorithm).toBe(alg)
      expect(readJweKey('key', { ...absent, ...privateJwk }, 'private').algorithm).toBe(alg)
      expect(readJweKey('key', keyObjectOf(privateJwk, 'private'), 'private').algorithm).toBe(alg)
      expect(() => readJweKey('key', { ...absent, ...publicJwk }, 'private')).toThrow('a public key')
    },
  )

  it('throws a ConfigError if a public JWK has a private property, even one that is null', () => {
    const jwk = createPublicKey(generateKeyPairSync('ed25519').privateKey).export({ format: 'jwk' })
    for (const d of ['abc', '', null, false, 0]) {
      const keys = { publicKey: { ...absent, ...jwk, d } }
      expect(() => authWith({ keys })).toThrow('a private key (with "d"')
      expect(() => authWith({ keys: { jwks: { keys: [keys.publicKey] } } })).toThrow('a private key (with "d"')
    }
  })
})
