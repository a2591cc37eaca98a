import { parseBase64url } from '#platform'
import { base64url } from 'jose'

/** The properties of a public JWK that make up the key, and no others. */
export type PublicMembers = Readonly<Record<string, string>>

/** One element of DER (X.690). */
export interface Element {
  readonly tag: number
  readonly content: Uint8Array
  /** The element whole, header and all. */
  readonly whole: Uint8Array
  readonly rest: Uint8Array
}

export const integer = 0x02
export const bitString = 0x03
export const octetString = 0x04
export const objectIdentifier = 0x06
export const sequence = 0x30

/** An INTEGER that is not negative, as JWK writes it (RFC 7518 section 6.3.1). */
export function unsigned(content: Uint8Array): string {
  return base64url.encode(content[0] === 0 ? content.slice(1) : content)
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The elements that stand in the content of another. */
export function elements(content: Uint8Array): Element[] {
  const found: Element[] = []
  for (let rest = content; rest.length > 0; rest = found.at(-1)?.rest ?? rest.subarray(rest.length)) {
    found.push(readElement(rest))
  }
  return found
}

/** The one element of that tag that the bytes begin with, or a SyntaxError. */
export function readAs(der: Uint8Array, tag: number): Element {
  const element = readElement(der)
  if (element.tag !== tag) throw new SyntaxError('an unexpected DER element')
  return element
}

/** One DER element: a tag of one byte, and a length in the short form or in one to three bytes. */
function readElement(der: Uint8Array): Element {
  const [tag, first] = der
  if (tag === undefined || first === undefined) throw new SyntaxError('truncated DER')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 3 || first === 0x80) throw new SyntaxError('an unsupported DER length')
  const start = 2 + lengthBytes
  const length = lengthBytes === 0 ? first : der.subarray(2, start).reduce((sum, byte) => sum * 256 + byte, 0)
  const end = start + length
  if (end > der.length) throw new SyntaxError('truncated DER')
  return { tag, content: der.subarray(start, end), whole: der.subarray(0, end), rest: der.subarray(end) }
}

const version = 0xa0

/** Keys of NIST's curves, and the curves, by their object identifiers (RFC 5480 section 2.1.1). */
export const ecKey = '2a8648ce3d0201'
const keyTypes: Readonly<Record<string, (key: Uint8Array) => PublicMembers>> = {
  '2a864886f70d010101': (key) => {
    const [n, e] = elements(readAs(key, sequence).content)
    if (n?.tag !== integer || e?.tag !== integer) throw new SyntaxError('not an RSA key')
    return { kty: 'RSA', n: unsigned(n.content), e: unsigned(e.content) }
  },
  '2b656e': (key) => ({ kty: 'OKP', crv: 'X25519', x: base64url.encode(key) }),
  '2b6570': (key) => ({ kty: 'OKP', crv: 'Ed25519', x: base64url.encode(key) }),
  '608648016503040311': (key) => ({ kty: 'AKP', alg: 'ML-DSA-44', pub: base64url.encode(key) }),
  '608648016503040312': (key) => ({ kty: 'AKP', alg: 'ML-DSA-65', pub: base64url.encode(key) }),
  '608648016503040313': (key) => ({ kty: 'AKP', alg: 'ML-DSA-87', pub: base64url.encode(key) }),
}
export const namedCurves: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1) as a JWK, or throws a SyntaxError. */
export function spkiToJwk(der: Uint8Array): PublicMembers {
  const outer = readAs(der, sequence)
  if (outer.rest.length > 0) throw new SyntaxError('bytes follow the key')
  const [algorithm, subjectPublicKey] = elements(outer.content)
  if (algorithm?.tag !== sequence || subjectPublicKey?.tag !== bitString) throw new SyntaxError('not a public key')
  const [identifier, parameters] = elements(algorithm.content)
  if (identifier?.tag !== objectIdentifier || subjectPublicKey.content[0] !== 0)
    throw new SyntaxError('not a public key')
  const key = subjectPublicKey.content.subarray(1)
  const name = hex(identifier.content)
  if (name === ecKey) return ecPoint(key, parameters)
  const toJwk = Object.hasOwn(keyTypes, name) ? keyTypes[name] : undefined
  if (toJwk === undefined) throw new SyntaxError('an unsupported key type')
  return toJwk(key)
}

/** Takes the SubjectPublicKeyInfo out of an X.509 certificate; its dates and issuer are not judged. */
export function certificateToSpki(der: Uint8Array): Uint8Array {
  const fields = elements(readAs(readAs(der, sequence).content, sequence).content)
  const key = fields[fields[0]?.tag === version ? 6 : 5]
  if (key?.tag !== sequence) throw new SyntaxError('not a certificate')
  return key.whole
}

function ecPoint(point: Uint8Array, parameters: Element | undefined): PublicMembers {
  const name = parameters?.tag === objectIdentifier ? hex(parameters.content) : ''
  const crv = Object.hasOwn(namedCurves, name) ? namedCurves[name] : undefined
  if (crv === undefined || point[0] !== 4) throw new SyntaxError('an unsupported curve or form of the point')
  const size = (point.length - 1) / 2
  return { kty: 'EC', crv, x: base64url.encode(point.slice(1, 1 + size)), y: base64url.encode(point.slice(1 + size)) }
}

/** AlgorithmIdentifiers of the key types, in hex. */
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
      return toSpki(
        rsaIdentifier,
        encode(sequence, encode(integer, toInteger(bytes('n'))), encode(integer, toInteger(bytes('e')))),
      )
    case 'EC':
      return toSpki(curveIdentifiers.get(jwk['crv'] ?? ''), joined(Uint8Array.of(4), bytes('x'), bytes('y')))
    case 'OKP':
      return toSpki(ed25519Identifier, bytes('x'))
    default:
      return toSpki(mlDsaIdentifiers.get(jwk['alg'] ?? ''), bytes('pub'))
  }
}

/** `algorithm` is the whole AlgorithmIdentifier, in hex. */
function toSpki(algorithm: string | undefined, key: Uint8Array): Uint8Array<ArrayBuffer> {
  if (algorithm === undefined) throw new TypeError('A JWK of an unsupported type or curve')
  return encode(sequence, fromHex(algorithm), encode(bitString, Uint8Array.of(0), key))
}

/** A number without the zero bytes in front, and with one where the first bit would be read as a sign. */
function toInteger(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0)
  const number = start === -1 ? Uint8Array.of(0) : bytes.subarray(start)
  return (number[0] ?? 0) < 0x80 ? number : joined(Uint8Array.of(0), number)
}

/** Encodes an element. */
function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = joined(...contents)
  const { length } = content
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return joined(Uint8Array.of(tag, ...head), content)
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}
