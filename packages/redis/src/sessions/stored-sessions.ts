import type {
  CreateSession,
  EndSession,
  TokenLookup,
  RotationResult,
  RotateToken,
  LookupResult,
  Session,
} from '@claimcheck/issuer'
import type { CommandClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import { beginFamily, endFamily, lookAtFamily, readFamily, rotateFamily } from './session-scripts.ts'
import { notASession, readSession } from './read-session.ts'
import type { Reservation } from './subject-index.ts'

/**
 * A family as Redis has it: `expired` if the clock of this process says so, `owed` if it was evicted and its access tokens are not
 * known to be revoked, `gone` if Redis has no such key.
 */
export type StoredFamily =
  | { readonly state: 'live' | 'expired' | 'ended' | 'owed'; readonly session: Session }
  | { readonly state: 'gone' }

/** Families by the hash of their handle; each step is one script. */
export class Families {
  readonly #prefix: string
  readonly #skew: number

  constructor({ prefix, clockSkewSeconds }: RedisSettings) {
    this.#prefix = prefix
    this.#skew = clockSkewSeconds
  }

  /** Writes a family by the deadline of its place, or not at all; it never outlives that place. */
  async begin(
    commander: CommandClient,
    { session, hashes, idleSeconds }: CreateSession,
    { deadline, lastsUntil }: Reservation,
  ): Promise<void> {
    const { refreshedAt } = session
    const values = Object.entries({ ...session, idleEnd: refreshedAt + idleSeconds, token: hashes.token })
    // A hash of Redis has no null: a field that is absent is read as null.
    const fields = values.flatMap(([name, value]) => (value === null ? [] : [name, value]))
    const given = [deadline, idleSeconds + this.#skew, lastsUntil, ...fields]
    const answer = await beginFamily.run(commander, this.#keysOf(hashes.family), given)
    if (answer === 'there') {
      throw new RedisStoreError('unexpected', 'The family of this refresh token has begun already')
    }
    if (answer !== 'begun') {
      throw new RedisStoreError('timeout', 'Redis took too long to begin a session: log in again')
    }
  }

  async look(commander: CommandClient, { hashes, now, graceSeconds }: TokenLookup): Promise<LookupResult | null> {
    const given = [now, hashes.token, graceSeconds]
    const answer = await lookAtFamily.run(commander, this.#keysOf(hashes.family), given)
    const [fields, isGood]: unknown[] = Array.isArray(answer) ? answer : notASession()
    if (fields === undefined) return null
    return { session: readSession(fields) ?? notASession(), isCurrent: isGood === 1 }
  }

  async rotate(commander: CommandClient, rotation: RotateToken): Promise<RotationResult> {
    const { hashes, now, graceSeconds, idleSeconds, accessTokensExpireAt, successor, tombstoneSeconds } = rotation
    const rules = [graceSeconds, this.#skew, tombstoneSeconds, idleSeconds, accessTokensExpireAt]
    const given = [now, hashes.token, ...rules, successor.token, successor.sealedSuccessor ?? '']
    const answer = await rotateFamily.run(commander, this.#keysOf(hashes.family), given)
    const [outcome, fields, sealed]: unknown[] = Array.isArray(answer) ? answer : []
    if (outcome === 'unknown') return { outcome }
    const session = readSession(fields) ?? notASession()
    if (isPlainOutcome(outcome)) return { outcome, session }
    return outcome === 'repeated' && typeof sealed === 'string'
      ? { outcome, session, sealedSuccessor: sealed }
      : notASession()
  }

  async end(commander: CommandClient, family: string, ending: EndSession, isEvicted = false): Promise<Session | null> {
    const { now, tombstoneSeconds, isRevoked = false } = ending
    const reason = isEvicted ? 'evicted' : isRevoked ? 'revoked' : 'ended'
    return readSession(
      await endFamily.run(commander, this.#keysOf(family), [now, this.#skew, tombstoneSeconds, reason]),
    )
  }

  async read(commander: CommandClient, family: string, now: number): Promise<StoredFamily> {
    const answer = await readFamily.run(commander, this.#keysOf(family), [now])
    const [state, fields]: unknown[] = Array.isArray(answer) ? answer : []
    if (state === 'gone') return { state }
    if (!isState(state)) return notASession()
    return { state, session: readSession(fields) ?? notASession() }
  }

  /** In one slot of a cluster. */
  #keysOf(family: string): readonly string[] {
    const key = `${this.#prefix}:family:{${family}}`
    return [key, `${key}:sealed`]
  }
}

/** Whether an outcome comes with the session and nothing else. */
function isPlainOutcome(outcome: unknown): outcome is 'rotated' | 'superseded' | 'reused' | 'ended' {
  return outcome === 'rotated' || outcome === 'superseded' || outcome === 'reused' || outcome === 'ended'
}

function isState(state: unknown): state is 'live' | 'expired' | 'ended' | 'owed' {
  return state === 'live' || state === 'expired' || state === 'ended' || state === 'owed'
}
