import type { RedisClient } from '../redis-client.ts'
import { withTimeout } from './commands.ts'

/** Only the primary has all writes, and one connection to it is enough. */
const primaryOnly = { useReplicas: false, replicaPoolSize: 0, masterPoolSize: 1 }

/** A second connection with the options of the user's client, for blocking commands that would delay all others. */
export class DedicatedConnection {
  readonly client: RedisClient
  #isEnded = false

  private constructor(client: RedisClient) {
    this.client = client
  }

  /** Connects within the time limit, or rejects with the first error. */
  static async open(userClient: RedisClient, milliseconds: number): Promise<DedicatedConnection> {
    const connection = new DedicatedConnection(userClient.duplicate(primaryOnly))
    const { client } = connection
    // The listener also handles later errors: an `error` event without a listener would end the process.
    const failed = new Promise<never>((_resolve, reject) => client.on('error', reject))
    try {
      await withTimeout(client, milliseconds, () => Promise.race([client.connect(), failed]))
      return connection
    } catch (error) {
      connection.end()
      throw error
    }
  }

  /** Closes the connection immediately, even if a command is waiting for a response. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    try {
      // The client of a Sentinel returns a promise.
      Promise.resolve(this.client.destroy()).catch(() => undefined)
    } catch {
      // The client was never open.
    }
  }
}
