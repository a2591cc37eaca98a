import type { Commander, RedisClient } from './redis-client.ts'
import type { RedisSettings } from './redis-settings.ts'
import { explain } from './redis-store-error.ts'
import { withinTime } from './within-time.ts'

/** Something that is done in Redis within the time that a step may take; rejects with a RedisStoreError. */
export type Step = <T>(work: (commander: Commander) => Promise<T>) => Promise<T>

/** Makes what takes the steps of a store on the client of its maker. */
export function createStep(client: RedisClient, { commandTimeoutSeconds }: RedisSettings): Step {
  return async (work) => {
    try {
      return await withinTime(client, commandTimeoutSeconds * 1000, work)
    } catch (error) {
      throw explain(error)
    }
  }
}
