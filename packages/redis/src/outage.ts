import type { RedisClient } from './redis-client.ts'
import { RedisStoreError } from './redis-store-error.ts'
import type { RevocationReplica } from './revocations/revocation-replica.ts'

/**
 * Makes what says that Redis is known to be gone, so that a step fails at once and does not wait for its time-out. A client that
 * is still connecting for the first time is waited for. A cluster has no such state: one of its nodes may be gone, and the
 * others serve.
 */
export function createOutageFinder(
  client: RedisClient,
  replica: Pick<RevocationReplica, 'isConnected' | 'problem'>,
): () => RedisStoreError | null {
  let wasReady = client.isReady === true
  return () => {
    const { isReady } = client
    if (typeof isReady !== 'boolean') return null
    const { isConnected, problem } = replica
    if (isReady) {
      wasReady = true
      // Both connections go to the same server: when one of them gets no response, the other does not either.
      return !isConnected && problem?.reason === 'timeout' ? problem : null
    }
    if (!wasReady && problem === null) return null
    return new RedisStoreError('unreachable', 'Redis is not connected: see whether it runs', {
      cause: problem ?? undefined,
    })
  }
}
