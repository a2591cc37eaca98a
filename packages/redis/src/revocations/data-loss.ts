import type { RevocationEntries, RevocationEntry } from '@claimcheck/core/revocation'
import type { RunCommands } from '../connection/commands.ts'
import { warn } from '../lib/warn.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import { isRestored } from './log-format.ts'
import type { LogState } from './log-format.ts'
import type { RevocationLog } from './revocation-log.ts'

/** What this process has noticed of data that Redis lost. */
export class LossWatch {
  readonly #now: () => number
  readonly #waitSeconds: number
  #detectedAt: number | null = null
  #isOpen = false
  #wasNoted = false

  constructor({ now, maxTokenLifetimeSeconds, clockToleranceSeconds, clockSkewSeconds }: RedisSettings) {
    this.#now = now
    // A lost entry can revoke a token that was issued just before the loss, by a clock that is ahead of this one.
    this.#waitSeconds = maxTokenLifetimeSeconds + clockToleranceSeconds + clockSkewSeconds
  }

  /** When the last loss was noticed, in seconds; null if there was none. */
  get detectedAt(): number | null {
    return this.#detectedAt
  }

  /** Whether a loss was noticed from which Redis has not recovered. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Warns about a loss, once until Redis has recovered. */
  report(consequence: string): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#detectedAt = this.#now() / 1000
    warn(`Redis has lost revocations. ${consequence} Check its persistence, its replicas and its maxmemory-policy.`)
  }

  settle(): void {
    this.#isOpen = false
  }

  /** Whether every token that a lost entry can revoke has expired. */
  hasOutlived({ lostAt }: LogState): boolean {
    // The time of the loss was written before and is missing now: data were lost again, so the wait starts again.
    if (lostAt === null && this.#wasNoted) this.#detectedAt = this.#now() / 1000
    this.#wasNoted = lostAt !== null
    return this.#now() / 1000 >= (lostAt ?? this.#detectedAt ?? Infinity) + this.#waitSeconds
  }

  /** Why a process that starts after a loss serves no requests. */
  error(): RedisStoreError {
    const cause = 'Redis has lost revocations, and this process cannot know which tokens they revoked'
    const remedy =
      'it accepts no token until a running process restores them, or until all of those tokens have expired'
    return new RedisStoreError('lost', `${cause}: ${remedy}`)
  }
}

/** At a first start, the process waits for so many heartbeats, so that a running process can restore lost data. */
const firstStartHeartbeats = 2

/** Why a process serves no requests at a first start. */
export const firstStartError = new RedisStoreError(
  'loading',
  'Redis contains no revocation data yet: this process waits two heartbeats for a running process that has some',
)

/** Decides whether a process that starts can rely on what Redis contains. */
export class StartGate {
  readonly #log: RevocationLog
  readonly #loss: LossWatch
  readonly #waitMilliseconds: number
  #emptySince: number | null = null

  constructor({ heartbeatSeconds }: RedisSettings, log: RevocationLog, loss: LossWatch) {
    this.#log = log
    this.#loss = loss
    this.#waitMilliseconds = firstStartHeartbeats * heartbeatSeconds * 1000
  }

  /** Starts the wait again: while this process is not connected, a running process might not be either. */
  reset(): void {
    this.#emptySince = null
  }

  /** Returns the state to start with; null if the process must read the state again. */
  async pass(run: RunCommands, state: LogState): Promise<LogState | null> {
    if (state.kind === 'whole') {
      if (this.#emptySince !== null && isRestored(state)) {
        this.#loss.report('A running process has restored what it knew.')
      }
      return state
    }
    if (state.kind === 'lost' || this.#loss.isOpen) return this.#passAfterLoss(run, state)
    this.#emptySince ??= performance.now()
    if (performance.now() - this.#emptySince < this.#waitMilliseconds) return null
    await run((commands) => this.#log.begin(commands))
    const begun = await run((commands) => this.#log.look(commands))
    return begun.kind === 'whole' ? begun : null
  }

  async #passAfterLoss(run: RunCommands, state: LogState): Promise<LogState | null> {
    this.#loss.report('This process accepts no token until a running process restores them.')
    if (this.#loss.hasOutlived(state)) return state
    if (state.lostAt === null && state.kind === 'lost') {
      // If Redis accepts no writes, this process still knows the time itself.
      await run((commands) => this.#log.noteLoss(commands)).catch(() => undefined)
    }
    return null
  }
}

const restoreBatchSize = 500

/** Restores entries that Redis has lost. If a write fails, the next call continues. */
export class Restoration {
  readonly #log: RevocationLog
  #pendingRestores: readonly RevocationEntry[] = []
  /** The generation of the data that lack entries (an empty string if they have none); null if there is nothing to restore. */
  #incomplete: string | null = null

  constructor(log: RevocationLog) {
    this.#log = log
  }

  /** Sets the entries that Redis lacks, and the generation of the data that lack them. */
  schedule(entries: readonly RevocationEntry[], generation: string): void {
    this.#pendingRestores = entries
    this.#incomplete = generation
  }

  /** Returns the generation of the restored data, or `current` if there is nothing to restore; null if data were lost again. */
  async run(run: RunCommands, list: RevocationEntries, current: string): Promise<string | null> {
    const options = { isBounded: false, isStarting: false }
    while (this.#pendingRestores.length > 0) {
      const batch = this.#pendingRestores.slice(0, restoreBatchSize)
      await run((commands) => this.#log.append(commands, batch, options))
      this.#pendingRestores = this.#pendingRestores.slice(restoreBatchSize)
    }
    const incomplete = this.#incomplete
    if (incomplete === null) return current
    const knownEntries = Array.from(list.live()).length
    const generation = await run((commands) => this.#log.restore(commands, incomplete, knownEntries))
    this.#incomplete = null
    return generation
  }
}
