import { parseBase64url } from '#platform'
import type { PublicMembers } from './verification-key.ts'

const integer = 0x02
const bitString = 0x03
const sequence = 0x30

const rsa = '300d06092a864886f70d0101010500'
const ed25519 = '300506032b6570'
const curves: ReadonlyMap<string, string> = new Map([
  ['P-256', '301306072a8648ce3d020106082a8648ce3d030107'],
  ['P-384', '301006072a8648ce3d020106052b81040022'],
  ['P-521', '301006072a8648ce3d020106052b81040023'],
])
const mlDsa: ReadonlyMap<string, string> = new Map([
  ['ML-DSA-44', '300b0609608648016503040311'],
  ['ML-DSA-65', '300b0609608648016503040312'],
  ['ML-DSA-87', '300b0609608648016503040313'],
])

/** Writes a checked public JWK as a SubjectPublicKeyInfo (RFC 5280 section 4.1). */
export function jwkToSpki(jwk: PublicMembers): Uint8Array<ArrayBuffer> {
  const bytes = (name: string) => parseBase64url(jwk[name] ?? '') ?? new Uint8Array()
  switch (jwk['kty']) {
    case 'RSA':
      return spki(rsa, der(sequence, der(integer, unsigned(bytes('n'))), der(integer, unsigned(bytes('e')))))
    case 'EC':
      return spki(curves.get(jwk['crv'] ?? ''), joined(Uint8Array.of(4), bytes('x'), bytes('y')))
    case 'OKP':
      return spki(ed25519, bytes('x'))
    default:
      return spki(mlDsa.get(jwk['alg'] ?? ''), bytes('pub'))
  }
}

/** `algorithm` is the whole AlgorithmIdentifier, in hex. */
function spki(algorithm: string | undefined, key: Uint8Array): Uint8Array<ArrayBuffer> {
  if (algorithm === undefined) throw new TypeError('A JWK of a type or curve that is not supported')
  return der(sequence, fromHex(algorithm), der(bitString, Uint8Array.of(0), key))
}

/** A number without the zero bytes in front, and with one where the first bit would be read as a sign. */
function unsigned(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0)
  const number = start === -1 ? Uint8Array.of(0) : bytes.subarray(start)
  return (number[0] ?? 0) < 0x80 ? number : joined(Uint8Array.of(0), number)
}

function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
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
