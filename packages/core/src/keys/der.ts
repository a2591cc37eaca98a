import { base64url } from 'jose'

/** One element of DER (X.690). */
export interface Element {
  readonly tag: number
  readonly content: Uint8Array
  /** The element whole, header and all. */
  readonly whole: Uint8Array
  readonly rest: Uint8Array
}

export const integer = 0x02
export const bitString = 0x03
export const octetString = 0x04
export const objectIdentifier = 0x06
export const sequence = 0x30

/** An INTEGER that is not negative, as JWK writes it (RFC 7518 section 6.3.1). */
export function unsigned(content: Uint8Array): string {
  return base64url.encode(content[0] === 0 ? content.slice(1) : content)
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The elements that stand in the content of another. */
export function elements(content: Uint8Array): Element[] {
  const found: Element[] = []
  for (let rest = content; rest.length > 0; rest = found.at(-1)?.rest ?? rest.subarray(rest.length)) {
    found.push(readElement(rest))
  }
  return found
}

/** The one element of that tag that the bytes begin with, or a SyntaxError. */
export function read(der: Uint8Array, tag: number): Element {
  const element = readElement(der)
  if (element.tag !== tag) throw new SyntaxError('an unexpected DER element')
  return element
}

/** One DER element: a tag of one byte, and a length in the short form or in one to three bytes. */
function readElement(der: Uint8Array): Element {
  const [tag, first] = der
  if (tag === undefined || first === undefined) throw new SyntaxError('truncated DER')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 3 || first === 0x80) throw new SyntaxError('an unsupported DER length')
  const start = 2 + lengthBytes
  const length = lengthBytes === 0 ? first : der.subarray(2, start).reduce((sum, byte) => sum * 256 + byte, 0)
  const end = start + length
  if (end > der.length) throw new SyntaxError('truncated DER')
  return { tag, content: der.subarray(start, end), whole: der.subarray(0, end), rest: der.subarray(end) }
}
