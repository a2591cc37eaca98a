/** A JSON object as it stands in a token. */
export type JsonObject = Readonly<Record<string, unknown>>

/** What anybody can read of a token. Nothing in it is verified. */
export interface DecodedToken {
  /** Signed, in three parts; or encrypted, in five. */
  readonly form: 'JWS' | 'JWE'
  readonly header: JsonObject
  /** null where they are encrypted. */
  readonly claims: JsonObject | null
  /** null where there is no signature of its own. */
  readonly signatureBytes: number | null
}

/** Decodes a token without verifying anything, or says why it is none. It reads more than a server accepts. */
export function decodeToken(token: string): DecodedToken | { readonly fault: string } {
  const parts = token.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 && parts.length !== 5) {
    const count = parts.length === 1 ? 'it has no dots' : `it has ${parts.length} parts`
    return { fault: `${count}; a signed token has three parts and an encrypted one five, with dots between them` }
  }
  const decodedHeader = decodePart(header, 'header')
  if ('fault' in decodedHeader) return decodedHeader
  if (parts.length === 5) return { form: 'JWE', header: decodedHeader.object, claims: null, signatureBytes: null }
  const claims = decodePart(payload, 'payload')
  if ('fault' in claims) return claims
  if (!/^[A-Za-z0-9_-]*$/.test(signature)) return { fault: 'the signature is no base64url' }
  const signatureBytes = Buffer.from(signature, 'base64url').length
  return { form: 'JWS', header: decodedHeader.object, claims: claims.object, signatureBytes }
}

function decodePart(part: string, name: string): { readonly object: JsonObject } | { readonly fault: string } {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return { fault: `the ${name} is no base64url` }
  const value = parseJson(Buffer.from(part, 'base64url').toString())
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { object: value as JsonObject }
  return { fault: `the ${name} is no JSON object` }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
