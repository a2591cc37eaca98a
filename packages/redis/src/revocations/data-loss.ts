import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import { warn } from '../lib/warn.ts'
import type { LogState } from './log-state.ts'

/** What this process has noticed of data that Redis lost. */
export class LossWatch {
  readonly #now: () => number
  readonly #waitSeconds: number
  #detectedAt: number | null = null
  #isOpen = false
  #isNoted = false

  constructor({ now, maxTokenLifetimeSeconds, clockToleranceSeconds, clockSkewSeconds }: RedisSettings) {
    this.#now = now
    // The last token that a lost entry revoked was issued before the loss, by a clock that may be ahead of ours.
    this.#waitSeconds = maxTokenLifetimeSeconds + clockToleranceSeconds + clockSkewSeconds
  }

  /** When a loss was noticed last, in seconds; null if none was. */
  get detectedAt(): number | null {
    return this.#detectedAt
  }

  /** Whether a loss was noticed that is not made up for. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Reports a loss, once until it is made up for. */
  report(remedy: string): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#detectedAt = this.#now() / 1000
    warn(`Redis has lost revocations. ${remedy} Check its persistence, its replicas and its maxmemory-policy.`)
  }

  settle(): void {
    this.#isOpen = false
  }

  /** Whether every token that a lost entry may have revoked has expired. */
  hasOutlived({ lostAt }: LogState): boolean {
    // Noted before, and not any more: something was lost again, so the wait begins again.
    if (lostAt === null && this.#isNoted) this.#detectedAt = this.#now() / 1000
    this.#isNoted = lostAt !== null
    return this.#now() / 1000 >= (lostAt ?? this.#detectedAt ?? Infinity) + this.#waitSeconds
  }

  /** Why a process that starts serves nothing. */
  problem(): RedisStoreError {
    const what = 'Redis has lost revocations, and this process cannot know which tokens they revoked'
    const remedy = 'it accepts none until a running process gives them back, or until all of those tokens have expired'
    return new RedisStoreError('lost', `${what}: ${remedy}`)
  }
}
