import type {
  RevocableToken,
  Revocations,
  SessionRevocation,
  SubjectRevocation,
  TokenRevocation,
} from '@claimcheck/core'
import { publishRevocation, readRevocation } from '@claimcheck/core/revocation'
import type { RevocationEntry } from '@claimcheck/core/revocation'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import type { RevocationReplica } from './revocation-replica.ts'
import type { RevocationWriter } from './revocation-writer.ts'

/** Creates revocations that processes share: they are written to Redis and looked up in the memory of this process. */
export function createRedisRevocations(
  settings: RedisSettings,
  replica: RevocationReplica,
  writer: RevocationWriter,
): Revocations {
  const { clockToleranceSeconds, maxTokenLifetimeSeconds } = settings
  const read = (revocation: object, names: readonly [name: string, time: string]) => {
    return readRevocation(revocation, names, settings.now() / 1000)
  }
  const revoke = async (entry: RevocationEntry) => {
    await writer.write(entry)
    // Immediately, without waiting for the message of the stream.
    replica.add(entry)
    publishRevocation(entry, maxTokenLifetimeSeconds + clockToleranceSeconds)
  }
  return Object.freeze({
    clockToleranceSeconds,
    maxTokenLifetimeSeconds,
    isRevoked: (token: RevocableToken) => {
      if (replica.freshness.isCurrent) return replica.isRevoked(token)
      throw staleError(replica)
    },
    revokeToken: async (revocation: TokenRevocation) => {
      const { issuer, name, time } = read(revocation, ['jti', 'until'])
      await revoke({ kind: 'tokens', issuer, name, time: time + clockToleranceSeconds })
    },
    revokeSession: async (revocation: SessionRevocation) => {
      const { issuer, name, time } = read(revocation, ['sid', 'until'])
      await revoke({ kind: 'sessions', issuer, name, time: time + clockToleranceSeconds })
    },
    revokeSubject: async (revocation: SubjectRevocation) => {
      await revoke({ kind: 'subjects', ...read(revocation, ['sub', 'issuedBefore']) })
    },
    ready: () => replica.loaded(),
  })
}

function staleError({ freshness, problem }: RevocationReplica): RedisStoreError {
  const { ageSeconds } = freshness
  const state =
    ageSeconds === null
      ? 'No revocations have been loaded yet'
      : `The known revocations are ${Math.floor(ageSeconds)} seconds old`
  const reason = problem === null ? 'Redis has not responded yet' : problem.message
  return new RedisStoreError(problem?.reason ?? 'unreachable', `${state}. ${reason}`, { cause: problem })
}
