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
  readonly keys: number
  readonly failure: AuthError | null
}

/** Receives the promise of a refresh that no request waits for, and the request that started it. It must not throw. */
export type KeepAlive = (refresh: Promise<void>, request: RequestLike | null) => void

interface KeyRefresherOptions {
  /** Fetches the JWK Set, wherever it is, until its signal ends it. */
  readonly load: (signal: AbortSignal) => Promise<FetchedJson>
  readonly read: ReadKeySet
  readonly now: () => number
  /** Told of each attempt: how many keys are held after it, and why it failed, or null. */
  readonly onAttempt: (attempt: KeyAttempt) => void
  /** How long past its lifetime a set may serve while it cannot be refreshed. */
  readonly maxStaleSeconds: number
  readonly keepAlive: KeepAlive | null
}

/** A JWK Set that was fetched. Times here and below are milliseconds. */
interface CachedKeySet {
  readonly keys: CachedKeys
  readonly list: readonly VerificationKey[]
  readonly fetchedAt: number
  readonly lifetime: number
}

/** What failed since the last success, and how long to leave the server alone. */
interface Outage {
  readonly error: AuthError
  readonly failures: number
  readonly backOff: number
}

const second = 1000
const minute = 60 * second
const longestBackOff = 5 * minute
const unknownKidCooldown = 30 * second
/** A refresh in the background is tried again after this time if it stalled: the runtime may cancel it each time. */
const stalledRefreshPause = minute
/** How long a failed attempt counts as an outage: four times the longest pause between attempts. */
const idleLimit = 20 * minute

