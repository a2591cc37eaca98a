import { parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'

/** The readable parts of a token. None of them is verified. */
export interface DecodedToken {
  /** JWS: signed, three parts. JWE: encrypted, five parts. */
  readonly form: 'JWS' | 'JWE'
  readonly header: JsonObject
  /** null if they are encrypted. */
  readonly claims: JsonObject | null
  /** null if the token is encrypted and has no signature. */
  readonly signatureBytes: number | null
}

/** Decodes a token without verifying it. Returns a fault if it is not a token. Accepts more than a server does. */
export function decodeToken(token: string): DecodedToken | { readonly fault: string } {
  const parts = token.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 && parts.length !== 5) {
    const count = parts.length === 1 ? 'it has no dots' : `it has ${parts.length} parts`
    return { fault: `${count}; a signed token has three parts and an encrypted one has five, separated by dots` }
  }
  const decodedHeader = decodePart(header, 'header')
  if ('fault' in decodedHeader) return decodedHeader
  if (parts.length === 5) return { form: 'JWE', header: decodedHeader.object, claims: null, signatureBytes: null }
  const claims = decodePart(payload, 'payload')
  if ('fault' in claims) return claims
  if (!/^[A-Za-z0-9_-]*$/.test(signature)) return { fault: 'the signature is not base64url' }
  const signatureBytes = Buffer.from(signature, 'base64url').length
  return { form: 'JWS', header: decodedHeader.object, claims: claims.object, signatureBytes }
}

function decodePart(part: string, name: string): { readonly object: JsonObject } | { readonly fault: string } {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return { fault: `the ${name} is not base64url` }
  const object = parseJsonObject(Buffer.from(part, 'base64url').toString())
  return object === null ? { fault: `the ${name} is not a JSON object` } : { object }
}
