/** One PEM block (RFC 7468). */
export interface Pem {
  /** As `PUBLIC KEY`. */
  readonly label: string
  /** What it holds; throws for what is no base64. */
  toDer(): Uint8Array
}

const block = /^-----BEGIN ([A-Z0-9 ]+)-----\s([A-Za-z0-9+/=\s]+)-----END \1-----$/

/** Parses a text that is one PEM block and nothing else, or gives null. */
export function parsePem(text: string): Pem | null {
  const [, label, body] = block.exec(text.trim()) ?? []
  if (label === undefined || body === undefined) return null
  const toDer = () => Uint8Array.from(atob(body.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0))
  return { label, toDer }
}
