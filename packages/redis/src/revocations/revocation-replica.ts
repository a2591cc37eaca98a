import type { RevocableToken } from '@claimcheck/core'
import { RevocationEntries } from '@claimcheck/core/revocation'
import type { RevocationEntry } from '@claimcheck/core/revocation'
import { withTimeout } from '../connection/commands.ts'
import type { RunCommands } from '../connection/commands.ts'
import { DedicatedConnection } from '../connection/dedicated-connection.ts'
import { backoff, Pauses } from '../lib/pauses.ts'
import type { CommandClient, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { storesClosed, toStoreError } from '../redis-store-error.ts'
import type { RedisStoreError } from '../redis-store-error.ts'
import { ServerCheck } from '../server/server-check.ts'
import { firstStartError, LossWatch, Restoration, StartGate } from './data-loss.ts'
import { Freshness } from './freshness.ts'
import type { Moment } from './freshness.ts'
import { isBroken } from './log-format.ts'
import type { LogState } from './log-format.ts'
import { batchSize, subjectSecondsOf } from './revocation-log.ts'
import type { RevocationLog } from './revocation-log.ts'

/** After so many heartbeats, every entry has been checked for expiry once. */
const sweepHeartbeats = 60

/**
 * The copy of the revocations in the memory of this process. It loads the live entries, then follows the stream, and knows
 * how old its data are. Only expired entries are removed. If Redis loses entries, they are restored from this copy.
 */
export class RevocationReplica {
  readonly freshness: Freshness
  readonly loss: LossWatch
  readonly #userClient: RedisClient
  readonly #settings: RedisSettings
  readonly #log: RevocationLog
  readonly #check: ServerCheck
  readonly #gate: StartGate
  readonly #restoration: Restoration
  readonly #heartbeatMilliseconds: number
  readonly #timeoutMilliseconds: number
  readonly #pauses = new Pauses()
  #list: RevocationEntries
  #connection: DedicatedConnection | null = null
  /** The last message that was read; null if the live entries must be loaded. */
  #lastId: string | null = null
  #generation = ''
  #lookedAt = -Infinity
  #loadedAt = -Infinity
  #problem: RedisStoreError | null = null
  #isClosed = false
  #waiting: { readonly resolve: () => void; readonly reject: (reason: Error) => void }[] = []

  constructor(userClient: RedisClient, settings: RedisSettings, log: RevocationLog) {
    this.freshness = new Freshness(settings.maxStalenessSeconds, settings.now)
    this.loss = new LossWatch(settings)
    this.#userClient = userClient
    this.#settings = settings
    this.#log = log
    this.#list = this.#createList()
    this.#heartbeatMilliseconds = settings.heartbeatSeconds * 1000
    this.#timeoutMilliseconds = Math.max(3 * this.#heartbeatMilliseconds, settings.commandTimeoutSeconds * 1000)
    this.#gate = new StartGate(settings, log, this.loss)
    this.#restoration = new Restoration(log)
    this.#check = new ServerCheck(settings, this.#timeoutMilliseconds)
  }

  /** Whether the live entries have been loaded at least once. */
  get hasLoaded(): boolean {
    return this.freshness.ageSeconds !== null
  }

  get size(): number {
    return this.#list.size
  }

  get lastId(): string | null {
    return this.#lastId
  }

  get isConnected(): boolean {
    return this.#connection !== null
  }

  get problem(): RedisStoreError | null {
    return this.#problem ?? this.#check.problem
  }

  isRevoked(token: RevocableToken): boolean {
    return this.#list.isRevoked(token)
  }

  /** Adds a revocation of this process immediately, without waiting for the message of the stream. */
  add(entry: RevocationEntry): void {
    this.#list.add(entry.kind, entry)
  }

  /** Loads the entries and follows the stream until `close` is called. It reconnects after every failure. */
  async follow(): Promise<void> {
    // Shorter than the wait of a first start, so that a process that lost Redis is back in time to restore its data.
    const maxPause = Math.min(2000, Math.max(50, this.#heartbeatMilliseconds))
    for (let failures = 0; !this.#isClosed;) {
      try {
        await this.#followOnce(() => (failures = 0))
      } catch (error) {
        if (this.#isClosed) return
        this.#fail(toStoreError(error))
        failures += 1
      }
      this.#disconnect()
      // No pause after a change of the data: a process that starts waits until this one restores what is missing.
      if (failures > 0) await this.#pauses.wait(backoff(failures, maxPause))
    }
  }

  /** Resolves when the live entries have been loaded. Rejects if the next attempt fails. */
  loaded(): Promise<void> {
    if (this.hasLoaded) return Promise.resolve()
    if (this.#isClosed) return Promise.reject(storesClosed())
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  close(): void {
    this.#isClosed = true
    this.#disconnect()
    this.#pauses.end()
    for (const { reject } of this.#waiting.splice(0)) reject(storesClosed())
  }

  async #followOnce(onSuccess: () => void): Promise<void> {
    const connection = await DedicatedConnection.open(this.#userClient, this.#timeoutMilliseconds)
    if (this.#isClosed) return connection.end()
    this.#connection = connection
    const run: RunCommands = (work) => withTimeout(connection.client, this.#timeoutMilliseconds, work)
    while (!this.#isClosed) {
      await this.#check.run(connection.client, !this.hasLoaded)
      if (this.#lastId === null) await this.#load(run)
      else if (await this.#read(connection.client, this.#lastId)) return
      if (this.#lastId !== null) await this.#restore(run)
      onSuccess()
    }
  }

  /** Loads at most once per heartbeat, whatever state Redis is in. */
  async #load(run: RunCommands): Promise<void> {
    await this.#pauses.wait(this.#loadedAt + this.#heartbeatMilliseconds - performance.now())
    const sentAt = this.freshness.now()
    this.#lookedAt = this.#loadedAt = sentAt.steady
    const current = await run((commands) => this.#log.look(commands))
    const state = this.hasLoaded ? current : await this.#gate.pass(run, current)
    if (state === null) {
      if (this.loss.isOpen) this.#fail(this.loss.error())
      else this.#problem = firstStartError
      return
    }
    const isLost = state.kind !== 'whole' || (this.hasLoaded && state.generation !== this.#generation)
    // Before the scan: Redis has entries that this process adds during the scan, but the scan need not return them.
    const known = Array.from(this.#list.live())
    const loaded = this.#createList()
    await this.#log.load(run, loaded)
    const missing = known.filter((entry) => !loaded.covers(entry))
    if (isLost || missing.length > 0) this.loss.report('This process restores what it knows.')
    for (const entry of this.#list.live()) loaded.add(entry.kind, entry)
    this.#list = loaded
    if (missing.length > 0 || state.kind !== 'whole') this.#restoration.schedule(missing, state.generation)
    this.#lastId = state.lastId
    this.#generation = state.generation
    this.#markFresh(sentAt)
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  /** Returns whether to give up the connection, because the data changed while a blocking command waits on it. */
  async #read(client: RedisClient, lastId: string): Promise<boolean> {
    const sentAt = this.freshness.now()
    const isLookDue = sentAt.steady - this.#lookedAt >= this.#heartbeatMilliseconds
    if (isLookDue) {
      this.#lookedAt = sentAt.steady
      this.#list.sweep(Math.ceil(this.#list.size / sweepHeartbeats))
    }
    const { state, messages } = await withTimeout(client, 3 * this.#heartbeatMilliseconds, async (commands) => {
      const looking = isLookDue ? this.#look(commands, lastId, sentAt) : null
      const reading = this.#log.readAfter(commands, lastId, Math.ceil(this.#heartbeatMilliseconds))
      reading.catch(() => undefined) // awaited below, unless the data changed
      const current = await looking
      if (current !== null && !this.#isSame(current)) return { state: current, messages: null }
      return { state: current, messages: await reading }
    })
    if (messages === null || isBroken(messages, lastId, state?.lastId ?? lastId)) {
      // Messages are missing: the stream was trimmed, or Redis has lost data. All live entries must be loaded again.
      this.#lastId = null
      return messages === null
    }
    for (const { id, entry } of messages) {
      this.#list.add(entry.kind, entry)
      this.#lastId = id
    }
    // An incomplete batch contains all messages that Redis had.
    if (messages.length > 0 && messages.length < batchSize) this.#markFresh(sentAt)
    return false
  }

  /** Responds immediately if there is nothing new, while the read of the stream waits for messages. */
  async #look(commands: CommandClient, lastId: string, sentAt: Moment): Promise<LogState> {
    const state = await this.#log.look(commands)
    if (state.lastId === lastId && this.#isSame(state)) {
      this.#markFresh(sentAt)
      this.loss.settle()
    }
    return state
  }

  #isSame({ kind, generation }: LogState): boolean {
    return kind === 'whole' && generation === this.#generation
  }

  async #restore(run: RunCommands): Promise<void> {
    const generation = await this.#restoration.run(run, this.#list, this.#generation)
    if (generation === null) this.#lastId = null
    else this.#generation = generation
  }

  #markFresh(sentAt: Moment): void {
    this.#problem = null
    this.freshness.markFresh(sentAt)
  }

  #createList(): RevocationEntries {
    const { maxEntries, now } = this.#settings
    // `maxEntries` limits what is written to Redis. This copy must contain all of it.
    return new RevocationEntries({
      max: Infinity,
      expected: maxEntries,
      subjectSeconds: subjectSecondsOf(this.#settings),
      now: () => now() / 1000,
    })
  }

  #fail(problem: RedisStoreError): void {
    this.#problem = problem
    for (const { reject } of this.#waiting.splice(0)) reject(problem)
  }

  #disconnect(): void {
    this.#connection?.end()
    this.#connection = null
    this.#gate.reset()
  }
}
