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

/** Makes and reads the refresh tokens of one client of one issuer: to another, they are of no session that is known. */
export class RefreshTokens {
  readonly #context: Uint8Array

  constructor(issuer: string, clientId: string | null) {
    this.#context = new TextEncoder().encode(JSON.stringify([issuer, clientId]))
  }

  /** Makes the first token of a new family. */
  async create(): Promise<RefreshToken> {
    return this.#fromBytes(random(handleBytes + secretBytes))
  }

  /** Makes the next token of a token's family. */
  async createSuccessor({ text }: RefreshToken): Promise<RefreshToken> {
    const bytes = base64url.decode(text)
    bytes.set(random(secretBytes), handleBytes)
    return this.#fromBytes(bytes)
  }

  /** Reads what a client sent, or gives null for what was never made here. */
  async read(text: unknown): Promise<RefreshToken | null> {
    return typeof text === 'string' && form.test(text) ? this.#fromBytes(base64url.decode(text)) : null
  }

  async #fromBytes(bytes: Uint8Array): Promise<RefreshToken> {
    const [family, token] = await Promise.all([
      hash(joined(bytes.slice(0, handleBytes), this.#context)),
      hash(joined(bytes, this.#context)),
    ])
    return { text: base64url.encode(bytes), hashes: { family, token } }
  }
}

function joined(bytes: Uint8Array, context: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes.length + context.length)
  whole.set(bytes)
  whole.set(context, bytes.length)
  return whole
}

async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}
