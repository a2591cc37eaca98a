import { createDecrypter } from '../src/encryption.ts'
import type { DecryptionKey } from '../src/encryption.ts'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isAuthError, toErrorResponse } from '../src/index.ts'
import type { Auth } from '../src/index.ts'
import { forgeDir, forgeEcdh, forgeRsa } from './forge-jwe.ts'
import { authWith, sign } from './tokens.ts'

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
export const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
export const x25519 = generateKeyPairSync('x25519')
export const shared = randomBytes(32)
export const octJwk = { kty: 'oct', k: shared.toString('base64url'), kid: 'enc-1', use: 'enc', alg: 'dir' }

export const byRsa = forgeRsa(rsa.publicKey)
export const byP256 = forgeEcdh(p256.publicKey)
export const byP384 = forgeEcdh(p384.publicKey)
export const byP521 = forgeEcdh(p521.publicKey)
export const byX25519 = forgeEcdh(x25519.publicKey)
export const byDir = forgeDir(shared)

/** The signed token that the tests encrypt. */
export const good = await sign()

export function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

export function jwkOf(key: KeyObject, properties: object = {}) {
  return { ...key.export({ format: 'jwk' }), ...properties }
}

/** An Auth with these decryption keys. */
export function decryptingAuth(...keys: readonly unknown[]): Auth {
  return authWith({ decrypt: createDecrypter({ keys: keys as readonly DecryptionKey[] }) })
}

/** The complete error response for a token, or 'accepted'. */
export async function responseTo(auth: Auth, token: string): Promise<unknown> {
  try {
    await auth.verifyToken(token)
    return 'accepted'
  } catch (error) {
    return isAuthError(error) ? toErrorResponse(error) : error
  }
}

/** The error response for a string that is not a token. */
export const malformed = await responseTo(authWith(), 'garbage')