/**
 * Keys that are fetched, and kept fresh. A known key waits for no fetch: the set is refreshed behind its back. An
 * unknown one joins at most one fetch per cooldown. A failure takes nothing away that may still be used.
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
    const held = this.#cached
    const nextRefreshAt = Math.max(
      held === null ? 0 : held.fetchedAt + held.lifetime,
      this.#attempts.startedAt + (this.#outage?.backOff ?? 0),
    )
    return {
      fetchedAt: held === null ? null : held.fetchedAt / second,
      nextRefreshAt: nextRefreshAt > 0 ? nextRefreshAt / second : null,
      lastError: this.#outage?.error ?? (held === null && this.#isWithoutResult() ? this.#unavailable() : null),
    }
  }

  /** Whether requests are refused although no attempt has failed: their attempts had no result, or may not start. */
  #isWithoutResult(): boolean {
    const { state, losses, isClosed } = this.#attempts
    return isClosed || state === 'stalled' || losses > 0
  }

  /** The keys that may be used at once, a refresh being started where it is due; null where one must be waited for. */
  #currentKeys(request: RequestLike | null): readonly VerificationKey[] | null {
    const held = this.#cached
    if (held === null || !this.#isUsable(held) || this.#isIdleTooLong(held)) return null
    if (this.#age(held) > held.lifetime) this.#refreshInBackground(request)
    return held.list
  }

  #refreshInBackground(request: RequestLike | null): void {
    const { state } = this.#attempts
    if (state === 'none' ? !this.#canRetry() : state === 'running' || !this.#mayRepeat()) return
    this.#attempts.start()
    this.#options.keepAlive?.(this.#attempts.ended(), request)
  }

  async #waitForKeys(): Promise<readonly VerificationKey[]> {
    if (this.#attempts.state !== 'none' || this.#canRetry()) await this.#attempts.wait()
    const held = this.#cached
    if (held !== null && this.#isUsable(held) && !this.#isIdleTooLong(held)) return held.list
    throw this.#unavailable()
  }

  async #findAfterRefresh(header: KeyQuery): Promise<VerificationKey> {
    return selectKey(await this.#waitForKeys(), header) ?? this.#refetchFor(header)
  }

  async #refetchFor(header: KeyQuery): Promise<VerificationKey> {
    const { state } = this.#attempts
    const isCool = () => this.#since(this.#attempts.startedAt) >= unknownKidCooldown
    if (state === 'none' && isCool() && !this.#canRetry()) throw this.#unavailable()
    // A stalled attempt is replaced once within the cooldown, by whichever request finds it.
    const mayReplace = () => isCool() || this.#attempts.losses === 0
    const waits = state === 'none' ? isCool() : state === 'running' || mayReplace()
    // Without the result of an attempt, whether the key is in the set is not known.
    const isCurrent = waits ? await this.#attempts.wait(mayReplace) : state === 'none'
    if (!isCurrent || this.#outage !== null || this.#cached === null) {
      throw this.#unavailable(Math.max(this.#outage?.backOff ?? 0, unknownKidCooldown))
    }
    const key = selectKey(this.#cached.list, header)
    if (key !== null) return key
    throw new AuthError('key_not_found', { logDetail: 'no key of the set, or more than one, matches kid and alg' })
  }

  async #attempt(signal: AbortSignal): Promise<Apply> {
    const { load, read, now, onAttempt: told } = this.#options
    const timing = startStopwatch()
    const end = (failure: AuthError | null) => {
      this.#endedAt = now()
      told({ keys: this.#cached?.list.length ?? 0, failure, ...timing() })
    }
    try {
      const document = await load(signal)
      const keys = await read(document, this.#cached?.keys ?? new Map())
      return ({ startedAt }) => {
        // After a freeze, the response may be as old as the request.
        const fetchedAt = Math.min(startedAt, now())
        this.#cached = { keys, list: [...keys.values()], fetchedAt, lifetime: lifetimeOf(document) }
        this.#outage = null
        end(null)
      }
    } catch (cause) {
      return ({ wasFrozen }) => {
        // The failure is then that of this process: it says nothing about the key server.
        if (wasFrozen) return
        const failures = (this.#outage?.failures ?? 0) + 1
        const error = failureOf(cause)
        this.#outage = { error, failures, backOff: backOffMilliseconds(failures) }
        end(error)
      }
    }
  }

  /** While it lives; while its refresh is under way, for as long again; after a failure, for as long as it may be stale. */
  #isUsable(held: CachedKeySet): boolean {
    const stale = this.#age(held) - held.lifetime
    if (stale <= 0) return true
    return stale <= (this.#outage === null ? held.lifetime : this.#options.maxStaleSeconds * second)
  }

  /** After a quiet time nobody knows whether the set still stands: a failure of long ago says nothing about it. */
  #isIdleTooLong(held: CachedKeySet): boolean {
    const isOld = this.#age(held) > 2 * held.lifetime
    const isLongAgo = this.#since(this.#endedAt) > idleLimit
    return isOld && isLongAgo && !this.#attempts.isClosed
  }

  #canRetry(): boolean {
    if (this.#attempts.isClosed) return false
    return this.#outage === null || this.#since(this.#attempts.startedAt) >= this.#outage.backOff
  }

  /** Whether a refresh may start in the background though the last one stalled. */
  #mayRepeat(): boolean {
    return this.#since(this.#attempts.startedAt) > Math.max(stalledRefreshPause, this.#outage?.backOff ?? 0)
  }

  /** A set from the future, as a clock that was set back makes it, is due for a refresh and no older than that. */
  #age(held: CachedKeySet): number {
    const age = this.#options.now() - held.fetchedAt
    return age >= 0 ? age : held.lifetime + 1
  }

  /** A time in the future was noted before the clock was set back: it counts as long ago. */
  #since(time: number): number {
    const elapsed = this.#options.now() - time
    return elapsed >= 0 ? elapsed : Infinity
  }

  /** After which pause another attempt may be made, is for the one who asks to say. */
  #unavailable(pause = this.#outage?.backOff ?? 0): AuthError {
    const error = this.#outage?.error ?? null
    const retryAfterSeconds = Math.max(1, (pause - this.#since(this.#attempts.startedAt)) / second)
    const logDetail =
      error?.logDetail ??
      (this.#attempts.isClosed ? 'the key source is closed' : 'no attempt to fetch the keys finished in time')
    return new AuthError('keys_unavailable', { logDetail, retryAfterSeconds }, { cause: error?.cause })
  }
}

/** `max-age` within 1 and 60 minutes; 10 where the server does not say. */
function lifetimeOf({ maxAgeSeconds }: FetchedJson): number {
  if (maxAgeSeconds === null) return 10 * minute
  return Math.min(Math.max(maxAgeSeconds * second, minute), 60 * minute)
}

function failureOf(cause: unknown): AuthError {
  const reason = cause instanceof FetchFailure ? cause.message : 'an unexpected error'
  return new AuthError('keys_unavailable', { logDetail: `cannot fetch keys: ${reason}` }, { cause })
}

/** How long to wait after that many failures in a row: 1 second, doubled up to 5 minutes, less up to half by chance. */
function backOffMilliseconds(failures: number): number {
  const longest = Math.min(second * 2 ** failures, longestBackOff)
  return Math.max(second, Math.round(longest * (0.5 + Math.random() / 2)))
}
