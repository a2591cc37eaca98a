import { afterEach, describe, expect, it, vi } from 'vitest'
import { settle } from './key-server.ts'
import { byX25519, decryptingAuth, good, x25519 } from './encrypted.ts'
import { authWith, keyPair, resultOf, sign } from './tokens.ts'

const pair = await keyPair('ES256', 'k1')
const token = await sign({}, { alg: 'ES256', kid: 'k1' }, pair.privateKey)
const encrypted = byX25519({ plaintext: good })

afterEach(() => vi.restoreAllMocks())

describe('key imports', () => {
  it.each([
    ['a public key', () => authWith({ keys: { jwks: { keys: [pair.jwk] } } }), token],
    ['a secret', () => authWith(), good],
    ['a decryption key', () => decryptingAuth(x25519.privateKey), encrypted],
  ])(
    'imports %s again for the next request, if the runtime cancelled the import with its request',
    async (_name, makeAuth, text) => {
      const auth = makeAuth()
      vi.spyOn(crypto.subtle, 'importKey').mockImplementationOnce(() => new Promise(() => undefined))
      void resultOf(auth.verifyToken(text))
      await settle()
      expect(await resultOf(auth.verifyToken(text))).toBe('accepted')
    },
  )
})
