import { backoff, Pauses } from '../lib/pauses.ts'
import type { RedisClient } from '../redis-client.ts'
import { RedisStoreError, storesClosed } from '../redis-store-error.ts'
import { DedicatedConnection } from './dedicated-connection.ts'

interface Attempt {
  readonly startedAt: number
  readonly connection: Promise<DedicatedConnection>
}

/**
 * One connection that all callers share. It is opened when it is first needed. A failed attempt is forgotten; the next one
 * starts after a pause and is shared again.
 */
export class SharedConnection {
  readonly #userClient: RedisClient
  readonly #milliseconds: number
  readonly #maxPause: number
  readonly #pauses = new Pauses()
  #attempt: Attempt | null = null
  #isPending = false
  #failures = 0
  #failedAt = -Infinity
  #isClosed = false

  constructor(userClient: RedisClient, milliseconds: number) {
    this.#userClient = userClient
    this.#milliseconds = milliseconds
    // A caller that waits for the pause still has half of its time for the attempt.
    this.#maxPause = Math.min(1000, milliseconds / 2)
  }

  /** Returns the connection. Each caller has its own time limit, whatever happens to the shared attempt. */
  async get(): Promise<DedicatedConnection> {
    if (this.#isClosed) throw storesClosed()
    const { connection } = this.#currentAttempt()
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      const remedy = 'check whether it is running, overloaded or unreachable'
      const message = `Redis accepted no connection within ${this.#milliseconds / 1000} s: ${remedy}`
      timer = setTimeout(() => reject(new RedisStoreError('timeout', message)), this.#milliseconds)
    })
    try {
      return await Promise.race([connection, timeout])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Confirms that the connection works, so the next attempt starts without a pause. */
  succeed(): void {
    this.#failures = 0
  }

  /** Closes a connection that has failed. A newer connection stays open. */
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

  #currentAttempt(): Attempt {
    const now = performance.now()
    // An attempt this old should have timed out, but its timer did not run: start another one.
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
    return DedicatedConnection.open(this.#userClient, this.#milliseconds)
  }

  #forget(attempt: Attempt): void {
    if (this.#attempt !== attempt) return
    this.#attempt = null
    this.#isPending = false
    this.#failures += 1
    this.#failedAt = performance.now()
  }
}
