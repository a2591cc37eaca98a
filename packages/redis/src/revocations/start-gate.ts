import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import type { Step } from '../connection/commands.ts'
import { isRestored } from './log-state.ts'
import type { LogState } from './log-state.ts'
import type { LossWatch } from './data-loss.ts'
import type { RevocationLog } from './revocation-log.ts'

/** A first start waits so many heartbeats for a running process to give back what Redis has lost. */
const firstStartHeartbeats = 2

/** Why a process does not serve at a first start. */
export const firstStart = new RedisStoreError(
  'loading',
  'Redis contains no data of revocations yet: this process waits two heartbeats for one that knows some',
)

/** Decides whether a process that starts may take what Redis contains for all that was revoked. */
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

  /** Begins to wait again: without a connection, a running process could not give anything back either. */
  reset(): void {
    this.#emptySince = null
  }

  /** The state to start with; null if the process is to look again. */
  async pass(ask: Step, state: LogState): Promise<LogState | null> {
    if (state.kind === 'whole') {
      if (this.#emptySince !== null && isRestored(state))
        this.#loss.report('A running process has given back what it knew.')
      return state
    }
    if (state.kind === 'lost' || this.#loss.isOpen) return this.#passAfterLoss(ask, state)
    this.#emptySince ??= performance.now()
    if (performance.now() - this.#emptySince < this.#waitMilliseconds) return null
    await ask((commander) => this.#log.begin(commander))
    return ask((commander) => this.#log.look(commander)).then((begun) => (begun.kind === 'whole' ? begun : null))
  }

  async #passAfterLoss(ask: Step, state: LogState): Promise<LogState | null> {
    this.#loss.report('This process accepts no token until a running process gives them back.')
    if (this.#loss.hasOutlived(state)) return state
    if (state.lostAt === null && state.kind === 'lost') {
      // What a Redis that takes no writes cannot write down, this process knows by itself.
      await ask((commander) => this.#log.noteLoss(commander)).catch(() => undefined)
    }
    return null
  }
}
