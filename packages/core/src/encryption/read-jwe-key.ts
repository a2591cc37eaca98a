import { parseBase64url } from '#platform'
import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { ecKey, namedCurves } from '../keys/asn1.ts'
import { findCryptoKeyFault, curves, findRsaFault } from '../keys/jwk.ts'
import { parsePem, pemToJwk } from '../keys/public-key.ts'
import type { CryptoKeyLike, Jwk, JwkLike, KeyObjectLike, PublicKey } from '../keys/public-key.ts'
import { rejectPredictable } from '../keys/secret.ts'
import { toBase64url } from '../lib/base64.ts'
import { integer, objectIdentifier, octetString, readElement, readSequence, readUnsigned, toHex } from '../lib/der.ts'
import type { Element } from '../lib/der.ts'
import { hasOwn, getOwn } from '../lib/properties.ts'
import { fingerprintOf, modulusBytes, readJweJwk } from './jwe-jwk.ts'
import type { KeyPart } from './jwe-jwk.ts'
import { contentKeyBytes, JweKey, wrappedKeyBytes } from './jwe-key.ts'
import type { JweKeyInfo } from './jwe-key.ts'

/** A private key: PEM (PKCS #8), a JWK, a CryptoKey or a Node KeyObject. */
export type PrivateKey = string | Jwk | JwkLike | CryptoKeyLike | KeyObjectLike

/** A key that decrypts: a private key (RSA, P-256, P-384, P-521, X25519), or a secret of 32 bytes (Uint8Array or JWK). */
export type DecryptionKey = PrivateKey | Uint8Array

/** A key that encrypts: the public key of such a pair, or the same secret. */
export type EncryptionKey = PublicKey | Uint8Array

const expectedKeys: Readonly<Record<KeyPart, string>> = {
  private: 'a private key (PEM of PKCS #8, a JWK, a CryptoKey or a KeyObject) or a secret of 32 bytes',
  public: 'a public key (PEM of SPKI or X.509, a JWK, a CryptoKey or a KeyObject) or a secret of 32 bytes',
}

/** Reads a key for JWE in any form. Throws a ConfigError, whose message shows nothing of the key. */
export function readJweKey(field: string, value: unknown, part: KeyPart): JweKey {
  if (typeof value === 'string') return part === 'private' ? fromPkcs8(field, value) : fromPublicPem(field, value)
  if (value instanceof Uint8Array) return fromSecret(field, null, value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(
      field,
      expectedKeys[part],
      value === undefined ? 'undefined' : `a value of type ${typeof value}`,
    )
  }
  const kind = Object.prototype.toString.call(value)
  if (kind === '[object CryptoKey]') return readCryptoKey(field, value as CryptoKey, part)
  if (kind !== '[object KeyObject]') return fromJwk(field, value, part)
  return fromJwk(field, exportJwk(field, value as KeyObjectLike, part), part)
}

function fromJwk(field: string, value: unknown, part: KeyPart): JweKey {
  const read = readJweJwk(value, part)
  if (hasOwn(read, 'fault')) throw new ConfigError(field, expectedKeys[part], read.fault)
  const { info, members, fingerprint } = read
  if (info.algorithm !== 'dir') return new JweKey(field, info, { jwk: members }, fingerprint)
  return fromSecret(field, info.kid, parseBase64url(members['k'] ?? '') ?? new Uint8Array())
}

function fromSecret(field: string, kid: string | null, bytes: Uint8Array): JweKey {
  const expected = `a secret of exactly ${contentKeyBytes} random bytes (create it with \`openssl rand ${contentKeyBytes}\`)`
  if (bytes.length !== contentKeyBytes) throw new ConfigError(field, expected, `${bytes.length} bytes`)
  rejectPredictable(field, bytes, expected)
  const secret = new Uint8Array(bytes)
  const info = { kid, algorithm: 'dir', curve: null, encryptedKeyBytes: 0 } as const
  return new JweKey(field, info, { secret }, fingerprintOf('dir', toBase64url(secret)))
}

