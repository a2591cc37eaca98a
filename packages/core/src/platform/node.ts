import { channel } from 'node:diagnostics_channel'
import type { AsymmetricKeyDetails } from 'node:crypto'
import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import type { CryptoKey } from 'jose'
import type { HmacAlgorithm, PublicAlgorithm } from '../lib/algorithms.ts'
import { getOwn, withoutPrototype } from '../lib/properties.ts'
import { toDerSignature, toPssKey } from './node-der.ts'
import type { CompactJws, SignatureCheck } from './signature-check.ts'
import { createSignatureCheck as createWebCheck, parseText as parseTextOnWeb, rsaSignatureBytes } from './web.ts'
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

/** Imports a public key, written as a SubjectPublicKeyInfo, and creates its signature check. */
export function createPublicKeyCheck(spki: Uint8Array<ArrayBuffer>, algorithm: PublicAlgorithm): SignatureCheck {
  const key = createPublicKey(withoutPrototype({ key: Buffer.from(spki), type: 'spki', format: 'der' } as const))
  return createKeyObjectCheck(key, algorithm)
}

/**
 * Creates a signature check for a CryptoKey. Web Crypto keeps the keys that are not extractable, because Node deprecates
 * converting them to a KeyObject.
 */
export function createSignatureCheck(key: CryptoKey, algorithm: PublicAlgorithm): SignatureCheck {
  return key.extractable ? createKeyObjectCheck(KeyObject.from(key), algorithm) : createWebCheck(key, algorithm)
}

/**
 * Creates a signature check with Node's crypto. It is synchronous, except for the slowest algorithms: P-384, P-521 and
 * ML-DSA are checked on other threads, so that other requests do not wait.
 */
function createKeyObjectCheck(key: KeyObject, algorithm: PublicAlgorithm): SignatureCheck {
  requireType(key, algorithm)
  switch (algorithm) {
    case 'RS256':
    case 'RS384':
    case 'RS512':
      return createVerifyCheck(key, hashOf(algorithm), signatureBytes(key))
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return createPssCheck(key, hashOf(algorithm), signatureBytes(key))
    case 'ES256':
      return createEcdsaCheck(key)
    case 'ES384':
      return createThreadCheck(key, 'sha384', 96)
    case 'ES512':
      return createThreadCheck(key, 'sha512', 132)
    case 'EdDSA':
      return createVerifyCheck(key, null, null)
    case 'ML-DSA-44':
    case 'ML-DSA-65':
    case 'ML-DSA-87':
      return createThreadCheck(key, null, null)
  }
}

/** The types of keys as Node names them, and the curve of each algorithm that has several. */
const keyTypes: ReadonlyMap<string, readonly [type: string, curve?: string]> = new Map([
  ['RS', ['rsa']],
  ['PS', ['rsa']],
  ['ES256', ['ec', 'prime256v1']],
  ['ES384', ['ec', 'secp384r1']],
  ['ES512', ['ec', 'secp521r1']],
  ['EdDSA', ['ed25519']],
])

/**
 * Throws a TypeError unless Node has read exactly the type of key that the algorithm needs. A key of type `rsa-pss` is
 * rejected even for PS256: it has its own hash and salt, which `verify` would use instead of those of the algorithm. A
 * version of Node that does not know ML-DSA reads such a key without a type.
 */
function requireType(key: KeyObject, algorithm: PublicAlgorithm): void {
  const [type, curve] = keyTypes.get(algorithm) ?? keyTypes.get(algorithm.slice(0, 2)) ?? [algorithm.toLowerCase()]
  if (key.type === 'public' && key.asymmetricKeyType === type && detailOf(key, 'namedCurve') === curve) return
  throw new TypeError(`Node has read another type of key than ${algorithm} needs`)
}

function detailOf({ asymmetricKeyDetails = {} }: KeyObject, name: keyof AsymmetricKeyDetails): unknown {
  return getOwn(asymmetricKeyDetails, name)
}

function signatureBytes(key: KeyObject): number {
  const bits = detailOf(key, 'modulusLength')
  if (typeof bits !== 'number') throw new TypeError('Node has read an RSA key without a modulus')
  return rsaSignatureBytes(bits)
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

/**
 * Creates a check that calls `verify` with a callback: Node then checks the signature on another thread, so requests do
 * not wait for each other. For a curve, `length` is the size of r and s together, each as long as the order of the curve
 * (RFC 7518 section 3.4). `hash` and `length` are null for ML-DSA.
 */
function createThreadCheck(key: KeyObject, hash: string | null, length: number | null): SignatureCheck {
  const options = { padding: undefined, saltLength: undefined, context: undefined }
  const input = withoutPrototype({ ...options, key, dsaEncoding: 'ieee-p1363' } as const)
  return async (jws) => {
    if (length !== null && jws.signature.length !== length) return false
    return new Promise((resolve, reject) => {
      verify(hash, signedBytes(jws), input, jws.signature, (error, isValid) => {
        if (error === null) resolve(isValid)
        else reject(error)
      })
    })
  }
}

/** Bun can run a bundle made for Node, but cannot read PSS keys. There the padding is passed as options. */
function createPssCheck(key: KeyObject, hash: string, length: number): SignatureCheck {
  const saltLength = Number(hash.slice('sha'.length)) / 8
  const pssKey = tryToPssKey(key, hash, saltLength)
  if (pssKey !== null) return createVerifyCheck(pssKey, hash, length)
  const keyWithPadding = withoutPrototype({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })
  return (jws) => {
    if (jws.signature.length !== length) return false
    return verify(hash, signedBytes(jws), keyWithPadding, jws.signature)
  }
}

/** Returns null if the runtime cannot read such a key, or has read another hash or salt than the algorithm has. */
function tryToPssKey(key: KeyObject, hash: string, saltLength: number): KeyObject | null {
  try {
    const pssKey = toPssKey(key, hash)
    const hasHashes = detailOf(pssKey, 'hashAlgorithm') === hash && detailOf(pssKey, 'mgf1HashAlgorithm') === hash
    return hasHashes && detailOf(pssKey, 'saltLength') === saltLength ? pssKey : null
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
