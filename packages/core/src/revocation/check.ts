import { withTimeout } from '../lib/async.ts'
import type { AnyPrincipal } from '../principal/principal.ts'
import { getOwn, hasMethod } from '../lib/properties.ts'
import { AuthFailure, invalidClaim } from '../failure/auth-failure.ts'
import type { MaybePromise } from '../lib/async.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import type { CountingBloomFilter } from './bloom-filter.ts'
import type { RevocableToken, Revocations } from './revocations.ts'

/** A user's function that returns whether a verified token was revoked. */
export type IsRevoked = (principal: AnyPrincipal) => boolean | Promise<boolean>

const timeoutMilliseconds = 2000
/** Longer, because a list that is shared with other processes can be large. */
const loadTimeoutMilliseconds = 10_000

/** Calls the user's `isRevoked`. No boolean within 2 seconds is an outage. */
export function checkIsRevoked(principal: AnyPrincipal, isRevoked: IsRevoked): MaybePromise<AuthFailure | null> {
  try {
    return toFailure(isRevoked(principal), 'isRevoked')
  } catch (cause) {
    return failed(cause, 'isRevoked')
  }
}

/** Looks the token up in the revocation list. No boolean within 2 seconds is an outage. */
export function checkRevocationList(token: RevocableToken, revocations: Revocations): MaybePromise<AuthFailure | null> {
  try {
    return toFailure(revocations.isRevoked(token), 'revocation')
  } catch (cause) {
    return failed(cause, 'revocation')
  }
}

/** Waits until a revocation list is loaded or has failed. Never rejects: each request reports the outage itself. */
export async function waitUntilLoaded(revocations: Revocations | null): Promise<void> {
  try {
    if (revocations === null || !hasMethod(revocations, 'ready')) return
    await withTimeout(Promise.resolve(revocations.ready?.()), loadTimeoutMilliseconds)
  } catch {
    // To stop a server from starting without its list, users await `revocations.ready()` themselves.
  }
}

/** Accepts only booleans. If `undefined` meant "not revoked", a broken list would let revoked tokens pass. */
function toFailure(result: unknown, source: string): MaybePromise<AuthFailure | null> {
  if (typeof result === 'boolean') return result ? revoked : null
  // A promise of another library is awaited too, with the same timeout.
  return withTimeout(Promise.resolve(result), timeoutMilliseconds).then(
    (settled) => {
      if (typeof settled === 'boolean') return settled ? revoked : null
      return new AuthFailure('revocation_unavailable', `${source} did not return a boolean`)
    },
    (cause: unknown) => failed(cause, source),
  )
}

const revoked = new AuthFailure('token_revoked')

function failed(cause: unknown, source: string): AuthFailure {
  return new AuthFailure('revocation_unavailable', `${source} failed`, { cause })
}

/**
 * Returns the claims by which a token can be revoked. Rejects a token without `jti` or `iat`, because it could not be
 * revoked. `latestSeconds` is the latest `iat` that is not in the future.
 */
export function toRevocable(claims: JwtClaims, latestSeconds: number): RevocableToken | AuthFailure {
  const jti = getOwn(claims, 'jti')
  const iat = getOwn(claims, 'iat')
  if (typeof jti !== 'string' || typeof iat !== 'number')
    return invalidClaim('jti or iat is missing, but revocation requires both')
  // A token from the future would still be valid when the revocation of its subject has expired.
  if (iat > latestSeconds) return new AuthFailure('token_not_active', 'iat is in the future')
  const sid = getOwn(claims, 'sid') ?? null
  if (sid !== null && (typeof sid !== 'string' || sid === '')) return invalidClaim('sid must be a non-empty string')
  return new HashedToken({ issuer: stringOrNull(claims, 'iss'), jti, sid, sub: stringOrNull(claims, 'sub'), iat })
}

/** The type of the claim has already been validated. */
function stringOrNull(claims: JwtClaims, name: 'iss' | 'sub'): string | null {
  const value = getOwn(claims, name)
  return typeof value === 'string' ? value : null
}

/** What an entry of a revocation list names: a token by its jti, a session by its sid, a subject by its sub. */
export type EntryKind = 'tokens' | 'sessions' | 'subjects'

/** A different seed for each kind, so that the same name has a different hash in each. */
const seeds: Readonly<Record<EntryKind, number>> = { tokens: 0x811c9dc5, sessions: 0x1b873593, subjects: 0x2545f491 }

/**
 * Returns a 32-bit hash for the Bloom filter: FNV-1a, then mixed, because the filter uses single bits. It is not a
 * cryptographic hash: a collision costs a lookup in the list, which compares whole names.
 */
export function hashName(kind: EntryKind, name: string): number {
  let hash = seeds[kind]
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

/** A token with the hashes of its names, which are computed once per token and not once per request. */
export class HashedToken implements RevocableToken {
  readonly issuer: string | null
  readonly jti: string
  readonly sid: string | null
  readonly sub: string | null
  readonly iat: number
  readonly #hashOfToken: number
  readonly #hashOfSession: number
  readonly #hashOfSubject: number

  constructor({ issuer, jti, sid, sub, iat }: RevocableToken) {
    this.issuer = issuer
    this.jti = jti
    this.sid = sid
    this.sub = sub
    this.iat = iat
    this.#hashOfToken = hashName('tokens', jti)
    this.#hashOfSession = hashName('sessions', sid ?? '')
    this.#hashOfSubject = hashName('subjects', sub ?? '')
    Object.freeze(this)
  }

  /** Whether the filter might contain a name of the token. A token from other code has no hashes yet. */
  static mightBeIn(filter: CountingBloomFilter, token: RevocableToken): boolean {
    const hashed = #hashOfToken in token ? token : new HashedToken(token)
    return (
      filter.mightContain(hashed.#hashOfToken) ||
      filter.mightContain(hashed.#hashOfSession) ||
      filter.mightContain(hashed.#hashOfSubject)
    )
  }
}
