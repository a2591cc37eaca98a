import { AuthError } from '../errors.ts'
import { backOffMilliseconds, withDeadline } from './attempt.ts'
import { FetchFailure } from './fetch-json.ts'
import type { FetchedJson } from './fetch-json.ts'
import { selectKey } from './key-source.ts'
import type { KeyQuery, KeySource, KeySourceState } from './key-source.ts'
import type { HeldKeys, ReadKeySet } from './key-set.ts'
import { startStopwatch } from '../diagnostics/stopwatch.ts'
import type { Timing } from '../diagnostics/stopwatch.ts'
import type { VerificationKey } from './verification-key.ts'

/** How an attempt to fetch keys ended. */
export interface KeyAttempt extends Timing {
  readonly keys: number
  readonly failure: AuthError | null
}

interface KeyRefresherOptions {
  /** Fetches the JWK Set, wherever it is, until its signal ends it. */
  readonly load: (signal: AbortSignal) => Promise<FetchedJson>
  readonly read: ReadKeySet
  readonly now: () => number
  /** Told of each attempt: how many keys are held after it, and why it failed, or null. */
  readonly told: (attempt: KeyAttempt) => void
  /** How long past its lifetime a set may serve while it cannot be refreshed. */
  readonly maxStaleSeconds: number
}

/** A JWK Set that was fetched. Times here and below are milliseconds. */
interface HeldSet {
  readonly keys: HeldKeys
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
const unknownKidCooldown = 30 * second
/** How long a failed attempt speaks for the time after it. */
const attemptCounts = 10 * minute

/**
 * Keys that are fetched, and kept fresh. A known key waits for no fetch: the set is refreshed behind its back. An
 * unknown one joins at most one fetch per cooldown. A failure takes nothing away that may still be used.
 */
export class KeyRefresher implements KeySource {
  readonly #options: KeyRefresherOptions
  /** Made when it is needed: Workers permit none at global scope. */
  #cancel: AbortController | null = null
  #isClosed = false
  #held: HeldSet | null = null
  #outage: Outage | null = null
  #triedAt = -Infinity
  #endedAt = -Infinity
  #running: Promise<void> | null = null

  constructor(options: KeyRefresherOptions) {
    this.#options = options
  }

  find(header: KeyQuery): VerificationKey | Promise<VerificationKey> {
    const keys = this.#usableNow()
    if (keys === null) return this.#findAfterRefresh(header)
    return selectKey(keys, header) ?? this.#findUnknown(header)
  }

  holds(key: VerificationKey): boolean {
    return this.#usableNow()?.includes(key) ?? false
  }

  async ready(): Promise<void> {
    if (this.#usableNow() === null) await this.#usableSoon()
  }

  close(): void {
    this.#isClosed = true
    this.#cancel?.abort()
  }

  state(): KeySourceState {
    const held = this.#held
    const nextRefreshAt = Math.max(
      held === null ? 0 : held.fetchedAt + held.lifetime,
      this.#triedAt + (this.#outage?.backOff ?? 0),
    )
    return {
      fetchedAt: held === null ? null : held.fetchedAt / second,
      nextRefreshAt: nextRefreshAt > 0 ? nextRefreshAt / second : null,
      lastError: this.#outage?.error ?? null,
    }
  }

  /** The keys that may be used at once, a refresh being started where it is due; null where one must be waited for. */
  #usableNow(): readonly VerificationKey[] | null {
    const held = this.#held
    if (held === null || !this.#isUsable(held) || this.#isForgotten(held)) return null
    if (this.#age(held) > held.lifetime && this.#mayTry()) void this.#refresh()
    return held.list
  }

  async #usableSoon(): Promise<readonly VerificationKey[]> {
    if (this.#running !== null || this.#mayTry()) await this.#refresh()
    if (this.#held !== null && this.#isUsable(this.#held)) return this.#held.list
    throw this.#unavailable()
  }

  async #findAfterRefresh(header: KeyQuery): Promise<VerificationKey> {
    return selectKey(await this.#usableSoon(), header) ?? this.#findUnknown(header)
  }

  async #findUnknown(header: KeyQuery): Promise<VerificationKey> {
    const isCool = this.#since(this.#triedAt) >= unknownKidCooldown
    if (this.#running === null && isCool && !this.#mayTry()) throw this.#unavailable()
    if (this.#running !== null || isCool) await this.#refresh()
    if (this.#outage !== null || this.#held === null) {
      throw this.#unavailable(Math.max(this.#outage?.backOff ?? 0, unknownKidCooldown))
    }
    const key = selectKey(this.#held.list, header)
    if (key !== null) return key
    throw new AuthError('key_not_found', { detail: 'not exactly one key of the set fits the kid and alg' })
  }

  #refresh(): Promise<void> {
    this.#running ??= this.#attempt().finally(() => {
      this.#running = null
      this.#endedAt = this.#options.now()
    })
    return this.#running
  }

  async #attempt(): Promise<void> {
    const { load, read, now, told } = this.#options
    const timing = startStopwatch()
    this.#cancel ??= new AbortController()
    this.#triedAt = now()
    try {
      const document = await withDeadline(load, this.#cancel.signal)
      const keys = await read(document, this.#held?.keys ?? new Map())
      this.#held = { keys, list: [...keys.values()], fetchedAt: now(), lifetime: lifetimeOf(document) }
      this.#outage = null
    } catch (cause) {
      if (this.#isClosed) return
      const failures = (this.#outage?.failures ?? 0) + 1
      this.#outage = { error: failureOf(cause), failures, backOff: backOffMilliseconds(failures) }
    }
    told({ keys: this.#held?.list.length ?? 0, failure: this.#outage?.error ?? null, ...timing() })
  }

  /** While it lives; while its refresh is under way, for as long again; after a failure, for as long as it may be stale. */
  #isUsable(held: HeldSet): boolean {
    const stale = this.#age(held) - held.lifetime
    if (stale <= 0) return true
    return stale <= (this.#outage === null ? held.lifetime : this.#options.maxStaleSeconds * second)
  }

  /** After a quiet time nobody knows whether the set still stands: a failure of long ago says nothing about it. */
  #isForgotten(held: HeldSet): boolean {
    const isOld = this.#age(held) > 2 * held.lifetime
    const isLongAgo = this.#since(this.#endedAt) > Math.max(attemptCounts, 2 * held.lifetime)
    return isOld && isLongAgo && !this.#isClosed
  }

  #mayTry(): boolean {
    if (this.#isClosed) return false
    return this.#outage === null || this.#since(this.#triedAt) >= this.#outage.backOff
  }

  /** A set from the future, as a clock that was set back makes it, is due for a refresh and no older than that. */
  #age(held: HeldSet): number {
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
    const retryAfterSeconds = Math.max(1, (pause - this.#since(this.#triedAt)) / second)
    const detail = error?.detail ?? 'the key source is closed'
    return new AuthError('keys_unavailable', { detail, retryAfterSeconds }, { cause: error?.cause })
  }
}

/** `max-age` within 1 and 60 minutes; 10 where the server does not say. */
function lifetimeOf({ maxAgeSeconds }: FetchedJson): number {
  if (maxAgeSeconds === null) return 10 * minute
  return Math.min(Math.max(maxAgeSeconds * second, minute), 60 * minute)
}

function failureOf(cause: unknown): AuthError {
  const reason = cause instanceof FetchFailure ? cause.message : 'it failed'
  return new AuthError('keys_unavailable', { detail: `the key server cannot be used: ${reason}` }, { cause })
}
