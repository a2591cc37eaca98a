import { parseBase64url } from '#platform'
import type { CryptoKey } from 'jose'
import { getOwn } from '../lib/properties.ts'
import { toHex } from '../lib/der.ts'
import { hasMember, isJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import { findAlgorithm, rsaAlgorithms } from '../lib/algorithms.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import { makeVerificationKey } from './verification-key.ts'
import type { PublicMembers } from './asn1.ts'
import type { VerificationKey } from './verification-key.ts'

/** Why a JWK cannot verify. `ignorable`: it has another purpose or an unknown type, which is normal in a JWK Set. */
export interface JwkFault {
  readonly fault: string
  readonly ignorable: boolean
}

interface KeyType {
  /** The members that make up the public key, in addition to `kty`. */
  readonly members: readonly string[]
  readonly algorithms: readonly Algorithm[]
  readonly fault?: (jwk: JsonObject) => string | null
}

/** The NIST curves, with the signature algorithm of each and the size of its coordinates in bytes. */
export const curves: ReadonlyMap<unknown, readonly [algorithm: Algorithm, coordinateBytes: number]> = new Map([
  ['P-256', ['ES256', 32]],
  ['P-384', ['ES384', 48]],
  ['P-521', ['ES512', 66]],
])
const mlDsaKeyBytes: ReadonlyMap<unknown, readonly [algorithm: Algorithm, keyBytes: number]> = new Map([
  ['ML-DSA-44', ['ML-DSA-44', 1312]],
  ['ML-DSA-65', ['ML-DSA-65', 1952]],
  ['ML-DSA-87', ['ML-DSA-87', 2592]],
])
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv', 'k']

const fatal = (fault: string): JwkFault => ({ fault, ignorable: false })
const ignorable = (fault: string): JwkFault => ({ fault, ignorable: true })

/**
 * Reads a public JWK (RFC 7517, 7518, 8037, 9964) as a verification key, or returns what is wrong with it. The text
 * shows nothing of the key. Secrets and private keys are rejected: a JWK Set is public, so anyone could sign tokens with
 * them.
 */
export function readJwk(value: unknown): VerificationKey | JwkFault {
  if (!isJsonObject(value)) return ignorable('a value that is not an object')
  const kty = getOwn(value, 'kty')
  if (kty === 'oct') return fatal('a secret (kty oct), not a public key')
  const secret = privateMembers.find((name) => hasMember(value, name))
  if (secret !== undefined) return fatal(`a private key (with "${secret}"; use its public part)`)
  const kid = getOwn(value, 'kid')
  if (kid !== undefined && typeof kid !== 'string') return fatal('a key whose kid is not a string')
  const useFault = findUseFault(value)
  if (useFault !== null) return ignorable(useFault)
  const type = findKeyType(value, kty)
  if (type === null) return ignorable('a key of an unsupported type or curve')
  return toVerificationKey(value, type, { kid: kid ?? null, kty: String(kty) })
}

/**
 * Whether two keys have the same kid and an algorithm in common. A token with this kid and algorithm matches both keys, so
 * it does not say which of them verifies it.
 */
export function isAmbiguousWith(one: VerificationKey, other: VerificationKey): boolean {
  return one.kid !== null && one.kid === other.kid && one.algorithms.some((name) => other.algorithms.includes(name))
}

function toVerificationKey(
  jwk: JsonObject,
  type: KeyType,
  names: { kid: string | null; kty: string },
): VerificationKey | JwkFault {
  const members: Record<string, string> = {}
  for (const name of ['kty', ...type.members]) {
    const value = getOwn(jwk, name)
    if (typeof value !== 'string') return fatal(`a key of type ${names.kty} without "${name}"`)
    members[name] = value
  }
  const fault = type.fault?.(jwk) ?? null
  if (fault !== null) return fatal(fault)
  const alg = getOwn(jwk, 'alg')
  if (alg === undefined) return makeKey(names, type.algorithms, members)
  const algorithm = typeof alg === 'string' ? findAlgorithm(alg) : undefined
  if (algorithm === undefined) return ignorable('a key for an unsupported algorithm')
  if (!type.algorithms.includes(algorithm))
    return fatal(`a key of type ${names.kty} whose alg does not match its type or curve`)
  return makeKey(names, [algorithm], members)
}

function makeKey(names: { kid: string | null; kty: string }, algorithms: readonly Algorithm[], jwk: PublicMembers) {
  return makeVerificationKey({ ...names, algorithms }, { jwk })
}

const notForVerification = 'a key that is not for verification (key_ops)'

function findUseFault(jwk: JsonObject): string | null {
  const use = getOwn(jwk, 'use')
  if (use !== undefined && use !== 'sig') return 'a key that is not for signatures (use)'
  const operations = getOwn(jwk, 'key_ops')
  if (operations === undefined) return null
  if (!Array.isArray(operations) || !operations.includes('verify')) return notForVerification
  // RFC 7517 section 4.3: an array of different strings.
  const isValid = operations.every((name, at) => typeof name === 'string' && operations.indexOf(name) === at)
  return isValid ? null : notForVerification
}

function findKeyType(jwk: JsonObject, kty: unknown): KeyType | null {
  const crv = getOwn(jwk, 'crv')
  if (kty === 'RSA') return { members: ['n', 'e'], algorithms: rsaAlgorithms, fault: findRsaFault }
  if (kty === 'OKP' && crv === 'Ed25519') {
    return { members: ['crv', 'x'], algorithms: ['EdDSA'], fault: findEd25519Fault }
  }
  const curve = kty === 'EC' ? curves.get(crv) : undefined
  if (curve !== undefined) {
    const [algorithm, bytes] = curve
    return { members: ['crv', 'x', 'y'], algorithms: [algorithm], fault: checkMemberSizes({ x: bytes, y: bytes }) }
  }
  const mlDsa = kty === 'AKP' ? mlDsaKeyBytes.get(getOwn(jwk, 'alg')) : undefined
  if (mlDsa === undefined) return null
  return { members: ['alg', 'pub'], algorithms: [mlDsa[0]], fault: checkMemberSizes({ pub: mlDsa[1] }) }
}

/** Returns a check for members that must have a certain size in bytes. */
export function checkMemberSizes(sizes: Readonly<Record<string, number>>) {
  return (jwk: JsonObject): string | null => {
    const wrong = Object.keys(sizes).find((name) => bytesOf(jwk, name)?.length !== sizes[name])
    return wrong === undefined ? null : `a key whose "${wrong}" has the wrong size for its type or curve`
  }
}

const checkEd25519Size = checkMemberSizes({ x: 32 })
/** The y coordinates of all points of small order, without the sign bit, in hex. Two of them are written in a second way. */
const smallOrders: ReadonlySet<string> = new Set([
  `00${'00'.repeat(30)}00`,
  `01${'00'.repeat(30)}00`,
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
])

/**
 * A point of small order, such as a key of 32 zero bytes, is the public key of no private key: runtimes accept made-up
 * signatures for it, one in eight or more (RFC 8032 leaves the check to the application).
 */
function findEd25519Fault(jwk: JsonObject): string | null {
  const bytes = bytesOf(jwk, 'x')
  const y = bytes?.map((byte, at) => (at === 31 ? byte & 0x7f : byte))
  if (y !== undefined && smallOrders.has(toHex(y))) return 'an Ed25519 key that is a point of small order'
  return checkEd25519Size(jwk)
}

/** Returns what is wrong with the public part of an RSA key, or null. */
export function findRsaFault(jwk: JsonObject): string | null {
  const modulus = bytesOf(jwk, 'n')
  const exponent = bytesOf(jwk, 'e')
  if (modulus === null || exponent === null) return 'an RSA key whose n or e is not base64url'
  const sizeFault = findRsaSizeFault(bitLength(modulus), exponent)
  return sizeFault === null && !isOdd(modulus) ? 'an RSA key whose modulus is even' : sizeFault
}

const minModulusBits = 2048
/** The time of a verification grows with the square of the modulus and with the length of the exponent. */
const maxModulusBits = 8192
const maxExponentBits = 32

/** Returns an error text if an RSA key is too small to be secure, or so large that verification is slow; otherwise null. */
export function findRsaSizeFault(modulusBits: number, exponent: Uint8Array): string | null {
  if (!(modulusBits >= minModulusBits)) return `an RSA key of ${modulusBits} bits (min ${minModulusBits})`
  if (modulusBits > maxModulusBits) return `an RSA key of ${modulusBits} bits (max ${maxModulusBits})`
  const exponentBits = bitLength(exponent)
  if (!isOdd(exponent) || exponentBits < 2) return 'an RSA key whose exponent is even or 1'
  if (exponentBits <= maxExponentBits) return null
  return `an RSA key whose exponent has ${exponentBits} bits (max ${maxExponentBits})`
}

/** Returns what is wrong with the size of a CryptoKey, or null if the size is allowed or the key is not an RSA key. */
export function findCryptoKeyFault({ algorithm }: CryptoKey): string | null {
  const bits = getOwn(algorithm, 'modulusLength')
  if (bits === undefined) return null
  const exponent = getOwn(algorithm, 'publicExponent')
  return findRsaSizeFault(Number(bits), exponent instanceof Uint8Array ? exponent : new Uint8Array())
}

/** Decodes a member from canonical base64url, or returns null. */
export function bytesOf(jwk: JsonObject, name: string): Uint8Array | null {
  const value = getOwn(jwk, name)
  return typeof value === 'string' ? parseBase64url(value) : null
}

function isOdd(number: Uint8Array): boolean {
  return ((number.at(-1) ?? 0) & 1) === 1
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0)
  if (first === -1) return 0
  return (bytes.length - first) * 8 - (Math.clz32(bytes[first] ?? 0) - 24)
}
