import { channel } from 'node:diagnostics_channel'
import { constants, createHmac, createSecretKey, KeyObject, timingSafeEqual, verify } from 'node:crypto'
import type { CryptoKey } from 'jose'
import type { Algorithm, HmacAlgorithm } from '../lib/algorithms.ts'
import { toDerSignature, toPssKey } from './node-der.ts'
import { signatureBytes } from './signature-check.ts'
import type { CompactJws, SignatureCheck } from './signature-check.ts'
import { createSignatureCheck as createWebCheck, parseText as parseTextOnWeb } from './web.ts'
import type { Channel } from './web.ts'

export { warn } from './web.ts'

/**
 * Decodes base64url (RFC 7515 section 2). Returns null if the string is not the canonical encoding of its bytes.
 * Otherwise the same token could be written in several ways, and code that blocks a token by its string would miss the
 * others.
 */
export function parseBase64url(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

/** Copies an ASCII string. A slice keeps the whole string that it was cut from in memory; the copy does not. */
export function copyText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

const scratch = Buffer.alloc(8192)
const replacementCharacter = '\u{FFFD}'

/** Decodes canonical base64url of UTF-8 text, or returns null. */
export function parseText(part: string): string | null {
  if (part.length > scratch.length) return parseTextOnWeb(part)
  const length = scratch.write(part, 'base64url')
  if (scratch.toString('base64url', 0, length) !== part) return null
  const text = scratch.toString('utf8', 0, length)
  // Invalid UTF-8 decodes to this character, but the client can also have sent it, so the strict decoder decides.
  return text.includes(replacementCharacter) ? parseTextOnWeb(part) : text
}

/**
 * Creates a signature check with Node's crypto, which is synchronous. Web Crypto, which works on other threads, checks
 * P-384 and P-521, because they take milliseconds; ML-DSA, which not every version of Node supports; and keys that are
 * not extractable, because Node deprecates converting them to a KeyObject.
 */
export function createSignatureCheck(key: CryptoKey, algorithm: Algorithm): SignatureCheck {
  if (!key.extractable) return createWebCheck(key, algorithm)
  switch (algorithm) {
    case 'RS256':
    case 'RS384':
    case 'RS512':
      return createVerifyCheck(KeyObject.from(key), hashOf(algorithm), signatureBytes(key))
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return createPssCheck(KeyObject.from(key), hashOf(algorithm), signatureBytes(key))
    case 'ES256':
      return createEcdsaCheck(KeyObject.from(key))
    case 'EdDSA':
      return createVerifyCheck(KeyObject.from(key), null, null)
    default:
      return createWebCheck(key, algorithm)
  }
}

/** Opens a channel of node:diagnostics_channel. All code that uses the same name gets the same channel. */
export function openChannel(name: string): Channel {
  return channel(name)
}

/** Creates a check of HMACs with a secret. The comparison takes constant time, so that timing reveals no bytes. */
export function createSecretCheck(secret: Uint8Array, algorithm: HmacAlgorithm): SignatureCheck {
  const key = createSecretKey(secret)
  const hash = hashOf(algorithm)
  return ({ token, signedLength, signature }) => {
    const mac = createHmac(hash, key).update(token.slice(0, signedLength), 'latin1')
    // A digest as a string and a pooled buffer is faster than a digest as a new buffer.
    const expected = Buffer.from(mac.digest('binary'), 'latin1')
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  }
}

function hashOf(algorithm: string): string {
  return `sha${algorithm.slice(2)}`
}

/**
 * Creates a check that calls `verify` without options and with the signature as the token contains it. `hash` is null for
 * EdDSA, and `length` is null if the length of the signature is not checked before. The key is passed as a KeyObject
 * because Node would parse a key in an options object again for every signature.
 */
function createVerifyCheck(keyObject: KeyObject, hash: string | null, length: number | null): SignatureCheck {
  const key = withOwnOptions(keyObject)
  return (jws) => {
    if (length !== null && jws.signature.length !== length) return false
    return verify(hash, signedBytes(jws), key, jws.signature)
  }
}

/** Bun can run a bundle made for Node, but cannot read PSS keys. There the padding is passed as options. */
function createPssCheck(key: KeyObject, hash: string, length: number | null): SignatureCheck {
  const pssKey = tryToPssKey(key, hash)
  if (pssKey !== null) return createVerifyCheck(pssKey, hash, length)
  const saltLength = Number(hash.slice('sha'.length)) / 8
  const keyWithPadding = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
  return (jws) => {
    if (length !== null && jws.signature.length !== length) return false
    return verify(hash, signedBytes(jws), keyWithPadding, jws.signature)
  }
}

function tryToPssKey(key: KeyObject, hash: string): KeyObject | null {
  try {
    return toPssKey(key, hash)
  } catch {
    return null
  }
}

/** The size of r and s together, each as long as the order of P-256 (RFC 7518 section 3.4). */
const es256Bytes = 64

function createEcdsaCheck(keyObject: KeyObject): SignatureCheck {
  const key = withOwnOptions(keyObject)
  return (jws) => {
    if (jws.signature.length !== es256Bytes) return false
    return verify('sha256', signedBytes(jws), key, toDerSignature(jws.signature))
  }
}

/** Own properties keep a polluted prototype from setting these options, which `verify` reads from the key. */
function withOwnOptions(key: KeyObject): KeyObject {
  return Object.assign(key, { padding: undefined, saltLength: undefined, dsaEncoding: undefined, context: undefined })
}

/** The parser accepts only ASCII, so latin1 is exact, and faster than UTF-8. */
function signedBytes({ token, signedLength }: CompactJws): Uint8Array {
  return Buffer.from(token.slice(0, signedLength), 'latin1')
}
