import { ConfigError } from '../failure/errors.ts'
import { isJsonObject } from '../lib/json.ts'
import { undefinedVariable } from '../lib/options.ts'
import { hmacSecretBytes } from '../lib/algorithms.ts'
import type { HmacAlgorithm } from '../lib/algorithms.ts'
import { findSampleKind, parseBase64 } from './sample-secrets.ts'

/** A longer secret is not more secure, and it is hashed for each token. */
const maxSecretBytes = 8192
const remedy = '(create a secret with `openssl rand -base64 48`)'

/**
 * Checks a shared secret and returns a copy of its bytes. Throws a ConfigError that names the size and kind of the
 * secret, but never a character of it. A key or certificate is rejected: if it is a public one, any client can sign
 * tokens with it (the attack that confuses HS256 with RS256).
 */
export function parseSecret(field: string, value: unknown, algorithms: readonly HmacAlgorithm[]): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  if (!(bytes instanceof Uint8Array)) throw new ConfigError(field, 'a string or a Uint8Array', typeName(value))
  if (bytes.length > maxSecretBytes) {
    throw new ConfigError(field, `at most ${maxSecretBytes} bytes`, `${bytes.length} bytes`)
  }
  rejectPredictable(field, bytes, `a random secret ${remedy}`)
  for (const algorithm of algorithms) {
    const min = hmacSecretBytes[algorithm]
    if (bytes.length < min) {
      throw new ConfigError(field, `at least ${min} random bytes for ${algorithm} ${remedy}`, `${bytes.length} bytes`)
    }
  }
  return new Uint8Array(bytes)
}

/** Throws a ConfigError, with what is `expected`, for a secret that an attacker can guess or look up. */
export function rejectPredictable(field: string, bytes: Uint8Array, expected: string): void {
  const kind = findSampleKind(bytes) ?? findKeyKind(bytes)
  if (kind !== null) throw new ConfigError(field, expected, kind)
}

/** Returns what kind of key a secret is, or null. */
function findKeyKind(bytes: Uint8Array): string | null {
  const text = new TextDecoder('latin1').decode(bytes)
  // Keys of several lines are often put into environment variables as base64.
  const decoded = parseBase64(text)
  const forms = decoded === null ? [text] : [text, new TextDecoder('latin1').decode(decoded)]
  if (forms.some((form) => /-----BEGIN [A-Z0-9 ]+-----/.test(form))) return 'a PEM key or certificate'
  if (isDer(bytes) || isDer(decoded)) return 'a DER key or certificate'
  if (forms.some(isJwk)) return 'a JWK or JWK Set'
  return null
}

/** Whether the bytes are one DER SEQUENCE. A random secret looks like that with a probability of about 2^-16. */
function isDer(bytes: Uint8Array | null): boolean {
  if (bytes?.[0] !== 0x30) return false
  const first = bytes[1] ?? 0
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 3) return false
  const length =
    lengthBytes === 0 ? first : bytes.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0)
  return 2 + lengthBytes + length === bytes.length
}

/** Whether the text contains JWKs. Reads from the first brace to the last, so other characters do not hide them. */
function isJwk(text: string): boolean {
  const start = text.indexOf('{')
  const end = text.lastIndexOf('}')
  if (start === -1 || end < start) return false
  try {
    const values: readonly unknown[] = JSON.parse(`[${text.slice(start, end + 1)}]`)
    return values.some((value) => isJsonObject(value) && (Object.hasOwn(value, 'kty') || Object.hasOwn(value, 'keys')))
  } catch {
    return false
  }
}

function typeName(value: unknown): string {
  if (value === undefined) return undefinedVariable
  return value === null ? 'null' : `a value of type ${Array.isArray(value) ? 'array' : typeof value}`
}
