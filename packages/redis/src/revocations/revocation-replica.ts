import type { RevocableToken } from '@claimcheck/core'
import { RevocationEntries } from '@claimcheck/core/revocation'
import type { RevocationEntry } from '@claimcheck/core/revocation'
import { DedicatedConnection } from '../connection/dedicated-connection.ts'
import { backoff, Pauses } from '../lib/pauses.ts'
import type { CommandClient, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { toStoreError, RedisStoreError, storesClosed } from '../redis-store-error.ts'
import { ServerCheck } from '../server/server-check.ts'
import type { Step } from '../connection/commands.ts'
import { withTimeout } from '../within-time.ts'
import { Freshness } from './freshness.ts'
import type { Moment } from './freshness.ts'
import { isBroken } from './log-format.ts'
import type { LogState } from './log-state.ts'
import { LossWatch } from './data-loss.ts'
import { Restoration } from './restoration.ts'
import { messagesAtOnce, subjectSecondsOf } from './revocation-log.ts'
import type { RevocationLog } from './revocation-log.ts'
import { firstStart, StartGate } from './start-gate.ts'

/** In so many heartbeats every entry was looked at once, for whether it is over. */
const sweepTurns = 60

/**
 * What this process knows of the revocations of all: it loads the live ones, follows the stream from then on, and says how
 * old its knowledge is. Nothing is ever taken out but what is over: what Redis has lost is given back to it.
 */
export class RevocationReplica {
  readonly freshness: Freshness
  readonly loss: LossWatch
  readonly #user: RedisClient
  readonly #settings: RedisSettings
  readonly #log: RevocationLog
  readonly #check: ServerCheck
  readonly #gate: StartGate
  readonly #restoration: Restoration
  readonly #heartbeatMilliseconds: number
  readonly #stepMilliseconds: number
  readonly #pauses = new Pauses()
  #list: RevocationEntries
  #connection: DedicatedConnection | null = null
  /** The last message that was read; null if the live entries are to be loaded. */
  #lastId: string | null = null
  #generation = ''
  #lookedAt = -Infinity
  #loadedAt = -Infinity
  #problem: RedisStoreError | null = null
  #isClosed = false
  #waiting: { readonly resolve: () => void; readonly reject: (reason: Error) => void }[] = []

  constructor(user: RedisClient, settings: RedisSettings, log: RevocationLog) {
    this.freshness = new Freshness(settings.maxStalenessSeconds, settings.now)
    this.loss = new LossWatch(settings)
    this.#user = user
    this.#settings = settings
    this.#log = log
    this.#list = this.#emptyList()
    this.#heartbeatMilliseconds = settings.heartbeatSeconds * 1000
    this.#stepMilliseconds = Math.max(3 * this.#heartbeatMilliseconds, settings.commandTimeoutSeconds * 1000)
    this.#gate = new StartGate(settings, log, this.loss)
    this.#restoration = new Restoration(log)
    this.#check = new ServerCheck(settings, this.#stepMilliseconds)
  }

  /** Whether the live entries were loaded once. */
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
    return this.#list.holds(token)
  }

  /** Takes in what this process itself has revoked, without waiting for the stream to bring it back. */
  add(entry: RevocationEntry): void {
    this.#list.add(entry.kind, entry)
  }

  /** Follows until it is closed. */
  async follow(): Promise<void> {
    // Shorter than a first start waits: so that a process that lost Redis is back in time to give back what it knows.
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
      // After data that changed there is no pause: a process that starts waits for us to give back what they lack.
      if (failures > 0) await this.#pauses.wait(backoff(failures, maxPause))
    }
  }

  /** Resolves when the live entries are loaded; rejects with why they could not be, the next time it is tried. */
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

  async #followOnce(isWell: () => void): Promise<void> {
    const connection = await DedicatedConnection.open(this.#user, this.#stepMilliseconds)
    if (this.#isClosed) return connection.end()
    this.#connection = connection
    const ask: Step = (work) => withTimeout(connection.client, this.#stepMilliseconds, work)
    while (!this.#isClosed) {
      await this.#check.run(connection.client, !this.hasLoaded)
      if (this.#lastId === null) await this.#load(ask)
      else if (await this.#read(connection.client, this.#lastId)) return
      if (this.#lastId !== null) await this.#giveBack(ask)
      isWell()
    }
  }

  /** At most once in a heartbeat, whatever Redis says. */
  async #load(ask: Step): Promise<void> {
    await this.#pauses.wait(this.#loadedAt + this.#heartbeatMilliseconds - performance.now())
    const asked = this.freshness.now()
    this.#lookedAt = this.#loadedAt = asked.steady
    const seen = await ask((commander) => this.#log.look(commander))
    const state = this.hasLoaded ? seen : await this.#gate.pass(ask, seen)
    if (state === null) {
      if (this.loss.isOpen) this.#fail(this.loss.problem())
      else this.#problem = firstStart
      return
    }
    const isLost = state.kind !== 'whole' || (this.hasLoaded && state.generation !== this.#generation)
    // Not what this process adds while it loads: Redis has that, but a scan need not show it.
    const known = Array.from(this.#list.live())
    const loaded = this.#emptyList()
    await this.#log.load(ask, loaded)
    const lost = known.filter((entry) => !loaded.covers(entry))
    if (isLost || lost.length > 0) this.loss.report('This process gives back what it knows.')
    for (const entry of this.#list.live()) loaded.add(entry.kind, entry)
    this.#list = loaded
    if (lost.length > 0 || state.kind !== 'whole') this.#restoration.owe(lost, state.generation)
    this.#lastId = state.lastId
    this.#generation = state.generation
    this.#hearOf(asked)
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  /** Whether the connection is to be given up, because data changed while a command waits on it. */
  async #read(client: RedisClient, lastId: string): Promise<boolean> {
    const asked = this.freshness.now()
    const looks = asked.steady - this.#lookedAt >= this.#heartbeatMilliseconds
    if (looks) {
      this.#lookedAt = asked.steady
      this.#list.sweep(Math.ceil(this.#list.size / sweepTurns))
    }
    const { state, messages } = await withTimeout(client, 3 * this.#heartbeatMilliseconds, async (commander) => {
      const looking = looks ? this.#look(commander, lastId, asked) : null
      const following = this.#log.readAfter(commander, lastId, Math.ceil(this.#heartbeatMilliseconds))
      following.catch(() => undefined) // awaited below, unless the data changed
      const seen = await looking
      if (seen !== null && !this.#isSame(seen)) return { state: seen, messages: null }
      return { state: seen, messages: await following }
    })
    if (messages === null || isBroken(messages, lastId, state?.lastId ?? lastId)) {
      // The stream was trimmed past us, or Redis has lost what it had: only its live entries tell now.
      this.#lastId = null
      return messages === null
    }
    for (const { id, entry } of messages) {
      this.#list.add(entry.kind, entry)
      this.#lastId = id
    }
    // With fewer than could come, they were all that there was.
    if (messages.length > 0 && messages.length < messagesAtOnce) this.#hearOf(asked)
    return false
  }

  /** Tells at once where nothing is new; the other question waits for what comes. */
  async #look(commander: CommandClient, lastId: string, asked: Moment): Promise<LogState> {
    const state = await this.#log.look(commander)
    if (state.lastId === lastId && this.#isSame(state)) {
      this.#hearOf(asked)
      this.loss.settle()
    }
    return state
  }

  #isSame({ kind, generation }: LogState): boolean {
    return kind === 'whole' && generation === this.#generation
  }

  async #giveBack(ask: Step): Promise<void> {
    const generation = await this.#restoration.run(ask, this.#list, this.#generation)
    if (generation === null) this.#lastId = null
    else this.#generation = generation
  }

  #hearOf(asked: Moment): void {
    this.#problem = null
    this.freshness.hear(asked)
  }

  #emptyList(): RevocationEntries {
    const { maxEntries, now } = this.#settings
    // What Redis holds is bounded where it is written; here, all of it is needed.
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
