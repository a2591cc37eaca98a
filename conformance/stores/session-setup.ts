import { isAuthError } from '@claimcheck/core'
import type { Auth, Revoker } from '@claimcheck/core'
import { createIssuer, generateKeys, RefreshError } from '@claimcheck/issuer'
import type { SessionIssuerOptions, SessionStore, Tokens } from '@claimcheck/issuer'
import { delayedStore, randomFrom } from './delayed-store.ts'

export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
export const names = { issuer: 'https://auth.example.com', audience: 'https://api.example.com' } as const
const keys = await generateKeys('ES256')
export const start = 1_800_000_000
export const john = { sub: 'john', name: 'John Doe' }

/** A clock in seconds that the tests advance. */
export class Clock {
  seconds = start
  readonly now = (): number => this.seconds * 1000
}

/** The revocations, in order. */
class RevokedSessions implements Revoker {
  readonly sids: string[] = []
  readonly untils: number[] = []
  failures = 0

  revokeToken(): Promise<void> {
    return Promise.reject(new Error('not for a logout'))
  }

  revokeSubject(): Promise<void> {
    return Promise.reject(new Error('it would hit a login of the same second'))
  }

  async revokeSession({ sid, until }: { readonly sid: string; readonly until: number }): Promise<void> {
    if (this.failures > 0) {
      this.failures--
      throw new Error('the list is full')
    }
    this.sids.push(sid)
    this.untils.push(until)
  }
}

export function claimsOf({ accessToken }: Tokens): Readonly<Record<string, unknown>> {
  const [, claims = ''] = accessToken.split('.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
}

export const sidOf = (tokens: Tokens) => String(claimsOf(tokens)['sid'])
export const expiryOf = (tokens: Tokens) => claimsOf(tokens)['exp']

/** Why a refresh was rejected, or the tokens that it returned. */
export async function outcomeOf(refresh: Promise<Tokens>): Promise<Tokens | string> {
  try {
    return await refresh
  } catch (error) {
    if (error instanceof RefreshError) return error.reason
    throw error
  }
}

/** What the owner of a store can read of a sealed successor with a token; null if it does not open. */
export async function opened(sealed: string | undefined, token: string): Promise<string | null> {
  const bytes = Buffer.from(sealed ?? '', 'base64url')
  const info = new TextEncoder().encode('claimcheck refresh token successor v1')
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  const material = await crypto.subtle.importKey('raw', Buffer.from(token, 'base64url'), 'HKDF', false, ['deriveKey'])
  const key = await crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['decrypt'])
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes.subarray(0, 12) }, key, bytes.subarray(12))
    return Buffer.from(plain).toString('base64url')
  } catch {
    return null
  }
}

export async function codeOf(auth: Auth, { accessToken }: Tokens): Promise<string> {
  try {
    await auth.verifyToken(accessToken)
    return 'good'
  } catch (error) {
    return isAuthError(error) ? error.code : String(error)
  }
}

export type CreateStore = () => Promise<SessionStore> | SessionStore

export async function setUpOn(createStore: CreateStore, more: Partial<SessionIssuerOptions> = {}) {
  const clock = new Clock()
  const revocation = new RevokedSessions()
  const store = delayedStore(await createStore(), randomFrom(seed))
  const settings = { ...names, clientId: 'web', keys, now: clock.now, store, revocation, ...more }
  return { clock, revocation, store, issuer: createIssuer(settings), sub: `john-${crypto.randomUUID()}` }
}
