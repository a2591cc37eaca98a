import type { CommandClient, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { toStoreError } from '../redis-store-error.ts'
import type { RedisStoreError } from '../redis-store-error.ts'
import { withTimeout } from '../within-time.ts'

/** Something that is done in Redis within the time that a step may take; rejects with a RedisStoreError. */
export type Step = <T>(work: (commander: CommandClient) => Promise<T>) => Promise<T>

/** Makes what takes the steps of a store on the client of its maker; none is tried while there is an outage. */
export function createStep(
  client: RedisClient,
  { commandTimeoutSeconds }: RedisSettings,
  findOutage: () => RedisStoreError | null,
): Step {
  return async (work) => {
    const outage = findOutage()
    if (outage !== null) throw outage
    try {
      return await withTimeout(client, commandTimeoutSeconds * 1000, work)
    } catch (error) {
      throw toStoreError(error)
    }
  }
}
