import { channel } from 'node:diagnostics_channel'
import { constants, createHmac, createSecretKey, KeyObject, timingSafeEqual, verify } from 'node:crypto'
import type { CryptoKey } from 'jose'
import type { Algorithm, HmacAlgorithm } from '../lib/algorithms.ts'
import { toDerSignature } from './node/der-signature.ts'
import { toPssKey } from './node/pss-key.ts'
import { signatureBytes } from './signature-check.ts'
import type { Channel } from './channel.ts'
import type { CompactJws, SignatureCheck } from './signature-check.ts'
import { createSignatureCheck as createWebCheck, parseText as parseTextOnTheWeb } from './web.ts'

export { warn } from './web.ts'

/** Decodes base64url, or gives null unless the text is the one canonical spelling of its bytes (RFC 7515 section 2). */
export function parseBase64url(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

/** A copy of an ASCII text that shares no memory with a longer text that it was cut from. */
export function copyText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

const scratch = Buffer.alloc(8192)
const replacement = '\u{FFFD}'

/** Decodes the canonical base64url of UTF-8 text, or gives null. */
export function parseText(part: string): string | null {
  if (part.length > scratch.length) return parseTextOnTheWeb(part)
  const length = scratch.write(part, 'base64url')
  if (scratch.toString('base64url', 0, length) !== part) return null
  const text = scratch.toString('utf8', 0, length)
  // What is no UTF-8 leaves this character, which may also have been sent.
  return text.includes(replacement) ? parseTextOnTheWeb(part) : text
}

/**
 * Makes the check of signatures by a key, with Node's own crypto. What takes milliseconds there (P-384, P-521), what it
 * does not know as well, and keys that Node means to give to Web Crypto alone are jose's, which works on other threads.
 */
export function createSignatureCheck(key: CryptoKey, algorithm: Algorithm): SignatureCheck {
  if (!key.extractable) return createWebCheck(key, algorithm)
  switch (algorithm) {
    case 'RS256':
    case 'RS384':
    case 'RS512':
      return plainCheck(KeyObject.from(key), hashOf(algorithm), signatureBytes(key))
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return pssCheck(KeyObject.from(key), hashOf(algorithm), signatureBytes(key))
    case 'ES256':
      return ecdsaCheck(KeyObject.from(key))
    case 'EdDSA':
      return plainCheck(KeyObject.from(key), null, null)
    default:
      return createWebCheck(key, algorithm)
  }
}

/** Opens a channel of node:diagnostics_channel; it is the same one for everybody who names it. */
export function openChannel(name: string): Channel {
  return channel(name)
}

/** Makes the check of HMACs by a secret. */
export function createSecretCheck(secret: Uint8Array, algorithm: HmacAlgorithm): SignatureCheck {
  const key = createSecretKey(secret)
  const hash = hashOf(algorithm)
  return ({ token, signedLength, signature }) => {
    const mac = createHmac(hash, key).update(token.slice(0, signedLength), 'latin1')
    // A string and a pooled buffer are made faster than a buffer of its own.
    const expected = Buffer.from(mac.digest('binary'), 'latin1')
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  }
}

function hashOf(algorithm: string): string {
  return `sha${algorithm.slice(2)}`
}

/** The key is handed over bare: wrapped in an object it is read anew for every signature. */
function plainCheck(given: KeyObject, hash: string | null, length: number | null): SignatureCheck {
  const key = withOwnOptions(given)
  return (jws) => {
    if (length !== null && jws.signature.length !== length) return false
    return verify(hash, signedBytes(jws), key, jws.signature)
  }
}

/** Bun, which runs what was bundled for Node, reads no key that is for PSS alone: there the padding is beside the key. */
function pssCheck(key: KeyObject, hash: string, length: number | null): SignatureCheck {
  const pssKey = findPssKey(key, hash)
  if (pssKey !== null) return plainCheck(pssKey, hash, length)
  const padded = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(hash.slice('sha'.length)) / 8 }
  return (jws) => {
    if (length !== null && jws.signature.length !== length) return false
    return verify(hash, signedBytes(jws), padded, jws.signature)
  }
}

function findPssKey(key: KeyObject, hash: string): KeyObject | null {
  try {
    return toPssKey(key, hash)
  } catch {
    return null
  }
}

/** r and s, each as long as the order of P-256 (RFC 7518 section 3.4). */
const es256Bytes = 64

function ecdsaCheck(given: KeyObject): SignatureCheck {
  const key = withOwnOptions(given)
  return (jws) => {
    if (jws.signature.length !== es256Bytes) return false
    return verify('sha256', signedBytes(jws), key, toDerSignature(jws.signature))
  }
}

/** Node reads these options of `verify` from the key, through its prototypes: own properties keep them undefined. */
function withOwnOptions(key: KeyObject): KeyObject {
  return Object.assign(key, { padding: undefined, saltLength: undefined, dsaEncoding: undefined, context: undefined })
}

/** The parser let nothing but ASCII pass. */
function signedBytes({ token, signedLength }: CompactJws): Uint8Array {
  return Buffer.from(token.slice(0, signedLength), 'latin1')
}
