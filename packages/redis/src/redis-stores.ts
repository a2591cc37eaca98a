import type { Revocations } from '@claimcheck/core'
import type { OneTimeValues } from '@claimcheck/core/one-time'
import type { SessionStore } from '@claimcheck/issuer'
import { createRedisOneTimeValues } from './one-time-values.ts'
import { createOutageFinder } from './outage.ts'
import type { RedisClient } from './redis-client.ts'
import { checkClient, readSettings } from './redis-options.ts'
import type { RedisStoreOptions } from './redis-options.ts'
import { createRedisRevocations } from './revocations/redis-revocations.ts'
import { RevocationLog } from './revocations/revocation-log.ts'
import { RevocationReplica } from './revocations/revocation-replica.ts'
import { RevocationWriter } from './revocations/revocation-writer.ts'
import { createRedisSessions } from './sessions/redis-sessions.ts'

/** What this process knows of the revocations in Redis, for a health check; it holds no secret. */
export interface RedisState {
  /** Whether revocations are answered: loaded, and not older than `maxStalenessSeconds`. */
  readonly isReady: boolean
  /** Whether the connection that brings revocations is up. */
  readonly connected: boolean
  /** How old what is known of revocations is at most, in seconds; null before the first load. */
  readonly stalenessSeconds: number | null
  /** The id of the last message of the stream that was applied; null before the first load. */
  readonly lastId: string | null
  /** How many revocations are held in memory. */
  readonly entries: number
  /** What is wrong with reading or writing revocations, and what to do about it; null where all is well. */
  readonly problem: string | null
  /** When this process last noticed that Redis had lost revocations, in seconds since the epoch; null if it never did. */
  readonly lossDetectedAt: number | null
}

/** Stores that many processes share. */
export interface RedisStores {
  /** For `createAuth` and the issuer; asked of memory, never of the network. */
  readonly revocations: Revocations
  /** For the issuer: refresh families. Each step is one script in Redis. */
  readonly sessions: SessionStore
  /** What may be used once: the `jti` of a proof, an authorization code. */
  readonly oneTimeValues: OneTimeValues
  /** At once, and of memory alone. */
  state(this: void): RedisState
  /** Resolves when the live revocations are loaded; rejects with why they could not be the next time it is tried. */
  ready(this: void): Promise<void>
  /** Ends what these stores opened; the client stays its maker's. */
  close(this: void): void
}

/**
 * Makes the stores on a client of the package `redis`, which is its maker's to connect and to close. Following begins at
 * once, on a connection of its own, and goes on through every outage. Throws a ConfigError.
 */
export function createRedisStores(client: RedisClient, options: RedisStoreOptions = {}): RedisStores {
  checkClient(client)
  const settings = readSettings(options)
  const log = new RevocationLog(settings)
  const replica = new RevocationReplica(client, settings, log)
  const writer = new RevocationWriter(client, settings, log, replica)
  const revocations = createRedisRevocations(settings, replica, writer)
  const findOutage = createOutageFinder(client, replica)
  void replica.follow()
  return Object.freeze({
    revocations,
    sessions: createRedisSessions(client, settings, findOutage),
    oneTimeValues: createRedisOneTimeValues(client, settings, findOutage),
    state: () => ({
      isReady: replica.freshness.isCurrent,
      connected: replica.isConnected,
      stalenessSeconds: replica.freshness.ageSeconds,
      lastId: replica.lastId,
      entries: replica.size,
      problem: (replica.problem ?? writer.problem)?.message ?? null,
      lossDetectedAt: replica.loss.detectedAt,
    }),
    ready: () => replica.loaded(),
    close: () => {
      replica.close()
      writer.close()
    },
  })
}
