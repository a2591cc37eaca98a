import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { bitString, fromHex, integer, sequence, writeElement } from '../lib/der.ts'
import { withoutPrototype } from '../lib/properties.ts'

const [hashField, maskField, saltField] = [0xa0, 0xa1, 0xa2]

/** Object identifiers, as whole elements in hex. */
const rsassaPss = '06092a864886f70d01010a'
const mgf1 = '06092a864886f70d010108'
const hashes: Readonly<Record<string, string>> = {
  sha256: '0609608648016503040201',
  sha384: '0609608648016503040202',
  sha512: '0609608648016503040203',
}
const nullElement = '0500'

/**
 * Converts an RSA key to one that verifies only RSASSA-PSS with this hash and a salt of the same length (RFC 4055
 * section 3.1). Node verifies with such a key a quarter faster than with a key and separate padding options.
 */
export function toPssKey(key: KeyObject, hash: string): KeyObject {
  const digest = writeElement(sequence, fromHex(hashes[hash] ?? ''), fromHex(nullElement))
  const mask = writeElement(sequence, fromHex(mgf1), digest)
  const salt = writeElement(integer, Uint8Array.of(Number(hash.slice('sha'.length)) / 8))
  const parameters = writeElement(
    sequence,
    writeElement(hashField, digest),
    writeElement(maskField, mask),
    writeElement(saltField, salt),
  )
  const algorithm = writeElement(sequence, fromHex(rsassaPss), parameters)
  const pkcs1 = key.export(withoutPrototype({ type: 'pkcs1', format: 'der' } as const))
  const spki = writeElement(sequence, algorithm, writeElement(bitString, Uint8Array.of(0), pkcs1))
  return createPublicKey(withoutPrototype({ key: Buffer.from(spki), type: 'spki', format: 'der' } as const))
}

/**
 * Converts a P-256 signature from the concatenation of r and s that JWS uses to DER, which OpenSSL verifies about 30 %
 * faster. The range of the numbers is left to OpenSSL: it rejects zero and numbers that are not below the curve's order.
 */
export function toDerSignature(joined: Uint8Array): Uint8Array {
  const half = joined.length / 2
  const r = startOfNumber(joined, 0, half)
  const s = startOfNumber(joined, half, joined.length)
  const rLength = half - r + signByte(joined, r)
  const sLength = joined.length - s + signByte(joined, s)
  const content = 4 + rLength + sLength
  const der = Buffer.alloc(2 + content)
  der[0] = sequence
  der[1] = content
  writeInteger(der, joined.subarray(r, half), 4 + rLength)
  writeInteger(der, joined.subarray(s), der.length)
  return der
}

/** Returns the index after the leading zero bytes. The last byte is kept even if it is zero. */
function startOfNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end - 1 && bytes[at] === 0) at++
  return at
}

/** The number of zero bytes to put in front, so that a first bit that is set is not read as a sign. */
function signByte(bytes: Uint8Array, at: number): 0 | 1 {
  return (bytes[at] ?? 0) >= 0x80 ? 1 : 0
}

/** Writes an INTEGER so that it ends at `end`. The buffer was filled with zeros, so the sign byte needs no write. */
function writeInteger(der: Uint8Array, number: Uint8Array, end: number): void {
  const length = number.length + signByte(number, 0)
  der[end - length - 2] = integer
  der[end - length - 1] = length
  der.set(number, end - number.length)
}
