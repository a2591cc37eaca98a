import { base64url } from 'jose'
import type { CryptoKey } from 'jose'
import { SessionStoreUnavailableError } from '../failure/errors.ts'
import type { TokenHashes } from './session-store.ts'

const familyBytes = 16
const secretBytes = 32
const tokenPattern = /^[A-Za-z0-9_-]{64}$/

/**
 * A refresh token: 16 bytes that all tokens of a session share, and 32 bytes that differ. Only someone who has had a token
 * of the session knows the shared part. So the store can recognise a used token, however old it is, without a list of all
 * used tokens.
 */
export interface RefreshToken {
  readonly text: string
  readonly hashes: TokenHashes
}

/** Creates and parses the refresh tokens of one client of one issuer. No other issuer or client accepts them. */
export class RefreshTokens {
  readonly #context: Uint8Array

  constructor(issuer: string, clientId: string | null) {
    this.#context = new TextEncoder().encode(JSON.stringify([issuer, clientId]))
  }

  /** Creates the first token of a session. */
  async create(): Promise<RefreshToken> {
    return this.#fromBytes(randomBytes(familyBytes + secretBytes))
  }

  /** Creates the next token of the same session. */
  async createSuccessor({ text }: RefreshToken): Promise<RefreshToken> {
    const bytes = base64url.decode(text)
    bytes.set(randomBytes(secretBytes), familyBytes)
    return this.#fromBytes(bytes)
  }

  /** Parses what a client sent. Returns null if it does not have the form of a refresh token. */
  async parse(text: unknown): Promise<RefreshToken | null> {
    return typeof text === 'string' && tokenPattern.test(text) ? this.#fromBytes(base64url.decode(text)) : null
  }

  async #fromBytes(bytes: Uint8Array): Promise<RefreshToken> {
    const [family, token] = await Promise.all([
      hash(concat(bytes.slice(0, familyBytes), this.#context)),
      hash(concat(bytes, this.#context)),
    ])
    return { text: base64url.encode(bytes), hashes: { family, token } }
  }
}

const ivBytes = 12
const info = new TextEncoder().encode('claimcheck refresh token successor v1')

/**
 * Encrypts a refresh token with a key that is derived from its predecessor (HKDF, RFC 5869; AES-256-GCM). The store that
 * keeps the result cannot decrypt it.
 */
export async function sealSuccessor(successor: string, predecessor: string): Promise<string> {
  const iv = randomBytes(ivBytes)
  const key = await deriveKey(predecessor)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, base64url.decode(successor))
  return base64url.encode(concat(iv, new Uint8Array(sealed)))
}

/**
 * Decrypts a sealed successor. Rejects with a `SessionStoreUnavailableError` if it was sealed for another token or was
 * altered.
 */
export async function openSuccessor(sealed: string, predecessor: string): Promise<string> {
  try {
    const bytes = Uint8Array.from(base64url.decode(sealed))
    const algorithm = { name: 'AES-GCM', iv: bytes.slice(0, ivBytes) }
    const opened = await crypto.subtle.decrypt(algorithm, await deriveKey(predecessor), bytes.slice(ivBytes))
    return base64url.encode(new Uint8Array(opened))
  } catch (cause) {
    throw new SessionStoreUnavailableError('store.rotate', cause)
  }
}

async function deriveKey(token: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(base64url.decode(token))
  const material = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}
