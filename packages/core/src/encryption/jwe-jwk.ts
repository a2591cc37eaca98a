import { bytesOf, curves, rsaFault, sizeFault } from '../keys/jwk.ts'
import { hasMember, isJsonObject, getOwn } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import type { JweKeyFacts } from './jwe-key.ts'
import { contentEncryption, wrappedKeyBytes } from './jwe-key.ts'

/** Which half of a key is wanted: the private one decrypts, the public one encrypts. */
export type KeyPart = 'private' | 'public'

/** A JWK that may be used: what is known of it, its members for the import, and what tells it from other keys. */
export interface JweJwk {
  readonly facts: JweKeyFacts
  readonly members: Readonly<Record<string, string>>
  readonly identity: string
}

interface KeyType extends Omit<JweKeyFacts, 'kid'> {
  /** The members that make up the half that is wanted. */
  readonly members: readonly string[]
  readonly privateMembers: readonly string[]
  /** The member that no other key has. */
  readonly mark: string
  /** The operations of which `key_ops` must allow one; none are asked of the public half of a curve's key. */
  readonly operations: readonly string[]
  readonly fault: (jwk: JsonObject) => string | null
}

/** Reads a JWK (RFC 7517, 7518 section 6, 8037) as a key of JWE, or says what is wrong with it, and nothing of it. */
export function readJweJwk(value: unknown, part: KeyPart): JweJwk | { readonly fault: string } {
  if (!isJsonObject(value)) return { fault: 'a value that is not an object' }
  const type = keyType(value, part)
  if (type === null) return { fault: 'a key of a type or curve that is not supported for encryption' }
  const kid = getOwn(value, 'kid')
  if (kid !== undefined && typeof kid !== 'string') return { fault: 'a key whose kid is not a string' }
  const fault = halfFault(value, part, type) ?? useFault(value, type) ?? membersFault(value, type)
  if (fault !== null) return { fault }
  const { algorithm, curve, encryptedKeyBytes, mark } = type
  const members = Object.fromEntries(['kty', ...type.members].map((name) => [name, String(getOwn(value, name))]))
  const identity = identityOf(curve ?? algorithm, members[mark] ?? '')
  return { facts: { kid: kid ?? null, algorithm, curve, encryptedKeyBytes }, members, identity }
}

/** What tells a key from every other: its kind, and a number that only it has. */
export function identityOf(kind: string, mark: string): string {
  return `${kind} ${mark}`
}

/** Whether the half that is wanted is there, and, where it is the public one, nothing of the other. */
function halfFault(jwk: JsonObject, part: KeyPart, { privateMembers }: KeyType): string | null {
  if (hasMember(jwk, 'oth')) return 'an RSA key with more than two primes'
  if (privateMembers.length === 0) return null
  const isPrivate = privateMembers.some((name) => hasMember(jwk, name))
  if (part === 'private') return isPrivate ? null : 'a public key, which cannot decrypt'
  return isPrivate ? 'a private key (use its public part)' : null
}

function useFault(jwk: JsonObject, { algorithm, operations }: KeyType): string | null {
  const use = getOwn(jwk, 'use')
  if (use !== undefined && use !== 'enc') return 'a key that is not for encryption (use)'
  const allowed = getOwn(jwk, 'key_ops')
  const isAllowed = Array.isArray(allowed) && operations.some((name) => allowed.includes(name))
  if (allowed !== undefined && operations.length > 0 && !isAllowed)
    return `a key that is not for ${operations.join(' or ')} (key_ops)`
  const alg = getOwn(jwk, 'alg')
  // RFC 7520 section 5.6 writes the encryption of the content into the secret that it is made with.
  if (alg === undefined || alg === algorithm || (algorithm === 'dir' && alg === contentEncryption)) return null
  return `a key for an algorithm other than ${algorithm} (alg)`
}

function membersFault(jwk: JsonObject, { members, fault }: KeyType): string | null {
  const missing = members.find((name) => bytesOf(jwk, name) === null && name !== 'crv')
  return missing === undefined ? fault(jwk) : `a key whose "${missing}" is missing or not base64url`
}

const rsaPublic = ['n', 'e']
const rsaPrivate = ['d', 'p', 'q', 'dp', 'dq', 'qi']

function keyType(jwk: JsonObject, part: KeyPart): KeyType | null {
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
    mark: 'n',
    operations: part === 'private' ? ['decrypt', 'unwrapKey'] : ['encrypt', 'wrapKey'],
    fault: rsaFault,
  }
}

/** The bytes of a modulus without the zeros in front. */
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
    mark: isPrivate ? 'd' : 'x',
    operations: isPrivate ? ['deriveBits', 'deriveKey'] : [],
    // The private number is as long as a coordinate on every one of the curves.
    fault: sizeFault(isPrivate ? { ...sizes, d: sizes['x'] ?? 0 } : sizes),
  }
}

function secretType(part: KeyPart): KeyType {
  return {
    algorithm: 'dir',
    curve: null,
    encryptedKeyBytes: 0,
    members: ['k'],
    privateMembers: [],
    mark: 'k',
    operations: [part === 'private' ? 'decrypt' : 'encrypt'],
    fault: () => null,
  }
}
