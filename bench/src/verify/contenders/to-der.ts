/** The signature of JWS, r and s side by side, as the DER that OpenSSL takes (RFC 3279 section 2.2.3). */
export function toDer(signature: Buffer): Buffer {
  const half = signature.length / 2
  const content = Buffer.concat([integer(signature.subarray(0, half)), integer(signature.subarray(half))])
  return Buffer.concat([Buffer.from([0x30, content.length]), content])
}

function integer(bytes: Buffer): Buffer {
  const first = Math.max(
    0,
    bytes.findIndex((byte) => byte !== 0),
  )
  const trimmed = bytes.subarray(first)
  const padded = (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded])
}
