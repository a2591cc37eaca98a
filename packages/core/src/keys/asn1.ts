import { parseBase64url } from '#platform'
import { toBase64url } from '../lib/base64.ts'
import {
  bitString,
  concatBytes,
  fromHex,
  objectIdentifier,
  readSequence,
  readUnsigned,
  sequence,
  toHex,
  writeElement,
  writeUnsigned,
} from '../lib/der.ts'
import type { Element } from '../lib/der.ts'

/** The members of a public JWK that make up the key, and no others. */
export type PublicMembers = Readonly<Record<string, string>>

const nullElement = '0500'
/** The first byte of a point whose two coordinates follow. */
const uncompressed = 4

/** The object identifier of keys on NIST curves (RFC 5480 section 2.1.1), in hex. */
export const ecKey = '2a8648ce3d0201'

/** The curves by their object identifiers in hex (RFC 5480 section 2.1.1.1). */
export const namedCurves: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

/** Reads the key of a SubjectPublicKeyInfo. `parameters` are the elements after the object identifier. */
type KeyReader = (key: Uint8Array, parameters: readonly Element[]) => PublicMembers

/**
 * The readers by object identifier. A key of RSASSA-PSS has none: its parameters limit hash and salt, and a JWK cannot
 * contain them.
 */
const keyReaders: Readonly<Record<string, KeyReader>> = {
  '2a864886f70d010101': readRsaKey,
  [ecKey]: readEcPoint,
  '2b656e': readerOf((x) => ({ kty: 'OKP', crv: 'X25519', x })),
  '2b6570': readerOf((x) => ({ kty: 'OKP', crv: 'Ed25519', x })),
  '608648016503040311': readerOf((pub) => ({ kty: 'AKP', alg: 'ML-DSA-44', pub })),
  '608648016503040312': readerOf((pub) => ({ kty: 'AKP', alg: 'ML-DSA-65', pub })),
  '608648016503040313': readerOf((pub) => ({ kty: 'AKP', alg: 'ML-DSA-87', pub })),
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1) as a JWK. Throws a SyntaxError. */
export function spkiToJwk(der: Uint8Array): PublicMembers {
  const [algorithm, subjectPublicKey, ...others] = readSequence(der)
  const [unusedBits, ...key] = subjectPublicKey?.tag === bitString ? subjectPublicKey.content : []
  if (algorithm === undefined || unusedBits !== 0 || others.length > 0) throw new SyntaxError('not a public key')
  const [identifier, ...parameters] = readSequence(algorithm.whole)
  const name = identifier?.tag === objectIdentifier ? toHex(identifier.content) : ''
  const readKey = Object.hasOwn(keyReaders, name) ? keyReaders[name] : undefined
  if (readKey === undefined) throw new SyntaxError('an unsupported key type')
  return readKey(Uint8Array.from(key), parameters)
}

/** Reads an RSAPublicKey (RFC 8017 appendix A.1.1). The parameters should be NULL, but some tools omit them. */
function readRsaKey(key: Uint8Array, parameters: readonly Element[]): PublicMembers {
  const [n, e, ...others] = readSequence(key)
  const hasParameters = parameters.some(({ whole }) => toHex(whole) !== nullElement)
  if (hasParameters || parameters.length > 1 || others.length > 0) throw new SyntaxError('not an RSA key')
  return { kty: 'RSA', n: toBase64url(readUnsigned(n)), e: toBase64url(readUnsigned(e)) }
}

/** Reads an uncompressed point (RFC 5480 section 2.2). */
function readEcPoint(point: Uint8Array, [curve, ...others]: readonly Element[]): PublicMembers {
  const name = curve?.tag === objectIdentifier ? toHex(curve.content) : ''
  const crv = Object.hasOwn(namedCurves, name) ? namedCurves[name] : undefined
  if (crv === undefined || others.length > 0 || point[0] !== uncompressed) {
    throw new SyntaxError('an unsupported curve or form of the point')
  }
  const size = (point.length - 1) / 2
  return { kty: 'EC', crv, x: toBase64url(point.slice(1, 1 + size)), y: toBase64url(point.slice(1 + size)) }
}

/** Reads a key whose type has no parameters (RFC 8410, RFC 9881). */
function readerOf(toJwk: (key: string) => PublicMembers): KeyReader {
  return (key, parameters) => {
    if (parameters.length > 0) throw new SyntaxError('a key with parameters that its type does not have')
    return toJwk(toBase64url(key))
  }
}

const version = 0xa0

/**
 * Returns the SubjectPublicKeyInfo of an X.509 certificate. Throws a SyntaxError. Dates, issuer and signature are not
 * checked: the operator trusts the key by configuring it.
 */
export function certificateToSpki(der: Uint8Array): Uint8Array {
  const [content, algorithm, signature, ...others] = readSequence(der)
  const isCertificate = algorithm?.tag === sequence && signature?.tag === bitString && others.length === 0
  const fields = content === undefined ? [] : readSequence(content.whole)
  const key = fields[fields[0]?.tag === version ? 6 : 5]
  if (!isCertificate || key?.tag !== sequence) throw new SyntaxError('not a certificate')
  return key.whole
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
      return toSpki(
        curveIdentifiers.get(jwk['crv'] ?? ''),
        concatBytes(Uint8Array.of(uncompressed), bytes('x'), bytes('y')),
      )
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
