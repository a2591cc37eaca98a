import { integer, sequence } from '../../lib/der.ts'

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
