import { createDecrypter } from '../src/encryption.ts'
import { webcrypto } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  responseTo,
  byDir,
  byP256,
  byP384,
  byP521,
  byRsa,
  byX25519,
  decryptingAuth,
  good,
  jwkOf,
  malformed,
  octJwk,
  p256,
  p384,
  p521,
  pkcs8,
  rsa,
  shared,
  x25519,
} from './encrypted.ts'
import type { Forge } from './forge-jwe.ts'
import { authWith, issuer, nowSeconds, resultOf, sign } from './tokens.ts'

const { subtle } = webcrypto
type Algorithm = Parameters<typeof subtle.importKey>[2]
const cryptoKeyOf = (key: KeyObject, algorithm: Algorithm, usage: 'decrypt' | 'deriveBits') =>
  subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), algorithm, false, [usage])
const cryptoKeys = {
  rsa: await cryptoKeyOf(rsa.privateKey, { name: 'RSA-OAEP', hash: 'SHA-256' }, 'decrypt'),
  p256: await cryptoKeyOf(p256.privateKey, { name: 'ECDH', namedCurve: 'P-256' }, 'deriveBits'),
  x25519: await cryptoKeyOf(x25519.privateKey, { name: 'X25519' }, 'deriveBits'),
}

/** The supported algorithms, each with the key that decrypts. */
const kinds: readonly (readonly [name: string, forge: Forge, key: KeyObject | Uint8Array])[] = [
  ['RSA-OAEP-256', byRsa, rsa.privateKey],
  ['ECDH-ES+A256KW on P-256', byP256, p256.privateKey],
  ['ECDH-ES+A256KW on P-384', byP384, p384.privateKey],
  ['ECDH-ES+A256KW on P-521', byP521, p521.privateKey],
  ['ECDH-ES+A256KW on X25519', byX25519, x25519.privateKey],
  ['dir', byDir, shared],
]

describe('encrypted tokens', () => {
  it.each(kinds)('accepts a token that is signed and then encrypted with %s', async (_name, forge, key) => {
    const token = forge({ plaintext: good })
    const principal = await decryptingAuth(key).verifyToken(token)
    expect(principal).toMatchObject({ subject: 'john', issuer, expiresAt: nowSeconds + 600 })
  })

  it.each([
    ['RSA in PEM', byRsa, pkcs8(rsa.privateKey)],
    ['RSA as a JWK', byRsa, jwkOf(rsa.privateKey, { use: 'enc', alg: 'RSA-OAEP-256', key_ops: ['unwrapKey'] })],
    ['RSA as a CryptoKey', byRsa, cryptoKeys.rsa],
    ['P-256 in PEM', byP256, pkcs8(p256.privateKey)],
    ['P-256 as a JWK', byP256, jwkOf(p256.privateKey, { use: 'enc', key_ops: ['deriveBits'] })],
    ['P-256 as a CryptoKey', byP256, cryptoKeys.p256],
    ['P-521 in PEM', byP521, pkcs8(p521.privateKey)],
    ['X25519 in PEM', byX25519, pkcs8(x25519.privateKey)],
    ['X25519 as a JWK', byX25519, jwkOf(x25519.privateKey)],
    ['X25519 as a CryptoKey', byX25519, cryptoKeys.x25519],
    ['a secret in a JWK', byDir, octJwk],
    ['a secret in a JWK for A256GCM', byDir, { ...octJwk, alg: 'A256GCM', key_ops: ['encrypt', 'decrypt'] }],
  ] as const)('accepts a decryption key: %s', async (_name, forge, key) => {
    expect(
      (await authWith({ decrypt: createDecrypter({ keys: key }) }).verifyToken(forge({ plaintext: good }))).subject,
    ).toBe('john')
  })

  it('returns the encrypted token as principal.token', async () => {
    const token = byDir({ plaintext: good })
    const auth = decryptingAuth(shared)
    const first = await auth.verifyToken(token)
    expect(first.token).toBe(token)
    expect(await auth.verifyToken(token)).toBe(first)
    const again = byDir({ plaintext: good })
    const other = await auth.verifyToken(again)
    expect(other).not.toBe(first)
    expect(other.token).toBe(again)
  })

  it('rejects a cached encrypted token after the inner token has expired', async () => {
    let seconds = nowSeconds
    const auth = authWith({ decrypt: createDecrypter({ keys: shared }), now: () => seconds * 1000 })
    const token = byDir({ plaintext: good })
    await auth.verifyToken(token)
    seconds += 605
    expect(await resultOf(auth.verifyToken(token))).toBe('token_expired')
  })

  it.each([
    ['alg of the signature', sign({}, { alg: 'HS512' }, 'x'.repeat(64)), 'algorithm_not_allowed'],
    ['signature', sign({}, {}, 'another secret, which has 32 bytes or more'), 'signature_invalid'],
    ['time', sign({ exp: nowSeconds - 60 }), 'token_expired'],
    ['audience', sign({ aud: 'https://b.example' }), 'audience_not_allowed'],
    ['issuer', sign({ iss: 'https://evil.example' }), 'issuer_unknown'],
    ['type', sign({}, { typ: 'dpop+jwt' }), 'token_type_not_allowed'],
    ['claims', sign({ sub: 7 }), 'claim_invalid'],
  ])('rejects an encrypted token because of the %s of the inner token', async (_name, inner, code) => {
    expect(await resultOf(decryptingAuth(shared).verifyToken(byDir({ plaintext: await inner })))).toBe(code)
  })

  it('accepts the same typ in both headers of an encrypted token, and rejects different ones', async () => {
    const profiled = await sign({}, { typ: 'at+jwt' })
    const seal = (typ: string, plaintext: string) => byDir({ header: { typ }, plaintext })
    for (const [typ, inner] of [
      ['JWT', good],
      ['application/at+JWT', profiled],
      ['jwt', profiled],
    ] as const) {
      expect((await decryptingAuth(shared).verifyToken(seal(typ, inner))).subject).toBe('john')
    }
    expect(await responseTo(decryptingAuth(shared), seal('at+jwt', good))).toEqual(malformed)
    expect(await responseTo(decryptingAuth(shared), seal('logout+jwt', profiled))).toEqual(malformed)
    await expect(decryptingAuth(shared).verifyToken(seal('at+jwt', good))).rejects.toMatchObject({
      logDetail: 'typ of the JWE header differs from typ of the JWT in it',
    })
  })

  it('ignores claims in the header of an encrypted token', async () => {
    const header = { iss: 'https://evil.example', sub: 'root', aud: 'https://b.example', exp: 1 }
    expect((await decryptingAuth(shared).verifyToken(byDir({ header, plaintext: good }))).claims).toMatchObject({
      sub: 'john',
    })
    expect(
      await responseTo(decryptingAuth(shared), byDir({ header: { sub: 'root' }, plaintext: '{"sub":"root"}' })),
    ).toEqual(malformed)
  })

  it('rejects an encrypted token that is longer than maxTokenBytes', async () => {
    const token = byDir({ plaintext: await sign({ pad: 'x'.repeat(5000) }) })
    expect(token.length).toBeGreaterThan(8192)
    expect(await resultOf(decryptingAuth(shared).verifyToken(token))).toBe('token_too_large')
    const wide = authWith({ decrypt: createDecrypter({ keys: shared }), maxTokenBytes: 16_384 })
    expect((await wide.verifyToken(token)).subject).toBe('john')
  })
})