/** A KeyObject must be the expected part of the key pair, or a secret, which is both. */
function exportJwk(field: string, keyObject: KeyObjectLike, part: KeyPart): unknown {
  if (keyObject.type !== part && keyObject.type !== 'secret') {
    throw new ConfigError(field, expectedKeys[part], `a ${keyObject.type} KeyObject`)
  }
  try {
    return keyObject.export({ format: 'jwk' })
  } catch {
    throw new ConfigError(field, expectedKeys[part], 'a KeyObject of another type')
  }
}

function fromPublicPem(field: string, text: string): JweKey {
  return fromJwk(field, pemToJwk(field, text), 'public')
}

function fromPkcs8(field: string, text: string): JweKey {
  const pem = parsePem(text)
  if (pem?.label !== 'PRIVATE KEY') {
    const expected =
      'one PEM block PRIVATE KEY (PKCS #8, not encrypted: `openssl pkcs8 -topk8 -nocrypt`), or a secret as bytes'
    throw new ConfigError(field, expected, pem === null ? 'another string' : pem.kind)
  }
  const key = parsePkcs8(field, () => pem.toDer())
  if (key.kty === 'RSA') {
    const fault = findRsaFault(key)
    if (fault !== null) throw new ConfigError(field, expectedKeys.private, fault)
    const encryptedKeyBytes = modulusBytes(parseBase64url(key.n))
    const info = { kid: null, algorithm: 'RSA-OAEP-256', curve: null, encryptedKeyBytes } as const
    return new JweKey(field, info, { pkcs8: text.trim() }, fingerprintOf('RSA-OAEP-256', key.n))
  }
  const { crv, d } = key
  const [, bytes = 32] = curves.get(crv) ?? []
  const info = { kid: null, algorithm: 'ECDH-ES+A256KW', curve: crv, encryptedKeyBytes: wrappedKeyBytes } as const
  return new JweKey(field, info, { pkcs8: text.trim() }, fingerprintOf(crv, padStart(d, bytes)))
}

function parsePkcs8(field: string, toDer: () => Uint8Array): Pkcs8Key {
  try {
    return readPkcs8(toDer())
  } catch {
    throw new ConfigError(field, 'a PEM key of type RSA, EC (P-256, P-384, P-521) or X25519', 'another PEM key')
  }
}

/** Some tools write the private key of a curve without leading zero bytes. */
function padStart(d: string, bytes: number): string {
  const number = parseBase64url(d) ?? new Uint8Array()
  const whole = new Uint8Array(Math.max(bytes, number.length))
  whole.set(number, whole.length - number.length)
  return toBase64url(whole)
}

/** Reads a CryptoKey as a key for JWE. Throws a ConfigError. */
export function readCryptoKey(field: string, key: CryptoKey, part: KeyPart): JweKey {
  const info = infoOf(key)
  const usage = usageOf(key, part)
  if (key.type !== part || info === null || (usage !== null && !key.usages.includes(usage))) {
    const received = `a ${key.type} key for ${key.algorithm.name}, usages [${key.usages.join(', ')}]`
    throw new ConfigError(field, expectedCryptoKey(part), received)
  }
  const bits = Number(getOwn(key.algorithm, 'modulusLength') ?? Infinity)
  if (bits < 2048) throw new ConfigError(field, 'an RSA key of at least 2048 bits', `an RSA key of ${bits} bits`)
  const fault = findCryptoKeyFault(key)
  if (fault !== null) throw new ConfigError(field, expectedCryptoKey(part), fault)
  return new JweKey(field, info, { cryptoKey: key }, key)
}

function expectedCryptoKey(part: KeyPart): string {
  const usages = part === 'private' ? ['decrypt', 'deriveBits'] : ['encrypt', 'none']
  return `a ${part} CryptoKey: RSA-OAEP with SHA-256 (usage ${usages[0]}), ECDH or X25519 (usage ${usages[1]})`
}

