import { OwnConnection } from '../own-connection.ts'
import type { Commander, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-settings.ts'
import { explain, RedisStoreError } from '../redis-store-error.ts'
import { withinTime } from '../within-time.ts'
import type { RevocationEntry } from '@claimcheck/core/revocation'
import type { RevocationLog } from './revocation-log.ts'

/** Writes revocations, over a connection of its own: it waits for replicas there, which would hold up whatever shares it. */
export class RevocationWriter {
  readonly #user: RedisClient
  readonly #log: RevocationLog
  readonly #milliseconds: number
  #opening: Promise<OwnConnection> | null = null
  #isClosed = false

  constructor(user: RedisClient, settings: RedisSettings, log: RevocationLog) {
    this.#user = user
    this.#log = log
    this.#milliseconds = settings.commandTimeoutSeconds * 1000
  }

  /** Resolves when Redis has the entry, and one of its replicas too where it has any. */
  async write(entry: RevocationEntry): Promise<void> {
    try {
      await this.#writeOnce(entry)
    } catch (error) {
      const failure = explain(error)
      // A connection that died unused is found out by its first use; a revocation may be written twice.
      if (failure.reason !== 'unreachable' || this.#isClosed) throw failure
      await this.#writeOnce(entry).catch((second: unknown) => {
        throw explain(second)
      })
    }
  }

  close(): void {
    this.#isClosed = true
    this.#drop()
  }

  async #writeOnce(entry: RevocationEntry): Promise<void> {
    if (this.#isClosed) throw new RedisStoreError('unreachable', 'The stores are closed: make new ones')
    this.#opening ??= OwnConnection.open(this.#user, this.#milliseconds)
    const opening = this.#opening
    try {
      const { client } = await opening
      await withinTime(client, this.#milliseconds, async (commander) => {
        const replicas = await this.#log.append(commander, [entry], true)
        if (replicas > 0) await this.#awaitReplica(commander)
      })
    } catch (error) {
      // One that others have put in its place meanwhile is theirs.
      const { reason } = explain(error)
      if (this.#opening === opening && (reason === 'unreachable' || reason === 'timeout' || reason === 'denied'))
        this.#drop()
      throw error
    }
  }

  async #awaitReplica(commander: Commander): Promise<void> {
    // Redis gives up before we do, so that its answer tells.
    const confirmed = await wait(commander, this.#log.head, Math.ceil(this.#milliseconds / 2))
    if (confirmed === 0) {
      const remedy = 'it is lost if the primary dies now. Revoke again, and see why the replicas lag'
      throw new RedisStoreError('not_replicated', `No replica has confirmed the revocation in time: ${remedy}`)
    }
  }

  #drop(): void {
    this.#opening?.then((connection) => connection.end()).catch(() => undefined)
    this.#opening = null
  }
}

type Send = (...given: unknown[]) => Promise<unknown>

/** WAIT has no key that would lead a cluster to the node that was written to. */
function wait(commander: Commander, key: string, milliseconds: number): Promise<unknown> {
  const command = ['WAIT', '1', String(milliseconds)]
  const send = commander.sendCommand.bind(commander) as unknown as Send
  if ('masters' in commander) return send(key, false, command)
  return 'getMasterNode' in commander ? send(false, command) : send(command)
}
