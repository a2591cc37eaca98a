/** One PEM block (RFC 7468). */
export interface Pem {
  /** As `PUBLIC KEY`. */
  readonly label: string
  /** The kind of block, for an error: the label may be a secret too, so only the usual ones are shown. */
  readonly kind: string
  /** What it holds; throws for what is no base64. */
  toDer(): Uint8Array
}

const usual: ReadonlySet<string> = new Set([
  'PUBLIC KEY',
  'RSA PUBLIC KEY',
  'PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'OPENSSH PRIVATE KEY',
  'CERTIFICATE',
  'CERTIFICATE REQUEST',
])
const block = /^-----BEGIN ([A-Z0-9 ]+)-----\s([A-Za-z0-9+/=\s]+)-----END \1-----$/

/** Parses a text that is one PEM block and nothing else, or gives null. */
export function parsePem(text: string): Pem | null {
  const [, label, body] = block.exec(text.trim()) ?? []
  if (label === undefined || body === undefined) return null
  const toDer = () => Uint8Array.from(atob(body.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0))
  return { label, kind: usual.has(label) ? `a PEM block "${label}"` : 'another PEM block', toDer }
}
