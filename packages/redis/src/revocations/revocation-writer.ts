import type { RevocationEntry } from '@claimcheck/core/revocation'
import { sendCommand, withTimeout } from '../connection/commands.ts'
import { SharedConnection } from '../connection/shared-connection.ts'
import { backoff, Pauses } from '../lib/pauses.ts'
import type { CommandClient, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError, toStoreError } from '../redis-store-error.ts'
import type { RevocationLog } from './revocation-log.ts'
import type { RevocationReplica } from './revocation-replica.ts'

/** The longest pause between the attempts of a writer that recovers. */
const maxPauseMilliseconds = 2000

/** Writes revocations on its own connection, because waiting for replicas would delay other commands. */
export class RevocationWriter {
  readonly #log: RevocationLog
  readonly #replica: RevocationReplica
  readonly #milliseconds: number
  readonly #connection: SharedConnection
  readonly #pauses = new Pauses()
  #problem: RedisStoreError | null = null
  #isRecovering = false
  #isClosed = false

  constructor(userClient: RedisClient, settings: RedisSettings, log: RevocationLog, replica: RevocationReplica) {
    this.#log = log
    this.#replica = replica
    this.#milliseconds = settings.commandTimeoutSeconds * 1000
    this.#connection = new SharedConnection(userClient, this.#milliseconds)
  }

  /** Why the last write failed; null if it succeeded. After a failure, the writer retries in the background. */
  get problem(): RedisStoreError | null {
    return this.#problem
  }

  /** Resolves when Redis has the entry, and also one of its replicas if it has any. */
  async write(entry: RevocationEntry): Promise<void> {
    try {
      await this.#writeOnce([entry])
    } catch (error) {
      const failure = toStoreError(error)
      // The connection might have been closed while it was idle, so try once more. Writing an entry twice does no harm.
      if (failure.reason !== 'unreachable' || this.#isClosed) throw this.#fail(failure)
      await this.#writeOnce([entry]).catch((second: unknown) => {
        throw this.#fail(toStoreError(second))
      })
    }
  }

  close(): void {
    this.#isClosed = true
    this.#connection.close()
    this.#pauses.end()
  }

  async #writeOnce(entries: readonly RevocationEntry[]): Promise<void> {
    const connection = await this.#connection.get()
    try {
      await withTimeout(connection.client, this.#milliseconds, async (commands) => {
        const options = { isBounded: true, isStarting: !this.#replica.hasLoaded }
        const replicas = await this.#log.append(commands, entries, options)
        if (replicas > 0) await this.#waitForReplica(commands)
      })
      this.#connection.succeed()
      this.#problem = null
    } catch (error) {
      const { reason } = toStoreError(error)
      // These two come from a Redis that works. A new connection can help with any other, for example after a failover.
      if (reason === 'full' || reason === 'not_replicated') this.#connection.succeed()
      else this.#connection.drop(connection)
      throw error
    }
  }

  #fail(failure: RedisStoreError): RedisStoreError {
    if (this.#isClosed) return failure
    this.#problem = failure
    if (!this.#isRecovering) void this.#recover()
    return failure
  }

  /** Writes nothing until that succeeds, so that `problem` does not outlive its cause. */
  async #recover(): Promise<void> {
    this.#isRecovering = true
    for (let failures = 1; this.#problem !== null && !this.#isClosed; failures += 1) {
      await this.#pauses.wait(backoff(failures, maxPauseMilliseconds))
      if (this.#isClosed) break
      await this.#writeOnce([]).catch((error: unknown) => (this.#problem = toStoreError(error)))
    }
    this.#isRecovering = false
  }

  async #waitForReplica(commands: CommandClient): Promise<void> {
    // Redis gives up before our time limit, so that we receive its response. WAIT has no key, so `head` selects the node.
    const words = ['WAIT', '1', String(Math.ceil(this.#milliseconds / 2))]
    const confirmed = await sendCommand(commands, this.#log.head, words)
    if (confirmed === 0) {
      const remedy = 'it is lost if the primary fails now. Revoke again, and check why the replicas are behind'
      throw new RedisStoreError('not_replicated', `No replica has confirmed the revocation in time: ${remedy}`)
    }
  }
}