/** The usage that jose requires. A public key on a curve needs none: keys are derived with the ephemeral private key. */
function usageOf({ algorithm }: CryptoKey, part: KeyPart): 'decrypt' | 'encrypt' | 'deriveBits' | null {
  if (algorithm.name === 'RSA-OAEP') return part === 'private' ? 'decrypt' : 'encrypt'
  return part === 'private' ? 'deriveBits' : null
}

function infoOf({ algorithm }: CryptoKey): JweKeyInfo | null {
  if (algorithm.name === 'RSA-OAEP') {
    const { hash, modulusLength } = algorithm as { readonly hash?: { readonly name: string }; modulusLength?: number }
    if (hash?.name !== 'SHA-256' || modulusLength === undefined) return null
    return { kid: null, algorithm: 'RSA-OAEP-256', curve: null, encryptedKeyBytes: Math.ceil(modulusLength / 8) }
  }
  const curve = curveOf(algorithm)
  if (curve === null) return null
  return { kid: null, algorithm: 'ECDH-ES+A256KW', curve, encryptedKeyBytes: wrappedKeyBytes }
}

function curveOf(algorithm: CryptoKey['algorithm']): string | null {
  if (algorithm.name === 'X25519') return 'X25519'
  if (algorithm.name !== 'ECDH') return null
  const curve = String(getOwn(algorithm, 'namedCurve'))
  return curves.has(curve) ? curve : null
}

/** A private key in PKCS #8. It is not a complete JWK, because the public key of a curve is optional there. */
type Pkcs8Key =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC' | 'OKP'; readonly crv: string; readonly d: string }

const rsaIdentifier = '2a864886f70d010101'
const x25519Identifier = '2b656e'

/**
 * Reads a PrivateKeyInfo (RFC 5958 section 2) of a supported type. Throws a SyntaxError that shows nothing of the key.
 */
function readPkcs8(der: Uint8Array): Pkcs8Key {
  const [version, algorithm, privateKey] = readSequence(der)
  if (version?.tag !== integer || algorithm === undefined || privateKey?.tag !== octetString) {
    throw new SyntaxError('not a private key')
  }
  const [identifier, parameters] = readSequence(algorithm.whole)
  switch (identifier?.tag === objectIdentifier ? toHex(identifier.content) : '') {
    case rsaIdentifier:
      return readRsaKey(privateKey.content)
    case ecKey:
      return readEcKey(privateKey.content, parameters)
    case x25519Identifier:
      return { kty: 'OKP', crv: 'X25519', d: toBase64url(readElement(privateKey.content, octetString).content) }
    default:
      throw new SyntaxError('an unsupported key type')
  }
}

/** Reads an RSAPrivateKey (RFC 8017 appendix A.1.2). Version 0 means that it has two primes. */
function readRsaKey(key: Uint8Array): Pkcs8Key {
  const [version, n, e] = readSequence(key)
  if (readUnsigned(version)[0] !== 0) throw new SyntaxError('an RSA key with more than two primes')
  return { kty: 'RSA', n: toBase64url(readUnsigned(n)), e: toBase64url(readUnsigned(e)) }
}

/** Reads an ECPrivateKey (RFC 5915). */
function readEcKey(key: Uint8Array, parameters: Element | undefined): Pkcs8Key {
  const name = parameters?.tag === objectIdentifier ? toHex(parameters.content) : ''
  const crv = Object.hasOwn(namedCurves, name) ? namedCurves[name] : undefined
  const [version, d] = readSequence(key)
  if (crv === undefined || version?.tag !== integer || d?.tag !== octetString) {
    throw new SyntaxError('an unsupported curve or form of the key')
  }
  return { kty: 'EC', crv, d: toBase64url(d.content) }
}
