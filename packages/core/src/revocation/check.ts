import { withTimeout } from '../lib/async.ts'
import type { AnyPrincipal } from '../principal/principal.ts'
import { hasMethod } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { MaybePromise } from '../lib/async.ts'
import { getOwn } from '../lib/json.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import type { CountingBloomFilter } from './bloom-filter.ts'
import type { RevocableToken, Revocations } from './revocations.ts'

/** Says whether a verified token was revoked. */
export type IsRevoked = (principal: AnyPrincipal) => boolean | Promise<boolean>

const patienceMilliseconds = 2000
/** A list that is shared with other processes may be large. */
const loadingMilliseconds = 10_000

/** Refuses a token that a rule of the user's says is revoked. */
export function checkIsRevoked(principal: AnyPrincipal, isRevoked: IsRevoked): MaybePromise<AuthFailure | null> {
  try {
    return judge(isRevoked(principal), 'isRevoked')
  } catch (cause) {
    return failed(cause, 'isRevoked')
  }
}

/** Refuses a token that is in the list of revocations. */
export function checkRevocationList(token: RevocableToken, revocations: Revocations): MaybePromise<AuthFailure | null> {
  try {
    return judge(revocations.isRevoked(token), 'revocation')
  } catch (cause) {
    return failed(cause, 'revocation')
  }
}

/** Waits until a list is loaded, or is known to have failed: then it says so for each request. */
export async function loaded(revocations: Revocations | null): Promise<void> {
  try {
    if (revocations === null || !hasMethod(revocations, 'ready')) return
    await withTimeout(Promise.resolve(revocations.ready?.()), loadingMilliseconds)
  } catch {
    // Whoever starts a server asks the list itself.
  }
}

/** What is no clear answer in 2 seconds is an outage: the token is neither good nor bad. */
function judge(answer: unknown, asked: string): MaybePromise<AuthFailure | null> {
  if (typeof answer === 'boolean') return answer ? revoked : null
  // Whatever is no answer yet may be a promise of another making, and is given no more time than one of ours.
  return withTimeout(Promise.resolve(answer), patienceMilliseconds).then(
    (given) => verdict(given, asked),
    (cause: unknown) => failed(cause, asked),
  )
}

const revoked = new AuthFailure('token_revoked')

function verdict(answer: unknown, asked: string): AuthFailure | null {
  if (typeof answer !== 'boolean') return new AuthFailure('revocation_unavailable', `${asked} did not return a boolean`)
  return answer ? revoked : null
}

function failed(cause: unknown, asked: string): AuthFailure {
  return new AuthFailure('revocation_unavailable', `${asked} failed`, { cause })
}

/**
 * By what a verified token can be revoked. Refuses one that a list could not find, or would forget before its end;
 * `latestSeconds` is the latest `iat` that is not in the future.
 */
export function toRevocable(claims: JwtClaims, latestSeconds: number): RevocableToken | AuthFailure {
  const jti = getOwn(claims, 'jti')
  const iat = getOwn(claims, 'iat')
  if (typeof jti !== 'string' || typeof iat !== 'number')
    return invalid('jti or iat is missing, but revocation requires both')
  // A token from the future would outlive what is remembered of its subject.
  if (iat > latestSeconds) return new AuthFailure('token_not_active', 'iat is in the future')
  const sid = getOwn(claims, 'sid') ?? null
  if (sid !== null && (typeof sid !== 'string' || sid === '')) return invalid('sid must be a non-empty string')
  return new HashedToken({ issuer: stringOrNull(claims, 'iss'), jti, sid, sub: stringOrNull(claims, 'sub'), iat })
}

/** A registered claim, whose type was validated. */
function stringOrNull(claims: JwtClaims, name: 'iss' | 'sub'): string | null {
  const value = getOwn(claims, name)
  return typeof value === 'string' ? value : null
}

function invalid(detail: string): AuthFailure {
  return new AuthFailure('claim_invalid', detail)
}

/** What an entry of a revocation list names: a token by its jti, a session by its sid, a subject by its sub. */
export type EntryKind = 'tokens' | 'sessions' | 'subjects'

/** One seed for each kind, so that the same name has a different hash in each. */
const seeds: Readonly<Record<EntryKind, number>> = { tokens: 0x811c9dc5, sessions: 0x1b873593, subjects: 0x2545f491 }

/** Returns a hash of 32 bits (FNV-1a, then mixed, because the filter takes its places from single bits). */
export function hashName(kind: EntryKind, name: string): number {
  let hash = seeds[kind]
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

/** A token with the hashes of its names, which are computed once and not for each request. They are private. */
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

  /** Whether a filter might contain a name of the token, which may come from another implementation. */
  static mightBeIn(filter: CountingBloomFilter, token: RevocableToken): boolean {
    const hashed = #hashOfToken in token ? token : new HashedToken(token)
    return (
      filter.mightContain(hashed.#hashOfToken) ||
      filter.mightContain(hashed.#hashOfSession) ||
      filter.mightContain(hashed.#hashOfSubject)
    )
  }
}
