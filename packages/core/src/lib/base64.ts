import { withoutPrototype } from './properties.ts'

/** The constructor of byte arrays, which reads base64 itself on newer runtimes. */
interface Base64Reader {
  fromBase64(text: string, options: { readonly alphabet: 'base64url' }): Uint8Array<ArrayBuffer>
}

const options = withoutPrototype({ alphabet: 'base64url' } as const)

/** Encodes bytes as base64url without padding (RFC 7515 section 2). */
export function toBase64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Decodes base64url without padding. The caller has checked the form: other strings can throw or be read loosely. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (Object.hasOwn(Uint8Array, 'fromBase64')) {
    return (Uint8Array as unknown as Base64Reader).fromBase64(text, options)
  }
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
}

/** Decodes base64 as `atob` does: padding is optional, and white space is ignored. Throws if it is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
