/** Reads and writes the DER encoding of ASN.1 (X.690), as far as keys and certificates need it. */

/** One element: its tag and its content. */
export interface Element {
  readonly tag: number
  readonly content: Uint8Array
  /** The whole element: tag, length and content. */
  readonly whole: Uint8Array
  /** The bytes that follow the element. */
  readonly rest: Uint8Array
}

export const integer = 0x02
export const bitString = 0x03
export const octetString = 0x04
export const objectIdentifier = 0x06
export const sequence = 0x30

/** Reads all elements of a content. Throws a SyntaxError. */
export function readElements(content: Uint8Array): Element[] {
  const elements: Element[] = []
  for (let rest = content; rest.length > 0; rest = elements.at(-1)?.rest ?? rest.subarray(rest.length)) {
    elements.push(readAnyElement(rest))
  }
  return elements
}

/** Reads the bytes as exactly one element. Throws a SyntaxError if it has another tag, or if bytes follow it. */
export function readElement(der: Uint8Array, tag: number): Element {
  const element = readAnyElement(der)
  if (element.tag !== tag || element.rest.length > 0) throw new SyntaxError('an unexpected DER element')
  return element
}

/** Reads the bytes as one SEQUENCE and returns its elements. Throws a SyntaxError. */
export function readSequence(der: Uint8Array): Element[] {
  return readElements(readElement(der, sequence).content)
}

/** Returns the bytes of an unsigned INTEGER, without the zero byte of its sign. Throws a SyntaxError. */
export function readUnsigned(element: Element | undefined): Uint8Array {
  const [first, second] = element?.content ?? []
  const isPadded = first === 0 && second !== undefined && second < 0x80
  if (element?.tag !== integer || first === undefined || first >= 0x80 || isPadded) {
    throw new SyntaxError('not an unsigned DER INTEGER')
  }
  return first === 0 && second !== undefined ? element.content.subarray(1) : element.content
}

/** Accepts a tag of one byte, and a length in the short form or in one to three bytes, whichever is the shortest. */
function readAnyElement(der: Uint8Array): Element {
  const [tag, first] = der
  if (tag === undefined || first === undefined) throw new SyntaxError('truncated DER')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 3 || first === 0x80) throw new SyntaxError('an unsupported DER length')
  const start = 2 + lengthBytes
  const length = lengthBytes === 0 ? first : der.subarray(2, start).reduce((sum, byte) => sum * 256 + byte, 0)
  const minLength = lengthBytes === 1 ? 0x80 : 256 ** (lengthBytes - 1)
  if (lengthBytes > 0 && length < minLength) throw new SyntaxError('a DER length that is not the shortest')
  const end = start + length
  if (end > der.length) throw new SyntaxError('truncated DER')
  return { tag, content: der.subarray(start, end), whole: der.subarray(0, end), rest: der.subarray(end) }
}

/** Writes an element of up to 65,535 bytes, which is far more than any key that is accepted. */
export function writeElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concatBytes(...contents)
  const { length } = content
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return concatBytes(Uint8Array.of(tag, ...head), content)
}

/** Writes an unsigned INTEGER: without leading zero bytes, but with one if the first bit would be read as a sign. */
export function writeUnsigned(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0)
  const number = start === -1 ? Uint8Array.of(0) : bytes.subarray(start)
  return writeElement(integer, (number[0] ?? 0) < 0x80 ? number : concatBytes(Uint8Array.of(0), number))
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}
