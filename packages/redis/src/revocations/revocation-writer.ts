import type { RevocationEntry } from '@claimcheck/core/revocation'
import { backoff, Pauses } from '../lib/pauses.ts'
import type { CommandClient, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { toStoreError, RedisStoreError } from '../redis-store-error.ts'
import { sendCommand } from '../send-command.ts'
import { SharedConnection } from '../connection/shared-connection.ts'
import { withTimeout } from '../within-time.ts'
import type { RevocationLog } from './revocation-log.ts'
import type { RevocationReplica } from './revocation-replica.ts'

/** How long a writer that fails waits at most before it tries by itself again. */
const maxPauseMilliseconds = 2000

/** Writes revocations, over a connection of its own: it waits for replicas there, which would hold up whatever shares it. */
export class RevocationWriter {
  readonly #log: RevocationLog
  readonly #replica: RevocationReplica
  readonly #milliseconds: number
  readonly #connection: SharedConnection
  readonly #pauses = new Pauses()
  #problem: RedisStoreError | null = null
  #isRecovering = false
  #isClosed = false

  constructor(user: RedisClient, settings: RedisSettings, log: RevocationLog, replica: RevocationReplica) {
    this.#log = log
    this.#replica = replica
    this.#milliseconds = settings.commandTimeoutSeconds * 1000
    this.#connection = new SharedConnection(user, this.#milliseconds)
  }

  /** Why the last write failed; null once one succeeds, which a writer that fails tries by itself as well. */
  get problem(): RedisStoreError | null {
    return this.#problem
  }

  /** Resolves when Redis has the entry, and one of its replicas too where it has any. */
  async write(entry: RevocationEntry): Promise<void> {
    try {
      await this.#writeOnce([entry])
    } catch (error) {
      const failure = toStoreError(error)
      // A connection that died unused is found out by its first use; a revocation may be written twice.
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
      await withTimeout(connection.client, this.#milliseconds, async (commander) => {
        const manner = { isBounded: true, isStarting: !this.#replica.hasLoaded }
        const replicas = await this.#log.append(commander, entries, manner)
        if (replicas > 0) await this.#awaitReplica(commander)
      })
      this.#connection.succeed()
      this.#problem = null
    } catch (error) {
      const { reason } = toStoreError(error)
      // These two come from a Redis that works; any other may end with a new connection, as after a failover.
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

  /** Writes nothing, again and again, until that succeeds: so that `problem` does not outlive its cause. */
  async #recover(): Promise<void> {
    this.#isRecovering = true
    for (let failures = 1; this.#problem !== null && !this.#isClosed; failures += 1) {
      await this.#pauses.wait(backoff(failures, maxPauseMilliseconds))
      if (this.#isClosed) break
      await this.#writeOnce([]).catch((error: unknown) => (this.#problem = toStoreError(error)))
    }
    this.#isRecovering = false
  }

  async #awaitReplica(commander: CommandClient): Promise<void> {
    // Redis gives up before we do, so that its answer tells. WAIT has no key that would lead a cluster to the node.
    const words = ['WAIT', '1', String(Math.ceil(this.#milliseconds / 2))]
    const confirmed = await sendCommand(commander, this.#log.head, words)
    if (confirmed === 0) {
      const remedy = 'it is lost if the primary dies now. Revoke again, and see why the replicas lag'
      throw new RedisStoreError('not_replicated', `No replica has confirmed the revocation in time: ${remedy}`)
    }
  }
}
