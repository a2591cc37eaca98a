import type { RevocableToken } from '@claimcheck/core'
import { RevocationEntries } from '@claimcheck/core/revocation'
import type { RevocationEntry } from '@claimcheck/core/revocation'
import { OwnConnection } from '../own-connection.ts'
import type { Commander, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-settings.ts'
import { explain, RedisStoreError } from '../redis-store-error.ts'
import { withinTime } from '../within-time.ts'
import { Freshness } from './freshness.ts'
import type { Moment } from './freshness.ts'
import type { LogMessage } from './log-message.ts'
import { messagesAtOnce, subjectSecondsOf } from './revocation-log.ts'
import type { RevocationLog } from './revocation-log.ts'

const addedAtOnce = 500
/** In so many heartbeats every entry was looked at once, for whether it is over. */
const sweepTurns = 60
const mostPauseMilliseconds = 2000

/**
 * What this process knows of the revocations of all: it loads the live ones, follows the stream from then on, and says how
 * old its knowledge is. Nothing is ever taken out but what is over: what Redis has lost is given back to it.
 */
export class RevocationReplica {
  readonly freshness: Freshness
  readonly #user: RedisClient
  readonly #settings: RedisSettings
  readonly #log: RevocationLog
  readonly #lostMilliseconds: number
  readonly #stepMilliseconds: number
  #list: RevocationEntries
  #connection: OwnConnection | null = null
  /** The last message that was read; null before the first load. */
  #lastId: string | null = null
  #headAskedAt = -Infinity
  /** What Redis had lost, and has not back yet. */
  #owed: readonly RevocationEntry[] = []
  #problem: RedisStoreError | null = null
  #isClosed = false
  #waiting: { readonly resolve: () => void; readonly reject: (reason: Error) => void }[] = []
  #wake: (() => void) | null = null

  constructor(user: RedisClient, settings: RedisSettings, log: RevocationLog) {
    this.freshness = new Freshness(settings.maxStalenessSeconds, settings.now)
    this.#user = user
    this.#settings = settings
    this.#log = log
    this.#list = this.#emptyList()
    this.#lostMilliseconds = settings.heartbeatSeconds * 3000
    this.#stepMilliseconds = Math.max(this.#lostMilliseconds, settings.commandTimeoutSeconds * 1000)
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
    return this.#problem
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
    for (let failures = 0; !this.#isClosed;) {
      try {
        await this.#followOnce(() => (failures = 0))
      } catch (error) {
        if (this.#isClosed) return
        this.#problem = explain(error)
        for (const { reject } of this.#waiting.splice(0)) reject(this.#problem)
      }
      this.#disconnect()
      failures += 1
      await this.#pause(failures)
    }
  }

  /** Resolves when the live entries are loaded; rejects with why they could not be, the next time it is tried. */
  loaded(): Promise<void> {
    if (this.freshness.ageSeconds !== null) return Promise.resolve()
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  close(): void {
    this.#isClosed = true
    this.#disconnect()
    this.#wake?.()
    for (const { reject } of this.#waiting.splice(0)) reject(closed())
  }

  async #followOnce(isWell: () => void): Promise<void> {
    const connection = await OwnConnection.open(this.#user, this.#stepMilliseconds)
    if (this.#isClosed) return connection.end()
    this.#connection = connection
    while (!this.#isClosed) {
      if (this.#lastId === null) await this.#load(connection.client)
      else await this.#read(connection.client, this.#lastId)
      await this.#giveBack(connection.client)
      isWell()
    }
  }

  async #load(client: RedisClient): Promise<void> {
    const asked = this.freshness.now()
    const lastId = await this.#ask(client, (commander) => this.#log.readHead(commander))
    const loaded = this.#emptyList()
    let cursor = '0'
    do {
      const at = cursor
      const page = await this.#ask(client, (commander) => this.#log.readLive(commander, at))
      for (const entry of page.entries) loaded.add(entry.kind, entry)
      cursor = page.cursor
    } while (cursor !== '0')
    const lost: RevocationEntry[] = []
    for (const entry of this.#list.live()) if (!loaded.covers(entry)) lost.push(entry)
    for (const entry of lost) loaded.add(entry.kind, entry)
    this.#list = loaded
    this.#owed = lost
    this.#lastId = lastId
    this.#hearOf(asked)
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  async #read(client: RedisClient, lastId: string): Promise<void> {
    const asked = this.freshness.now()
    const heartbeat = this.#settings.heartbeatSeconds * 1000
    const asksHead = asked.steady - this.#headAskedAt >= heartbeat
    if (asksHead) {
      this.#headAskedAt = asked.steady
      this.#list.sweep(Math.ceil(this.#list.size / sweepTurns))
    }
    const { head, messages } = await withinTime(client, this.#lostMilliseconds, async (commander) => {
      const reading = asksHead ? this.#readHead(commander, lastId, asked) : null
      const following = this.#log.readAfter(commander, lastId, Math.ceil(heartbeat))
      const [newest, read] = await Promise.all([reading, following])
      return { head: newest, messages: read }
    })
    const isBroken = messages.length === 0 ? head !== null && head !== lastId : !isUnbroken(messages, lastId)
    if (isBroken) {
      // The stream was trimmed past us, or Redis has lost what it had: only its live entries tell now.
      this.#lastId = null
      return
    }
    for (const { id, entry } of messages) {
      this.#list.add(entry.kind, entry)
      this.#lastId = id
    }
    // With fewer than could come, they were all that there was.
    if (messages.length > 0 && messages.length < messagesAtOnce) this.#hearOf(asked)
  }

  /** Tells at once where nothing is new; the other question waits for what comes. */
  async #readHead(commander: Commander, lastId: string, asked: Moment): Promise<string> {
    const head = await this.#log.readHead(commander)
    if (head === lastId) this.#hearOf(asked)
    return head
  }

  async #giveBack(client: RedisClient): Promise<void> {
    while (this.#owed.length > 0 && !this.#isClosed) {
      const some = this.#owed.slice(0, addedAtOnce)
      await this.#ask(client, (commander) => this.#log.append(commander, some, false))
      this.#owed = this.#owed.slice(addedAtOnce)
    }
  }

  #ask<T>(client: RedisClient, work: (commander: Commander) => Promise<T>): Promise<T> {
    return withinTime(client, this.#stepMilliseconds, work)
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

  #disconnect(): void {
    this.#connection?.end()
    this.#connection = null
  }

  /** Longer after each failure, and not for all processes alike. */
  async #pause(failures: number): Promise<void> {
    if (this.#isClosed) return
    const most = Math.min(mostPauseMilliseconds, 50 * 2 ** Math.min(failures, 10))
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, most * (0.5 + Math.random() / 2))
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function isUnbroken(messages: readonly LogMessage[], lastId: string): boolean {
  let before = lastId
  for (const { id, previous } of messages) {
    if (previous !== before) return false
    before = id
  }
  return true
}

function closed(): RedisStoreError {
  return new RedisStoreError('unreachable', 'The stores are closed: make new ones with createRedisStores')
}
