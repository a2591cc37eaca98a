import { createDecrypter } from '@claimcheck/core/encryption'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createAuth } from '@claimcheck/core'
import type { Auth } from '@claimcheck/core'
import type { DecryptionKey } from '@claimcheck/core/encryption'
import { CompactEncrypt } from 'jose'
import { goodClaims, hmacOptions, signHmac } from '../src/hmac-issuer.ts'

/** A valid encrypted token, and an Auth that accepts it. */
interface EncryptedToken {
  readonly kind: string
  readonly auth: Auth
  readonly token: string
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const x25519 = generateKeyPairSync('x25519')
const secret = randomBytes(32)

/** One for each key management algorithm, and another for X25519. */
export const encryptedTokens: readonly EncryptedToken[] = await Promise.all([
  encrypted('RSA-OAEP-256', rsa.publicKey, rsa.privateKey),
  encrypted('ECDH-ES+A256KW', p256.publicKey, p256.privateKey),
  encrypted('ECDH-ES+A256KW', x25519.publicKey, x25519.privateKey, ' on X25519'),
  encrypted('dir', secret, secret),
])

async function encrypted(
  alg: string,
  key: Parameters<CompactEncrypt['encrypt']>[0],
  keys: DecryptionKey,
  note = '',
): Promise<EncryptedToken> {
  const plaintext = Buffer.from(signHmac(JSON.stringify(goodClaims)))
  const token = await new CompactEncrypt(plaintext).setProtectedHeader({ alg, enc: 'A256GCM', cty: 'JWT' }).encrypt(key)
  return { kind: `${alg}${note}`, auth: createAuth({ ...hmacOptions, decrypt: createDecrypter({ keys }) }), token }
}
