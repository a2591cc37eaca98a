/** A part of a token before it is encoded; what is undefined is left out. */
export type TokenPart = Readonly<Record<string, unknown>>

/** The header and the claims as they are signed (RFC 7515 section 5.1). */
export function encodeParts(header: TokenPart, claims: TokenPart): string {
  return `${encodePart(header)}.${encodePart(claims)}`
}

/** A token with other claims under its old signature; those that are undefined are taken away. */
export function exchangeClaims(token: string, changes: TokenPart): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenPart
  return `${header}.${encodePart({ ...claims, ...changes })}.${signature}`
}

function encodePart(part: TokenPart): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
