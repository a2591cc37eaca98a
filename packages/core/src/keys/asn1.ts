import { parseBase64url } from '#platform'
import { toBase64url } from '../lib/base64.ts'
import {
  bitString,
  concatBytes,
  fromHex,
  integer,
  objectIdentifier,
  readElement,
  readElements,
  sequence,
  toHex,
  writeElement,
  writeUnsigned,
} from '../lib/der.ts'
import type { Element } from '../lib/der.ts'

/** The members of a public JWK that make up the key, and no others. */
export type PublicMembers = Readonly<Record<string, string>>

/** The object identifier of keys on NIST curves (RFC 5480 section 2.1.1), in hex. */
export const ecKey = '2a8648ce3d0201'

/** The curves by their object identifiers in hex (RFC 5480 section 2.1.1.1). */
export const namedCurves: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

const keyTypes: Readonly<Record<string, (key: Uint8Array) => PublicMembers>> = {
  '2a864886f70d010101': (key) => {
    const [n, e] = readElements(readElement(key, sequence).content)
    if (n?.tag !== integer || e?.tag !== integer) throw new SyntaxError('not an RSA key')
    return { kty: 'RSA', n: toBase64urlUInt(n.content), e: toBase64urlUInt(e.content) }
  },
  '2b656e': (key) => ({ kty: 'OKP', crv: 'X25519', x: toBase64url(key) }),
  '2b6570': (key) => ({ kty: 'OKP', crv: 'Ed25519', x: toBase64url(key) }),
  '608648016503040311': (key) => ({ kty: 'AKP', alg: 'ML-DSA-44', pub: toBase64url(key) }),
  '608648016503040312': (key) => ({ kty: 'AKP', alg: 'ML-DSA-65', pub: toBase64url(key) }),
  '608648016503040313': (key) => ({ kty: 'AKP', alg: 'ML-DSA-87', pub: toBase64url(key) }),
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1) as a JWK. Throws a SyntaxError. */
export function spkiToJwk(der: Uint8Array): PublicMembers {
  const outer = readElement(der, sequence)
  if (outer.rest.length > 0) throw new SyntaxError('bytes follow the key')
  const [algorithm, subjectPublicKey] = readElements(outer.content)
  if (algorithm?.tag !== sequence || subjectPublicKey?.tag !== bitString) throw new SyntaxError('not a public key')
  const [identifier, parameters] = readElements(algorithm.content)
  if (identifier?.tag !== objectIdentifier || subjectPublicKey.content[0] !== 0)
    throw new SyntaxError('not a public key')
  const key = subjectPublicKey.content.subarray(1)
  const name = toHex(identifier.content)
  if (name === ecKey) return ecPointToJwk(key, parameters)
  const toJwk = Object.hasOwn(keyTypes, name) ? keyTypes[name] : undefined
  if (toJwk === undefined) throw new SyntaxError('an unsupported key type')
  return toJwk(key)
}

const version = 0xa0

/**
 * Returns the SubjectPublicKeyInfo of an X.509 certificate. Throws a SyntaxError. Dates and issuer are not checked: the
 * operator trusts the key by configuring it.
 */
export function certificateToSpki(der: Uint8Array): Uint8Array {
  const fields = readElements(readElement(readElement(der, sequence).content, sequence).content)
  const key = fields[fields[0]?.tag === version ? 6 : 5]
  if (key?.tag !== sequence) throw new SyntaxError('not a certificate')
  return key.whole
}

function ecPointToJwk(point: Uint8Array, parameters: Element | undefined): PublicMembers {
  const name = parameters?.tag === objectIdentifier ? toHex(parameters.content) : ''
  const crv = Object.hasOwn(namedCurves, name) ? namedCurves[name] : undefined
  if (crv === undefined || point[0] !== 4) throw new SyntaxError('an unsupported curve or form of the point')
  const size = (point.length - 1) / 2
  return { kty: 'EC', crv, x: toBase64url(point.slice(1, 1 + size)), y: toBase64url(point.slice(1 + size)) }
}

/** The content of a DER INTEGER that is not negative, as JWK encodes it: Base64urlUInt (RFC 7518 section 2). */
export function toBase64urlUInt(content: Uint8Array): string {
  return toBase64url(content[0] === 0 ? content.slice(1) : content)
}

/** The AlgorithmIdentifiers of the key types, in hex. */
const rsaIdentifier = '300d06092a864886f70d0101010500'
const ed25519Identifier = '300506032b6570'
const curveIdentifiers: ReadonlyMap<string, string> = new Map([
  ['P-256', '301306072a8648ce3d020106082a8648ce3d030107'],
  ['P-384', '301006072a8648ce3d020106052b81040022'],
  ['P-521', '301006072a8648ce3d020106052b81040023'],
])
const mlDsaIdentifiers: ReadonlyMap<string, string> = new Map([
  ['ML-DSA-44', '300b0609608648016503040311'],
  ['ML-DSA-65', '300b0609608648016503040312'],
  ['ML-DSA-87', '300b0609608648016503040313'],
])

/** Writes a checked public JWK as a SubjectPublicKeyInfo (RFC 5280 section 4.1). */
export function jwkToSpki(jwk: PublicMembers): Uint8Array<ArrayBuffer> {
  const bytes = (name: string) => parseBase64url(jwk[name] ?? '') ?? new Uint8Array()
  switch (jwk['kty']) {
    case 'RSA':
      return toSpki(rsaIdentifier, writeElement(sequence, writeUnsigned(bytes('n')), writeUnsigned(bytes('e'))))
    case 'EC':
      return toSpki(curveIdentifiers.get(jwk['crv'] ?? ''), concatBytes(Uint8Array.of(4), bytes('x'), bytes('y')))
    case 'OKP':
      return toSpki(ed25519Identifier, bytes('x'))
    default:
      return toSpki(mlDsaIdentifiers.get(jwk['alg'] ?? ''), bytes('pub'))
  }
}

/** `algorithm` is the whole AlgorithmIdentifier, in hex. */
function toSpki(algorithm: string | undefined, key: Uint8Array): Uint8Array<ArrayBuffer> {
  if (algorithm === undefined) throw new TypeError('A JWK of an unsupported type or curve')
  return writeElement(sequence, fromHex(algorithm), writeElement(bitString, Uint8Array.of(0), key))
}
