import {
  constants,
  createCipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'

type Properties = Readonly<Record<string, unknown>>

/** The parts of a JWE. They are not checked, so that invalid JWEs can be made. */
export interface JweParts {
  /** Properties that are merged over the header of the algorithm, or the whole header as a string. */
  readonly header?: Properties | string
  readonly plaintext: string | Uint8Array
  readonly contentKey?: Uint8Array
}

/** Encrypts with a fixed key, whatever the header contains. */
export type Forge = (parts: JweParts) => string

/** Encrypts with a shared secret (`dir`). */
export function forgeDir(secret: Uint8Array): Forge {
  return ({ header, plaintext }) => seal(headerText('dir', {}, header), '', secret, plaintext)
}

/** Encrypts with an RSA public key: OAEP with SHA-256. */
export function forgeRsa(key: KeyObject): Forge {
  return ({ header, plaintext, contentKey = randomBytes(32) }) => {
    const padded = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
    const encryptedKey = publicEncrypt(padded, contentKey).toString('base64url')
    return seal(headerText('RSA-OAEP-256', {}, header), encryptedKey, contentKey, plaintext)
  }
}

/** Encrypts with the public key of a curve: ECDH-ES+A256KW (RFC 7518 section 4.6). `more` is merged into the ephemeral key. */
export function forgeEcdh(key: KeyObject, more: Properties = {}): Forge {
  return ({ header, plaintext, contentKey = randomBytes(32) }) => {
    const { privateKey } = key.asymmetricKeyType === 'x25519' ? generateKeyPairSync('x25519') : pairOn(key)
    const epk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), ...more }
    const wrapping = concatKdf(diffieHellman({ privateKey, publicKey: key }), 'ECDH-ES+A256KW')
    const cipher = createCipheriv('id-aes256-wrap', wrapping, Buffer.alloc(8, 0xa6))
    const wrapped = Buffer.concat([cipher.update(contentKey), cipher.final()]).toString('base64url')
    return seal(headerText('ECDH-ES+A256KW', { epk }, header), wrapped, contentKey, plaintext)
  }
}

function pairOn(key: KeyObject) {
  return generateKeyPairSync('ec', { namedCurve: key.asymmetricKeyDetails?.namedCurve ?? '' })
}

function headerText(alg: string, more: Properties, header: Properties | string = {}): string {
  if (typeof header === 'string') return header
  return JSON.stringify({ alg, enc: 'A256GCM', cty: 'JWT', ...more, ...header })
}

function seal(header: string, encryptedKey: string, contentKey: Uint8Array, plaintext: string | Uint8Array): string {
  const head = Buffer.from(header).toString('base64url')
  const iv = randomBytes(12)
  const cipher = createCipheriv(contentKey.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', contentKey, iv).setAAD(
    Buffer.from(head),
  )
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(plaintext)), cipher.final()])
  const [ivPart, text, tag] = [iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))
  return [head, encryptedKey, ivPart, text, tag].join('.')
}

/** One round of Concat KDF is sufficient for a key of 256 bits (RFC 7518 section 4.6.2). */
function concatKdf(agreed: Uint8Array, algorithm: string): Uint8Array {
  const number = (value: number) => Buffer.from([0, 0, value >> 8, value & 255])
  const parts = [number(1), agreed, number(algorithm.length), Buffer.from(algorithm), number(0), number(0), number(256)]
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}
