import { AuthError } from '../failure/errors.ts'
import { FetchFailure } from './fetch-json.ts'
import type { FetchedJson } from './fetch-json.ts'
import { selectKey } from './key-source.ts'
import type { KeyQuery } from '../token/jwt-claims.ts'
import type { IssuerKeys, KeySourceStatus } from './key-source.ts'
import type { CachedKeys, ReadKeySet } from './key-set.ts'
import { startStopwatch } from '../diagnostics/channels.ts'
import type { Timing } from '../diagnostics/channels.ts'
import type { RequestLike } from '../request/headers.ts'
import { SharedAttempts } from './shared-attempts.ts'
import type { Apply } from './shared-attempts.ts'
import type { VerificationKey } from './verification-key.ts'

/** How an attempt to fetch keys ended. */
export interface KeyAttempt extends Timing {
  /** The number of cached keys after the attempt. */
  readonly keys: number
  /** Null after a success. */
  readonly failure: AuthError | null
}

/** Receives the promise of a refresh that no request waits for, and the request that started it. It must not throw. */
export type KeepAlive = (refresh: Promise<void>, request: RequestLike | null) => void

interface KeyRefresherOptions {
  /** Fetches the JWK Set until the signal aborts. */
  readonly load: (signal: AbortSignal) => Promise<FetchedJson>
  readonly read: ReadKeySet
  readonly now: () => number
  /** Called after each attempt. */
  readonly onAttempt: (attempt: KeyAttempt) => void
  /** How long a set is still used after its lifetime while refreshing it fails. */
  readonly maxStaleSeconds: number
  readonly keepAlive: KeepAlive | null
}

/** A fetched JWK Set. Times here and below are in milliseconds. */
interface CachedKeySet {
  readonly keys: CachedKeys
  readonly list: readonly VerificationKey[]
  readonly fetchedAt: number
  readonly lifetime: number
}

/** The failures since the last success. `backOff` is the pause before the next attempt. */
interface Outage {
  readonly error: AuthError
  readonly failures: number
  readonly backOff: number
}

const second = 1000
const minute = 60 * second
const maxBackOff = 5 * minute
const unknownKidCooldown = 30 * second
/** The pause before a stalled background refresh is repeated. An edge runtime may cancel it each time. */
const stalledRefreshPause = minute
/** After this time without an attempt, the result of the last one no longer counts. It is four times `maxBackOff`. */
const idleLimit = 20 * minute

/**
 * Fetches a JWK Set and keeps it fresh.
 *
 * - Requests signed with a cached key do not wait for a fetch: an expired set is refreshed in the background. Only after
 *   a long idle time does the first request wait.
 * - Unknown kids cause at most one fetch per cooldown, so that an attacker who invents kids cannot flood the key server.
 * - A failed refresh removes no keys. The cached set is used until `maxStaleSeconds` after its lifetime.
 */
export class KeyRefresher implements IssuerKeys {
  readonly #options: KeyRefresherOptions
  readonly #attempts: SharedAttempts
  #cached: CachedKeySet | null = null
  #outage: Outage | null = null
  #endedAt = -Infinity

  constructor(options: KeyRefresherOptions) {
    this.#options = options
    this.#attempts = new SharedAttempts((signal) => this.#attempt(signal), options.now)
  }

  find(header: KeyQuery, request: RequestLike | null): VerificationKey | Promise<VerificationKey> {
    const keys = this.#currentKeys(request)
    if (keys === null) return this.#findAfterRefresh(header)
    return selectKey(keys, header) ?? this.#refetchFor(header)
  }

  has(key: VerificationKey, request: RequestLike | null): boolean {
    return this.#currentKeys(request)?.includes(key) ?? false
  }

  async ready(): Promise<void> {
    if (this.#currentKeys(null) === null) await this.#waitForKeys()
  }

  close(): void {
    this.#attempts.close()
  }

  status(): KeySourceStatus {
    const cached = this.#cached
    const nextRefreshAt = Math.max(
      cached === null ? 0 : cached.fetchedAt + cached.lifetime,
      this.#attempts.startedAt + (this.#outage?.backOff ?? 0),
    )
    return {
      fetchedAt: cached === null ? null : cached.fetchedAt / second,
      nextRefreshAt: nextRefreshAt > 0 ? nextRefreshAt / second : null,
      lastError: this.#outage?.error ?? (cached === null && this.#isWithoutResult() ? this.#unavailable() : null),
    }
  }

  /** Whether requests fail although no attempt has failed: the attempts had no result, or none can be started. */
  #isWithoutResult(): boolean {
    const { state, replacements, isClosed } = this.#attempts
    return isClosed || state === 'stalled' || replacements > 0
  }

