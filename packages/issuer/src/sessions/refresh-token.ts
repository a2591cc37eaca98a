import { base64url } from 'jose'
import type { TokenHashes } from './session-store.ts'

const handleBytes = 16
const secretBytes = 32
const form = /^[A-Za-z0-9_-]{64}$/

/**
 * A refresh token: 16 bytes that all tokens of its family share, and 32 of its own. Whoever presents the handle has held a
 * token of the family, so a used one is told from the good one however old it is, without a list of those that were used.
 */
export interface RefreshToken {
  readonly text: string
  readonly hashes: TokenHashes
}

/** Makes the first token of a new family. */
export async function createRefreshToken(): Promise<RefreshToken> {
  return fromBytes(random(handleBytes + secretBytes))
}

/** Makes the next token of a token's family. */
export async function createSuccessor({ text }: RefreshToken): Promise<RefreshToken> {
  const bytes = base64url.decode(text)
  bytes.set(random(secretBytes), handleBytes)
  return fromBytes(bytes)
}

/** Reads what a client sent, or gives null for what was never made here. */
export async function readRefreshToken(text: unknown): Promise<RefreshToken | null> {
  return typeof text === 'string' && form.test(text) ? fromBytes(base64url.decode(text)) : null
}

async function fromBytes(bytes: Uint8Array): Promise<RefreshToken> {
  const [family, token] = await Promise.all([hash(bytes.slice(0, handleBytes)), hash(bytes)])
  return { text: base64url.encode(bytes), hashes: { family, token } }
}

async function hash(bytes: Uint8Array): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))))
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}
