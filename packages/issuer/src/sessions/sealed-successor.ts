import { base64url } from 'jose'
import type { CryptoKey } from 'jose'
import { SessionStoreUnavailableError } from '../failure/errors.ts'

const ivBytes = 12
const info = new TextEncoder().encode('claimcheck refresh token successor v1')

/**
 * Seals a refresh token for whoever has the one before it (HKDF, RFC 5869, and AES-256-GCM): the store that keeps it
 * cannot read it.
 */
export async function sealSuccessor(successor: string, predecessor: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
  const key = await keyOf(predecessor)
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, base64url.decode(successor)))
  const whole = new Uint8Array(ivBytes + sealed.length)
  whole.set(iv)
  whole.set(sealed, ivBytes)
  return base64url.encode(whole)
}

/** Opens what a store has kept; rejects with a `SessionStoreUnavailableError` if it was sealed for another token, or changed. */
export async function openSuccessor(sealed: string, predecessor: string): Promise<string> {
  try {
    const whole = Uint8Array.from(base64url.decode(sealed))
    const algorithm = { name: 'AES-GCM', iv: whole.slice(0, ivBytes) }
    const opened = await crypto.subtle.decrypt(algorithm, await keyOf(predecessor), whole.slice(ivBytes))
    return base64url.encode(new Uint8Array(opened))
  } catch (cause) {
    throw new SessionStoreUnavailableError('store.rotate', cause)
  }
}

async function keyOf(token: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', Uint8Array.from(base64url.decode(token)), 'HKDF', false, [
    'deriveKey',
  ])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}