  /** Returns the keys that can be used now, or null if the request must wait. Starts a refresh if the set has expired. */
  #currentKeys(request: RequestLike | null): readonly VerificationKey[] | null {
    const cached = this.#cached
    if (cached === null || !this.#isUsable(cached) || this.#isIdleTooLong(cached)) return null
    if (this.#age(cached) > cached.lifetime) this.#refreshInBackground(request)
    return cached.list
  }

  #refreshInBackground(request: RequestLike | null): void {
    const { state } = this.#attempts
    if (state === 'none' ? !this.#canRetry() : state === 'running' || !this.#canRepeatStalled()) return
    this.#attempts.start()
    this.#options.keepAlive?.(this.#attempts.ended(), request)
  }

  async #waitForKeys(): Promise<readonly VerificationKey[]> {
    if (this.#attempts.state !== 'none' || this.#canRetry()) await this.#attempts.wait()
    const cached = this.#cached
    if (cached !== null && this.#isUsable(cached) && !this.#isIdleTooLong(cached)) return cached.list
    throw this.#unavailable()
  }

  async #findAfterRefresh(header: KeyQuery): Promise<VerificationKey> {
    return selectKey(await this.#waitForKeys(), header) ?? this.#refetchFor(header)
  }

  /** Refetches the set for a key that it does not contain, at most once per cooldown. */
  async #refetchFor(header: KeyQuery): Promise<VerificationKey> {
    const { state } = this.#attempts
    const isCooldownOver = () => this.#since(this.#attempts.startedAt) >= unknownKidCooldown
    if (state === 'none' && isCooldownOver() && !this.#canRetry()) throw this.#unavailable()
    // Within the cooldown, a stalled attempt is replaced once, by the first request that finds it.
    const canReplace = () => isCooldownOver() || this.#attempts.replacements === 0
    const waits = state === 'none' ? isCooldownOver() : state === 'running' || canReplace()
    // Without a result, it is not known whether the key is in the set: that is an outage, not an unknown key.
    const isCurrent = waits ? await this.#attempts.wait(canReplace) : state === 'none'
    if (!isCurrent || this.#outage !== null || this.#cached === null) {
      throw this.#unavailable(Math.max(this.#outage?.backOff ?? 0, unknownKidCooldown))
    }
    const key = selectKey(this.#cached.list, header)
    if (key !== null) return key
    throw new AuthError('key_not_found', { logDetail: 'no key of the set, or more than one, matches kid and alg' })
  }

  async #attempt(signal: AbortSignal): Promise<Apply> {
    const { load, read, now, onAttempt } = this.#options
    const timing = startStopwatch()
    const end = (failure: AuthError | null) => {
      this.#endedAt = now()
      onAttempt({ keys: this.#cached?.list.length ?? 0, failure, ...timing() })
    }
    try {
      const document = await load(signal)
      const keys = await read(document, this.#cached?.keys ?? new Map())
      return ({ startedAt }) => {
        // The age counts from the request: after a freeze, the response may be as old as that.
        const fetchedAt = Math.min(startedAt, now())
        this.#cached = { keys, list: [...keys.values()], fetchedAt, lifetime: lifetimeOf(document) }
        this.#outage = null
        end(null)
      }
    } catch (cause) {
      return ({ wasFrozen }) => {
        // A freeze makes the attempt fail by its timeout, so this failure says nothing about the key server.
        if (wasFrozen) return
        const failures = (this.#outage?.failures ?? 0) + 1
        const error = failureOf(cause)
        this.#outage = { error, failures, backOff: backOffMilliseconds(failures) }
        end(error)
      }
    }
  }

  /** During its lifetime, then for the same time while it is refreshed, or for `maxStaleSeconds` during an outage. */
  #isUsable(cached: CachedKeySet): boolean {
    const stale = this.#age(cached) - cached.lifetime
    if (stale <= 0) return true
    return stale <= (this.#outage === null ? cached.lifetime : this.#options.maxStaleSeconds * second)
  }

  /**
   * After a long time without requests, the issuer may have removed a key from the set, for example because it was
   * stolen. The first request then waits for a fetch. A failure of long ago does not count as an outage.
   */
  #isIdleTooLong(cached: CachedKeySet): boolean {
    const isOld = this.#age(cached) > 2 * cached.lifetime
    const isLongAgo = this.#since(this.#endedAt) > idleLimit
    return isOld && isLongAgo && !this.#attempts.isClosed
  }

  #canRetry(): boolean {
    if (this.#attempts.isClosed) return false
    return this.#outage === null || this.#since(this.#attempts.startedAt) >= this.#outage.backOff
  }

  /** Whether a background refresh can start although the last one has stalled. */
  #canRepeatStalled(): boolean {
    return this.#since(this.#attempts.startedAt) > Math.max(stalledRefreshPause, this.#outage?.backOff ?? 0)
  }

  /** If the clock was set back, the set seems to be from the future. It then counts as just expired and is refreshed. */
  #age(cached: CachedKeySet): number {
    const age = this.#options.now() - cached.fetchedAt
    return age >= 0 ? age : cached.lifetime + 1
  }

  /** If the clock was set back, a recorded time is in the future. It then counts as long ago. */
  #since(time: number): number {
    const elapsed = this.#options.now() - time
    return elapsed >= 0 ? elapsed : Infinity
  }

  /** `pause` is the time from the start of the last attempt to the next one; `Retry-After` is what remains of it. */
  #unavailable(pause = this.#outage?.backOff ?? 0): AuthError {
    const error = this.#outage?.error ?? null
    const retryAfterSeconds = Math.max(1, (pause - this.#since(this.#attempts.startedAt)) / second)
    const logDetail =
      error?.logDetail ??
      (this.#attempts.isClosed ? 'the key source is closed' : 'no attempt to fetch the keys finished in time')
    return new AuthError('keys_unavailable', { logDetail, retryAfterSeconds }, { cause: error?.cause })
  }
}

/** `max-age`, but at least 1 and at most 60 minutes; 10 minutes if the response has none. */
function lifetimeOf({ maxAgeSeconds }: FetchedJson): number {
  if (maxAgeSeconds === null) return 10 * minute
  return Math.min(Math.max(maxAgeSeconds * second, minute), 60 * minute)
}

function failureOf(cause: unknown): AuthError {
  const reason = cause instanceof FetchFailure ? cause.message : 'an unexpected error'
  return new AuthError('keys_unavailable', { logDetail: `cannot fetch keys: ${reason}` }, { cause })
}

/** The pause after some failures in a row. It doubles up to 5 minutes; up to half of it is subtracted at random. */
function backOffMilliseconds(failures: number): number {
  const limit = Math.min(second * 2 ** failures, maxBackOff)
  return Math.max(second, Math.round(limit * (0.5 + Math.random() / 2)))
}
