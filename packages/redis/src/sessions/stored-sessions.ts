import type {
  CreateSession,
  EndSession,
  LookupResult,
  RotateToken,
  RotationResult,
  Session,
  TokenLookup,
} from '@claimcheck/issuer'
import type { CommandClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import { beginSession, endSession, findSession, readSession, rotateToken } from './session-scripts.ts'
import type { Reservation } from './subject-index.ts'

/**
 * A session in Redis. `expired`: by the clock of this process. `unrevoked`: it was ended to make room for another one, and it
 * is not known that its access tokens were revoked.
 */
export interface ExistingSession {
  readonly state: 'live' | 'expired' | 'ended' | 'unrevoked'
  readonly session: Session
}

/** `gone`: Redis has no such key. */
export type StoredSession = ExistingSession | { readonly state: 'gone' }

/** Sessions by the family hash of their refresh tokens. Each call runs one script. */
export class StoredSessions {
  readonly #prefix: string
  readonly #skewSeconds: number

  constructor({ prefix, clockSkewSeconds }: RedisSettings) {
    this.#prefix = prefix
    this.#skewSeconds = clockSkewSeconds
  }

  /** Writes a session before the deadline of its place, or not at all. The session never outlives the place. */
  async begin(
    commands: CommandClient,
    { session, hashes, idleSeconds }: CreateSession,
    { deadline, lastsUntil }: Reservation,
  ): Promise<void> {
    const idleEnd = session.refreshedAt + idleSeconds
    // A Redis hash cannot contain null. A missing field is read as null.
    const fields = Object.entries({ ...session, idleEnd, token: hashes.token }).flatMap(([name, value]) =>
      value === null ? [] : [name, value],
    )
    const scriptArguments = [deadline, idleSeconds + this.#skewSeconds, lastsUntil, ...fields]
    const result = await beginSession.run(commands, this.#keysOf(hashes.family), scriptArguments)
    if (result === 'exists') {
      throw new RedisStoreError('unexpected', 'A session for this refresh token exists already')
    }
    if (result !== 'created') {
      throw new RedisStoreError('timeout', 'Redis took too long to create a session: log in again')
    }
  }

  async find(commands: CommandClient, { hashes, now, graceSeconds }: TokenLookup): Promise<LookupResult | null> {
    const scriptArguments = [now, hashes.token, graceSeconds]
    const result = await findSession.run(commands, this.#keysOf(hashes.family), scriptArguments)
    const [fields, isCurrent]: unknown[] = Array.isArray(result) ? result : throwUnexpected()
    if (fields === undefined) return null
    return { session: parseSession(fields) ?? throwUnexpected(), isCurrent: isCurrent === 1 }
  }

  async rotate(commands: CommandClient, rotation: RotateToken): Promise<RotationResult> {
    const { hashes, now, graceSeconds, idleSeconds, accessTokensExpireAt, successor, tombstoneSeconds } = rotation
    const durations = [graceSeconds, this.#skewSeconds, tombstoneSeconds, idleSeconds]
    const { token, sealedSuccessor } = successor
    const scriptArguments = [now, hashes.token, ...durations, accessTokensExpireAt, token, sealedSuccessor ?? '']
    const result = await rotateToken.run(commands, this.#keysOf(hashes.family), scriptArguments)
    const [outcome, fields, storedSuccessor]: unknown[] = Array.isArray(result) ? result : []
    if (outcome === 'unknown') return { outcome }
    const session = parseSession(fields) ?? throwUnexpected()
    if (isOutcomeWithSession(outcome)) return { outcome, session }
    return outcome === 'repeated' && typeof storedSuccessor === 'string'
      ? { outcome, session, sealedSuccessor: storedSuccessor }
      : throwUnexpected()
  }

  async end(commands: CommandClient, family: string, input: EndSession, isEvicted = false): Promise<Session | null> {
    const { now, tombstoneSeconds, isRevoked = false } = input
    const reason = isEvicted ? 'evicted' : isRevoked ? 'revoked' : 'ended'
    const scriptArguments = [now, this.#skewSeconds, tombstoneSeconds, reason]
    return parseSession(await endSession.run(commands, this.#keysOf(family), scriptArguments))
  }

  async read(commands: CommandClient, family: string, now: number): Promise<StoredSession> {
    const result = await readSession.run(commands, this.#keysOf(family), [now])
    const [state, fields]: unknown[] = Array.isArray(result) ? result : []
    if (state === 'gone') return { state }
    if (!isExistingState(state)) return throwUnexpected()
    return { state, session: parseSession(fields) ?? throwUnexpected() }
  }

  /** Both keys are in one slot of a cluster. */
  #keysOf(family: string): readonly string[] {
    const key = `${this.#prefix}:family:{${family}}`
    return [key, `${key}:sealed`]
  }
}

/** Parses the fields of a session in the order of the scripts. Returns null for an empty list. */
function parseSession(fields: unknown): Session | null {
  if (!Array.isArray(fields)) return throwUnexpected()
  if (fields.length === 0) return null
  const [issuer, sid, sub, claims, label, device, ...times]: unknown[] = fields
  if (!isString(issuer) || !isString(sid) || !isString(sub) || !isString(claims)) return throwUnexpected()
  if (!isStringOrNull(label) || !isStringOrNull(device)) return throwUnexpected()
  const [createdAt = NaN, refreshedAt = NaN, expiresAt = NaN, accessTokensExpireAt = NaN] = times.map(Number)
  const details = { issuer, sid, sub, claims, label, device }
  return Object.freeze({ ...details, createdAt, refreshedAt, expiresAt, accessTokensExpireAt })
}

function throwUnexpected(): never {
  throw new RedisStoreError(
    'unexpected',
    'A key of a session contains something else: does another program use the same prefix?',
  )
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isStringOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}

/** Whether the outcome comes with a session and nothing else. */
function isOutcomeWithSession(outcome: unknown): outcome is 'rotated' | 'superseded' | 'reused' | 'ended' {
  return outcome === 'rotated' || outcome === 'superseded' || outcome === 'reused' || outcome === 'ended'
}

function isExistingState(state: unknown): state is ExistingSession['state'] {
  return state === 'live' || state === 'expired' || state === 'ended' || state === 'unrevoked'
}
