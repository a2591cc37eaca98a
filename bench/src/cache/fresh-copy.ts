/**
 * A token as a request brings it: cut out of a header that the HTTP parser has just made of bytes. V8 knows nothing of
 * such a string yet, not even its hash.
 */
export function freshCopy(token: string): string {
  return Buffer.from(`Bearer ${token}`, 'latin1').toString('latin1').slice('Bearer '.length)
}
