import type { RedisClient } from '../redis-client.ts'
import { withTimeout } from '../within-time.ts'

/** Only the primary knows what is written now, and one connection to it is enough. */
const primaryAlone = { useReplicas: false, replicaPoolSize: 0, masterPoolSize: 1 }

/** A connection beside the user's, made as that one was: for commands that wait, which must not hold others up. */
export class DedicatedConnection {
  readonly client: RedisClient
  #isOver = false

  private constructor(client: RedisClient) {
    this.client = client
  }

  /** Connects within the time, or rejects with the first reason why it could not. */
  static async open(user: RedisClient, milliseconds: number): Promise<DedicatedConnection> {
    const own = new DedicatedConnection(user.duplicate(primaryAlone))
    // Also hears the errors that come later: unheard, they would end the process.
    const failed = new Promise<never>((_resolve, reject) => own.client.on('error', reject))
    try {
      await withTimeout(own.client, milliseconds, () => Promise.race([own.client.connect(), failed]))
      return own
    } catch (error) {
      own.end()
      throw error
    }
  }

  /** Ends it at once, whatever it waits for. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    try {
      // A client of a Sentinel ends in a promise.
      Promise.resolve(this.client.destroy()).catch(() => undefined)
    } catch {
      // It never was open.
    }
  }
}
