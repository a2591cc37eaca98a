import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { findAlgorithm } from '../lib/algorithms.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import { fromBase64 } from '../lib/base64.ts'
import { classProperty, hasOwn, getOwn } from '../lib/properties.ts'
import { certificateToSpki, spkiToJwk } from './asn1.ts'
import { findCryptoKeyFault, readJwk } from './jwk.ts'
import { makeVerificationKey } from './verification-key.ts'
import type { VerificationKey } from './verification-key.ts'

/** The part of a Node KeyObject that is used. Core does not import Node's types. */
export interface KeyObjectLike {
  readonly type: string
  export(options: { format: 'jwk' }): unknown
}

/** A public JWK (RFC 7517). */
export interface Jwk {
  readonly kty?: string
  readonly [member: string]: unknown
}

/** A CryptoKey of Node, browsers or jose, whose types differ in the names of algorithms and usages. */
export interface CryptoKeyLike {
  readonly type: string
  readonly algorithm: { readonly name: string }
  readonly extractable: boolean
  readonly usages: readonly string[]
}

/** A JWK whose type lists its members, such as the platform's JsonWebKey. */
export interface JwkLike {
  readonly kty?: string | undefined
}

/** A public key: PEM (SPKI or an X.509 certificate), a JWK, a CryptoKey or a Node KeyObject. */
export type PublicKey = string | Jwk | JwkLike | CryptoKeyLike | KeyObjectLike

/** Reads a public key in any form as a verification key. Throws a ConfigError, whose message shows nothing of the key. */
export function parsePublicKey(field: string, value: unknown): VerificationKey {
  const expected = 'a public key: PEM (PUBLIC KEY or CERTIFICATE), a JWK, a CryptoKey or a KeyObject'
  if (typeof value === 'string') return fromJwk(field, pemToJwk(field, value))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(field, expected, value === undefined ? 'undefined' : `a value of type ${typeof value}`)
  }
  const kind = Object.prototype.toString.call(value)
  if (kind === '[object CryptoKey]') return fromCryptoKey(field, value as CryptoKey)
  if (kind !== '[object KeyObject]') return fromJwk(field, value)
  const keyObject = value as KeyObjectLike
  if (keyObject.type !== 'public') throw new ConfigError(field, expected, `a ${keyObject.type} KeyObject`)
  // Such a key limits hash and salt, which its JWK would not contain.
  if (classProperty(keyObject, 'asymmetricKeyType') === 'rsa-pss')
    throw new ConfigError(field, 'a key for signatures', 'a KeyObject of type rsa-pss')
  return fromJwk(field, exportJwk(field, keyObject))
}

function fromJwk(field: string, value: unknown): VerificationKey {
  const key = readJwk(value)
  if (hasOwn(key, 'fault')) throw new ConfigError(field, 'a public key for signatures', key.fault)
  return key
}

function exportJwk(field: string, keyObject: KeyObjectLike): unknown {
  try {
    return keyObject.export({ format: 'jwk' })
  } catch {
    throw new ConfigError(field, 'a key for signatures', 'a KeyObject of another type')
  }
}

/** Reads a PEM block that contains a public key or certificate as a JWK. Throws a ConfigError. */
export function pemToJwk(field: string, text: string): unknown {
  const pem = parsePem(text)
  const label = pem?.label ?? ''
  if (label.includes('PRIVATE')) throw new ConfigError(field, 'a public key', 'a private key (use its public part)')
  if (pem === null || (label !== 'PUBLIC KEY' && label !== 'CERTIFICATE')) {
    const received = pem === null ? 'another string' : pem.kind
    throw new ConfigError(field, 'one PEM block PUBLIC KEY (SPKI) or CERTIFICATE (X.509)', received)
  }
  try {
    const der = pem.toDer()
    return spkiToJwk(label === 'CERTIFICATE' ? certificateToSpki(der) : der)
  } catch (cause) {
    const expected = 'a PEM key of type RSA, EC (P-256, P-384, P-521), Ed25519 or ML-DSA'
    throw new ConfigError(field, expected, 'another PEM key', { cause })
  }
}

function fromCryptoKey(field: string, key: CryptoKey): VerificationKey {
  const algorithm = algorithmOfCryptoKey(key)
  if (key.type !== 'public' || !key.usages.includes('verify') || algorithm === null) {
    const received = `a ${key.type} key for ${key.algorithm.name}, usages [${key.usages.join(', ')}]`
    throw new ConfigError(field, 'a public CryptoKey with the usage verify and an algorithm for signatures', received)
  }
  const bits = Number(getOwn(key.algorithm, 'modulusLength') ?? Infinity)
  if (bits < 2048) throw new ConfigError(field, 'an RSA key of at least 2048 bits', `an RSA key of ${bits} bits`)
  const fault = findCryptoKeyFault(key)
  if (fault !== null) throw new ConfigError(field, 'a public key for signatures', fault)
  const kty = /^[RP]S/.test(algorithm)
    ? 'RSA'
    : algorithm.startsWith('ES')
      ? 'EC'
      : algorithm === 'EdDSA'
        ? 'OKP'
        : 'AKP'
  return makeVerificationKey({ kid: null, kty, algorithms: [algorithm] }, { cryptoKey: key })
}

const curveAlgorithms: ReadonlyMap<unknown, Algorithm> = new Map([
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
])

/** Returns the one algorithm that a CryptoKey was created for; null if it is not a supported signature algorithm. */
function algorithmOfCryptoKey(key: CryptoKey): Algorithm | null {
  const { name } = key.algorithm
  if (name === 'ECDSA' && Object.hasOwn(key.algorithm, 'namedCurve')) {
    return curveAlgorithms.get(getOwn(key.algorithm, 'namedCurve')) ?? null
  }
  if (name === 'Ed25519' || name.startsWith('ML-DSA-')) return findAlgorithm(name) ?? null
  const prefix = name === 'RSASSA-PKCS1-v1_5' ? 'RS' : name === 'RSA-PSS' ? 'PS' : null
  if (prefix === null || !Object.hasOwn(key.algorithm, 'hash')) return null
  const hash = getOwn(key.algorithm, 'hash') as { readonly name: string }
  return findAlgorithm(prefix + hash.name.replace('SHA-', '')) ?? null
}

/** One PEM block (RFC 7468). */
export interface Pem {
  /** Such as `PUBLIC KEY`. */
  readonly label: string
  /** The kind of block, for errors. Unknown labels are not shown, because they could be part of a secret. */
  readonly kind: string
  /** Decodes the content. Throws if it is not base64. */
  toDer(): Uint8Array
}

const commonLabels: ReadonlySet<string> = new Set([
  'PUBLIC KEY',
  'RSA PUBLIC KEY',
  'PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'OPENSSH PRIVATE KEY',
  'CERTIFICATE',
  'CERTIFICATE REQUEST',
])
const pemBlock = /^-----BEGIN ([A-Z0-9 ]+)-----\s([A-Za-z0-9+/=\s]+)-----END \1-----$/

/** Parses a string that is exactly one PEM block, or returns null. */
export function parsePem(text: string): Pem | null {
  const [, label, body] = pemBlock.exec(text.trim()) ?? []
  if (label === undefined || body === undefined) return null
  const toDer = () => fromBase64(body.replaceAll(/\s/g, ''))
  return { label, kind: commonLabels.has(label) ? `a PEM block "${label}"` : 'another PEM block', toDer }
}
