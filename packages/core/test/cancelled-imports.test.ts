import { afterEach, describe, expect, it, vi } from 'vitest'
import { settle } from './key-server.ts'
import { byX25519, decryptingAuth, good, x25519 } from './encrypted.ts'
import { importPublicKey } from './stalled-import.ts'
import { authWith, keyPair, resultOf, sign } from './tokens.ts'

vi.mock(import('#platform'), { spy: true })

const pair = await keyPair('ES256', 'k1')
const token = await sign({}, { alg: 'ES256', kid: 'k1' }, pair.privateKey)
const encrypted = byX25519({ plaintext: good })

const never = () => new Promise<never>(() => undefined)
const stallPublicKey = () => void importPublicKey.mockImplementationOnce(never)
const stallWebCrypto = () => void vi.spyOn(crypto.subtle, 'importKey').mockImplementationOnce(never)

afterEach(() => {
  vi.restoreAllMocks()
  importPublicKey.mockReset()
})

describe('key imports', () => {
  it.each([
    ['a public key', () => authWith({ keys: { jwks: { keys: [pair.jwk] } } }), token, stallPublicKey],
    ['a secret', () => authWith(), good, stallWebCrypto],
    ['a decryption key', () => decryptingAuth(x25519.privateKey), encrypted, stallWebCrypto],
  ])(
    'imports %s again for the next request, if the runtime cancelled the import with its request',
    async (_name, makeAuth, text, stall) => {
      const auth = makeAuth()
      stall()
      void resultOf(auth.verifyToken(text))
      await settle()
      expect(await resultOf(auth.verifyToken(text))).toBe('accepted')
    },
  )
})
