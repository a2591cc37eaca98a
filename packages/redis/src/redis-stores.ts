import type { Revocations } from '@claimcheck/core'
import type { OneTimeValues } from '@claimcheck/core/one-time'
import type { SessionStore } from '@claimcheck/issuer'
import { createCommandRunner } from './connection/commands.ts'
import { createRedisOneTimeValues } from './one-time-values.ts'
import type { RedisClient } from './redis-client.ts'
import { assertRedisClient, parseRedisOptions } from './redis-options.ts'
import type { RedisStoreOptions } from './redis-options.ts'
import { RedisStoreError } from './redis-store-error.ts'
import { createRedisRevocations } from './revocations/redis-revocations.ts'
import { RevocationLog } from './revocations/revocation-log.ts'
import { RevocationReplica } from './revocations/revocation-replica.ts'
import { RevocationWriter } from './revocations/revocation-writer.ts'
import { createRedisSessions } from './sessions/redis-sessions.ts'

/** What this process knows of the revocations in Redis, for health checks. It contains no secret. */
export interface RedisState {
  /** Whether requests can be served: the revocations are loaded and not older than `maxStalenessSeconds`. */
  readonly isReady: boolean
  /** Whether the connection that receives revocations is open. */
  readonly connected: boolean
  /** How old the known revocations can be, in seconds; null before they have been loaded. */
  readonly stalenessSeconds: number | null
  /** The id of the last stream message that was applied; null before the revocations have been loaded. */
  readonly lastId: string | null
  /** The number of revocations in memory. */
  readonly entries: number
  /** Why reading or writing revocations fails, and what to do about it; null if both work. */
  readonly problem: string | null
  /** When this process last noticed that Redis had lost revocations, in seconds since the epoch; null if it never did. */
  readonly lossDetectedAt: number | null
}

/** Stores that processes share. Their methods reject with a RedisStoreError. */
export interface RedisStores {
  /** Revocations, for `createAuth` and `createIssuer`. A lookup reads memory only and never waits for the network. */
  readonly revocations: Revocations
  /** The session store for `createIssuer`. Every change of a session is one script, which Redis runs atomically. */
  readonly sessions: SessionStore
  /** Values that can be used once, such as the `jti` of a proof or an authorization code. */
  readonly oneTimeValues: OneTimeValues
  /** Returns the state from memory. */
  state(this: void): RedisState
  /** Resolves when the live revocations have been loaded. Rejects if the next attempt to load them fails. */
  ready(this: void): Promise<void>
  /** Closes the connections that the stores opened. Your client stays open. */
  close(this: void): void
}

/**
 * Creates the stores. You connect and close `client`, a client of the package `redis`. The stores open two more connections
 * with its options. They start to load revocations immediately and reconnect after every outage. Throws a ConfigError.
 */
export function createRedisStores(client: RedisClient, options: RedisStoreOptions = {}): RedisStores {
  assertRedisClient(client)
  const settings = parseRedisOptions(options)
  const log = new RevocationLog(settings)
  const replica = new RevocationReplica(client, settings, log)
  const writer = new RevocationWriter(client, settings, log, replica)
  const run = createCommandRunner(client, settings.commandTimeoutSeconds * 1000, createOutageFinder(client, replica))
  void replica.follow()
  return Object.freeze({
    revocations: createRedisRevocations(settings, replica, writer),
    sessions: createRedisSessions(run, settings),
    oneTimeValues: createRedisOneTimeValues(run, settings),
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

/**
 * Creates a function that returns an error if Redis is known to be down, so that commands fail immediately instead of after
 * their time limit. It returns null while a client connects for the first time. It always returns null for a cluster,
 * because the other nodes serve when one is down.
 */
function createOutageFinder(client: RedisClient, replica: RevocationReplica): () => RedisStoreError | null {
  let wasReady = client.isReady === true
  return () => {
    const { isReady } = client
    if (typeof isReady !== 'boolean') return null
    const { isConnected, problem } = replica
    if (isReady) {
      wasReady = true
      // Both connections go to the same server: if one gets no response, neither does the other.
      return !isConnected && problem?.reason === 'timeout' ? problem : null
    }
    if (!wasReady && problem === null) return null
    return new RedisStoreError('unreachable', 'Redis is not connected: check whether it is running', {
      cause: problem ?? undefined,
    })
  }
}
