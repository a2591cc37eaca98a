import { DedicatedConnection } from './dedicated-connection.ts'
import { backoff, Pauses } from '../lib/pauses.ts'
import type { RedisClient } from '../redis-client.ts'
import { RedisStoreError, storesClosed } from '../redis-store-error.ts'

interface Attempt {
  readonly startedAt: number
  readonly connection: Promise<DedicatedConnection>
}

/**
 * One connection that all who need it share. It is opened when it is needed; an attempt that failed is forgotten, and the next
 * one, after a pause, is again shared by all.
 */
export class SharedConnection {
  readonly #user: RedisClient
  readonly #milliseconds: number
  readonly #maxPause: number
  readonly #pauses = new Pauses()
  #attempt: Attempt | null = null
  #isPending = false
  #failures = 0
  #failedAt = -Infinity
  #isClosed = false

  constructor(user: RedisClient, milliseconds: number) {
    this.#user = user
    this.#milliseconds = milliseconds
    // Leaves a caller half of its time for the attempt that follows.
    this.#maxPause = Math.min(1000, milliseconds / 2)
  }

  /** Waits for the connection, but not longer than a step may take, whatever became of the attempt. */
  async get(): Promise<DedicatedConnection> {
    if (this.#isClosed) throw storesClosed()
    const { connection } = this.#current()
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_resolve, reject) => {
      const remedy = 'see whether it runs, and whether it is busy or cut off'
      const message = `Redis accepted no connection in ${this.#milliseconds / 1000} s: ${remedy}`
      timer = setTimeout(() => reject(new RedisStoreError('timeout', message)), this.#milliseconds)
    })
    try {
      return await Promise.race([connection, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Confirms that the connection works. */
  succeed(): void {
    this.#failures = 0
  }

  /** Gives a connection up after it failed; one that others have opened since stays. */
  drop(failed: DedicatedConnection): void {
    failed.end()
    const attempt = this.#attempt
    if (attempt === null) return
    void attempt.connection.then(
      (connection) => connection === failed && this.#forget(attempt),
      () => undefined,
    )
  }

  close(): void {
    this.#isClosed = true
    this.#pauses.end()
    this.#attempt?.connection.then((connection) => connection.end()).catch(() => undefined)
    this.#attempt = null
  }

  #current(): Attempt {
    const now = performance.now()
    // One that should have ended long ago is not waited for again: its timer did not run.
    const isStalled = this.#isPending && now - (this.#attempt?.startedAt ?? now) > 2 * this.#milliseconds
    if (this.#attempt === null || isStalled) this.#attempt = this.#start(now)
    return this.#attempt
  }

  #start(startedAt: number): Attempt {
    this.#isPending = true
    const attempt: Attempt = { startedAt, connection: this.#open(startedAt) }
    attempt.connection.then(
      (connection) => {
        if (this.#attempt === attempt) this.#isPending = false
        else connection.end()
      },
      () => this.#forget(attempt),
    )
    return attempt
  }

  async #open(startedAt: number): Promise<DedicatedConnection> {
    const pause = this.#failures === 0 ? 0 : backoff(this.#failures, this.#maxPause)
    await this.#pauses.wait(this.#failedAt + pause - startedAt)
    if (this.#isClosed) throw storesClosed()
    return DedicatedConnection.open(this.#user, this.#milliseconds)
  }

  #forget(attempt: Attempt): void {
    if (this.#attempt !== attempt) return
    this.#attempt = null
    this.#isPending = false
    this.#failures += 1
    this.#failedAt = performance.now()
  }
}
