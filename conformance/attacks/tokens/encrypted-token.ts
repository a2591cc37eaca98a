import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { Encryption } from '../corpus/token-recipe.ts'
import type { KeyRing } from './key-ring.ts'

/** A JWE in compact form (RFC 7516 section 7.1), of the claims or of whatever is to be unpacked. */
export function encryptToken(recipe: Encryption, claims: unknown, ring: KeyRing): string {
  const { alg, enc, zip } = recipe
  const header = Buffer.from(JSON.stringify({ alg, enc, ...(zip === undefined ? {} : { zip }) })).toString('base64url')
  const [contentKey, encryptedKey] = contentKeys(recipe, ring)
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(header))
  const text = Buffer.concat([cipher.update(plaintext(recipe, claims)), cipher.final()])
  return [header, ...[encryptedKey, iv, text, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.')
}

/** A JWE whose header is all that it comes to: the other parts are noise of the usual sizes. */
export function encryptedNoise(header: Readonly<Record<string, unknown>>): string {
  const parts = [24, 16, 32, 16].map((size) => randomBytes(size).toString('base64url'))
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...parts].join('.')
}

function plaintext({ plaintextRepeat, zip }: Encryption, claims: unknown): Buffer {
  const plain =
    plaintextRepeat === undefined
      ? Buffer.from(JSON.stringify(claims))
      : Buffer.alloc(plaintextRepeat[1], plaintextRepeat[0])
  return zip === undefined ? plain : deflateRawSync(plain)
}

function contentKeys({ alg, key = '', octText }: Encryption, ring: KeyRing): readonly [Buffer, Buffer] {
  if (alg === 'dir') return [octText === undefined ? ring.bytes(key, 'k') : Buffer.from(octText), Buffer.alloc(0)]
  const contentKey = randomBytes(32)
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return [contentKey, publicEncrypt({ key: ring.publicKey(key), padding }, contentKey)]
}
