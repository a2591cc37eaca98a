/** The header or the claims of a token before encoding. Properties that are undefined are omitted. */
export type TokenPart = Readonly<Record<string, unknown>>

/** Encodes header and claims as the signing input (RFC 7515 section 5.1). */
export function encodeParts(header: TokenPart, claims: TokenPart): string {
  return `${encodePart(header)}.${encodePart(claims)}`
}

/** Changes claims of a token and keeps its old signature. Claims that are undefined are removed. */
export function exchangeClaims(token: string, changes: TokenPart): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenPart
  return `${header}.${encodePart({ ...claims, ...changes })}.${signature}`
}

function encodePart(part: TokenPart): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
