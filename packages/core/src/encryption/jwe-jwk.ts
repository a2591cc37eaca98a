import { bytesOf, curves, findRsaFault, checkMemberSizes } from '../keys/jwk.ts'
import { hasMember, isJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import { getOwn } from '../lib/properties.ts'
import type { JweKeyInfo } from './jwe-key.ts'
import { contentEncryption, wrappedKeyBytes } from './jwe-key.ts'

/** Which part of a key pair is expected: the private key decrypts, the public key encrypts. */
export type KeyPart = 'private' | 'public'

/** A checked JWK: its members are only those that the import needs. */
export interface JweJwk {
  readonly info: JweKeyInfo
  readonly members: Readonly<Record<string, string>>
  readonly fingerprint: string
}

interface KeyType extends Omit<JweKeyInfo, 'kid'> {
  /** The members that make up the expected part, besides `kty`. */
  readonly members: readonly string[]
  readonly privateMembers: readonly string[]
  /** The member whose value no other key has. */
  readonly uniqueMember: string
  /** `key_ops` must allow one of these operations. Empty for a public key on a curve, which has no operation of JWE. */
  readonly operations: readonly string[]
  readonly fault: (jwk: JsonObject) => string | null
}

/** Reads a JWK (RFC 7517, 7518 section 6, 8037) as a key for JWE, or returns what is wrong with it, without any value. */
export function readJweJwk(value: unknown, part: KeyPart): JweJwk | { readonly fault: string } {
  if (!isJsonObject(value)) return { fault: 'a value that is not an object' }
  const type = findKeyType(value, part)
  if (type === null) return { fault: 'a key of a type or curve that is not supported for encryption' }
  const kid = getOwn(value, 'kid')
  if (kid !== undefined && typeof kid !== 'string') return { fault: 'a key whose kid is not a string' }
  const fault = findPartFault(value, part, type) ?? findUseFault(value, type) ?? findMemberFault(value, type)
  if (fault !== null) return { fault }
  const { algorithm, curve, encryptedKeyBytes, uniqueMember } = type
  const members = Object.fromEntries(['kty', ...type.members].map((name) => [name, String(getOwn(value, name))]))
  const fingerprint = fingerprintOf(curve ?? algorithm, members[uniqueMember] ?? '')
  return { info: { kid: kid ?? null, algorithm, curve, encryptedKeyBytes }, members, fingerprint }
}

/** Returns a string that is equal for two keys exactly if they are the same key. */
export function fingerprintOf(kind: string, uniqueValue: string): string {
  return `${kind} ${uniqueValue}`
}

/** Requires the expected part of the key pair. A public key must not have private members: it is given to others. */
function findPartFault(jwk: JsonObject, part: KeyPart, { privateMembers }: KeyType): string | null {
  if (hasMember(jwk, 'oth')) return 'an RSA key with more than two primes'
  if (privateMembers.length === 0) return null
  const isPrivate = privateMembers.some((name) => hasMember(jwk, name))
  if (part === 'private') return isPrivate ? null : 'a public key, which cannot decrypt'
  return isPrivate ? 'a private key (use its public part)' : null
}

function findUseFault(jwk: JsonObject, { algorithm, operations }: KeyType): string | null {
  const use = getOwn(jwk, 'use')
  if (use !== undefined && use !== 'enc') return 'a key that is not for encryption (use)'
  const allowed = getOwn(jwk, 'key_ops')
  const isAllowed = Array.isArray(allowed) && operations.some((name) => allowed.includes(name))
  if (allowed !== undefined && operations.length > 0 && !isAllowed)
    return `a key that is not for ${operations.join(' or ')} (key_ops)`
  const alg = getOwn(jwk, 'alg')
  // `alg` of a secret may also be the content encryption algorithm, as in RFC 7520 section 5.6.
  if (alg === undefined || alg === algorithm || (algorithm === 'dir' && alg === contentEncryption)) return null
  return `a key for an algorithm other than ${algorithm} (alg)`
}

function findMemberFault(jwk: JsonObject, { members, fault }: KeyType): string | null {
  const missing = members.find((name) => bytesOf(jwk, name) === null && name !== 'crv')
  return missing === undefined ? fault(jwk) : `a key whose "${missing}" is missing or not base64url`
}

const rsaPublic = ['n', 'e']
const rsaPrivate = ['d', 'p', 'q', 'dp', 'dq', 'qi']

function findKeyType(jwk: JsonObject, part: KeyPart): KeyType | null {
  const crv = getOwn(jwk, 'crv')
  switch (getOwn(jwk, 'kty')) {
    case 'RSA':
      return rsaType(jwk, part)
    case 'EC': {
      const [, bytes] = curves.get(crv) ?? []
      return bytes === undefined ? null : curveType(String(crv), part, { x: bytes, y: bytes })
    }
    case 'OKP':
      return crv === 'X25519' ? curveType(crv, part, { x: 32 }) : null
    case 'oct':
      return secretType(part)
    default:
      return null
  }
}

function rsaType(jwk: JsonObject, part: KeyPart): KeyType {
  return {
    algorithm: 'RSA-OAEP-256',
    curve: null,
    encryptedKeyBytes: modulusBytes(bytesOf(jwk, 'n')),
    members: part === 'private' ? [...rsaPublic, ...rsaPrivate] : rsaPublic,
    privateMembers: rsaPrivate,
    uniqueMember: 'n',
    operations: part === 'private' ? ['decrypt', 'unwrapKey'] : ['encrypt', 'wrapKey'],
    fault: findRsaFault,
  }
}

/** The size of a modulus without leading zero bytes. */
export function modulusBytes(n: Uint8Array | null): number {
  return n === null ? 0 : n.length - n.findIndex((byte) => byte !== 0)
}

function curveType(curve: string, part: KeyPart, sizes: Readonly<Record<string, number>>): KeyType {
  const isPrivate = part === 'private'
  return {
    algorithm: 'ECDH-ES+A256KW',
    curve,
    encryptedKeyBytes: wrappedKeyBytes,
    members: ['crv', ...Object.keys(sizes), ...(isPrivate ? ['d'] : [])],
    privateMembers: ['d'],
    uniqueMember: isPrivate ? 'd' : 'x',
    operations: isPrivate ? ['deriveBits', 'deriveKey'] : [],
    // On all of these curves, the private number has the size of a coordinate.
    fault: checkMemberSizes(isPrivate ? { ...sizes, d: sizes['x'] ?? 0 } : sizes),
  }
}

function secretType(part: KeyPart): KeyType {
  return {
    algorithm: 'dir',
    curve: null,
    encryptedKeyBytes: 0,
    members: ['k'],
    privateMembers: [],
    uniqueMember: 'k',
    operations: [part === 'private' ? 'decrypt' : 'encrypt'],
    fault: () => null,
  }
}
