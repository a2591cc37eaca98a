/** A media type compares without case, and its `application/` may be left out (RFC 7515 section 4.1.9). */
export function normalType(typ: string): string {
  const lower = typ.toLowerCase()
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower
}
