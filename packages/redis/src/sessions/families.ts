import type { Beginning, Ending, Look, Rotated, Rotation, Seen, Session } from '@claimcheck/issuer'
import type { Commander } from '../redis-client.ts'
import type { RedisSettings } from '../redis-settings.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import { beginFamily, endFamily, lookAtFamily, readFamily, rotateFamily } from './family-scripts.ts'
import { notASession, readSession } from './read-session.ts'

/** Families by the hash of their handle; each step is one script. */
export class Families {
  readonly #prefix: string
  readonly #skew: number

  constructor({ prefix, clockSkewSeconds }: RedisSettings) {
    this.#prefix = prefix
    this.#skew = clockSkewSeconds
  }

  /** Writes a family by `deadline`, in seconds of the clock of Redis, or not at all. */
  async begin(commander: Commander, { session, hashes, idleSeconds }: Beginning, deadline: number): Promise<void> {
    const { refreshedAt, expiresAt } = session
    const idleEnd = refreshedAt + idleSeconds
    const left = Math.min(expiresAt, idleEnd) - refreshedAt + this.#skew
    const fields = Object.entries({ ...session, idleEnd, token: hashes.token }).flat()
    const answer = await beginFamily.run(commander, this.#keysOf(hashes.family), [deadline, left, ...fields])
    if (answer === 'there') {
      throw new RedisStoreError('unexpected', 'The family of this refresh token has begun already')
    }
    if (answer !== 'begun') {
      throw new RedisStoreError('timeout', 'Redis took too long to begin a session: log in again')
    }
  }

  async look(commander: Commander, { hashes, now, graceSeconds }: Look): Promise<Seen | null> {
    const given = [now, hashes.token, graceSeconds]
    const answer = await lookAtFamily.run(commander, this.#keysOf(hashes.family), given)
    const [fields, isGood]: unknown[] = Array.isArray(answer) ? answer : notASession()
    if (fields === undefined) return null
    return { session: readSession(fields) ?? notASession(), isGood: isGood === 1 }
  }

  async rotate(commander: Commander, rotation: Rotation): Promise<Rotated> {
    const { hashes, now, graceSeconds, idleSeconds, accessUntil, successor, lingerSeconds } = rotation
    const rules = [graceSeconds, this.#skew, lingerSeconds, idleSeconds, accessUntil]
    const given = [now, hashes.token, ...rules, successor.token, successor.sealed ?? '']
    const answer = await rotateFamily.run(commander, this.#keysOf(hashes.family), given)
    const [outcome, fields, sealed]: unknown[] = Array.isArray(answer) ? answer : []
    if (outcome === 'unknown') return { outcome }
    const session = readSession(fields) ?? notASession()
    if (isPlainOutcome(outcome)) return { outcome, session }
    return outcome === 'repeated' && typeof sealed === 'string' ? { outcome, session, sealed } : notASession()
  }

  async end(commander: Commander, family: string, { now, lingerSeconds }: Ending): Promise<Session | null> {
    return readSession(await endFamily.run(commander, this.#keysOf(family), [now, this.#skew, lingerSeconds]))
  }

  /** The session of a family; `ended` where it has; null where none is known. */
  async read(commander: Commander, family: string, now: number): Promise<Session | 'ended' | null> {
    const answer = await readFamily.run(commander, this.#keysOf(family), [now])
    return answer === 'ended' ? answer : readSession(answer)
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
