import type { Session, SubjectRef } from '@claimcheck/issuer'
import { Script } from '../connection/commands.ts'
import type { CommandClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'

/** An entry for a session in the index of its subject. */
export interface Place {
  /** The entry as Redis stores it. */
  readonly text: string
  readonly family: string
  readonly sid: string
  /** Whether it is too late for a session to be written for this place. */
  readonly isOld: boolean
}

/** A place that was added for a new session. Times are in seconds, by the clock of Redis. */
export interface Reservation {
  /** When the session must have been written. */
  readonly deadline: number
  /** When the place expires. The session must not live longer. */
  readonly lastsUntil: number
  /** The number of places of the subject, including those without a session. */
  readonly count: number
  /** Some other places of the subject. */
  readonly others: readonly Place[]
}

/**
 * A session is written within `writeSeconds` after its place was added, or not at all. A place without a session is removed
 * only after `keepSeconds`, which is much longer, so no session is ever without its place.
 */
const writeSeconds = 30
const keepSeconds = 300
/** How many places of a subject each login checks for sessions that are gone. */
const sampleSize = 8

// Expiry uses the time of Redis only, so a process whose clock is wrong cannot remove a place.
const add = new Script(`
local key, skew, lasts = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local redisNow = tonumber(redis.call('TIME')[1])
local others = redis.call('ZRANDMEMBER', key, ${sampleSize})
redis.call('ZADD', key, redisNow + lasts, cjson.encode({ARGV[3], ARGV[4], redisNow}))
local longest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
redis.call('PEXPIRE', key, string.format('%.0f', math.max(1, longest - redisNow + skew) * 1000))
return {redisNow, others, redis.call('ZCARD', key)}
`)

const read = new Script(`return {tonumber(redis.call('TIME')[1]), redis.call('ZRANGE', KEYS[1], 0, -1)}`)
const remove = new Script(`return redis.call('ZREM', KEYS[1], unpack(ARGV))`)

/**
 * The sessions of each subject: a sorted set, scored by when they end. If a process crashes between two commands, a place
 * without a session can remain, but never a session without a place. A later call for the subject removes the place.
 */
export class SubjectIndex {
  readonly #settings: RedisSettings

  constructor(settings: RedisSettings) {
    this.#settings = settings
  }

  /** Adds a place for a new session. */
  async add(commands: CommandClient, family: string, session: Session): Promise<Reservation> {
    const { sid, createdAt, expiresAt } = session
    const { clockSkewSeconds } = this.#settings
    const lasts = expiresAt - createdAt
    const scriptArguments = [clockSkewSeconds, lasts, family, sid]
    const { redisNow, places, count } = parsePlaces(await add.run(commands, [this.#keyOf(session)], scriptArguments))
    const lastsUntil = redisNow + lasts + clockSkewSeconds
    return { deadline: redisNow + writeSeconds, lastsUntil, count, others: places }
  }

  async read(commands: CommandClient, subject: SubjectRef): Promise<readonly Place[]> {
    return parsePlaces(await read.run(commands, [this.#keyOf(subject)], [])).places
  }

  /** Removes those of the places that are old. Errors are ignored, because a later call tries again. */
  async removeOld(commands: CommandClient, subject: SubjectRef, places: readonly Place[]): Promise<void> {
    const texts = places.filter(({ isOld }) => isOld).map(({ text }) => text)
    if (texts.length > 0) await remove.run(commands, [this.#keyOf(subject)], texts).catch(() => undefined)
  }

  #keyOf({ issuer, sub }: SubjectRef): string {
    return `${this.#settings.prefix}:subject:${JSON.stringify([issuer, sub])}`
  }
}

interface Places {
  readonly redisNow: number
  readonly places: readonly Place[]
  readonly count: number
}

function parsePlaces(result: unknown): Places {
  const [redisNow, texts, count]: unknown[] = Array.isArray(result) ? result : []
  if (typeof redisNow !== 'number' || !Array.isArray(texts)) return throwUnexpected()
  return { redisNow, places: texts.map((text) => parsePlace(text, redisNow)), count: Number(count) }
}

function parsePlace(text: unknown, redisNow: number): Place {
  if (typeof text !== 'string') return throwUnexpected()
  const parts = parseJson(text)
  const [family, sid, addedAt]: unknown[] = Array.isArray(parts) ? parts : []
  if (typeof family !== 'string' || typeof sid !== 'string' || typeof addedAt !== 'number') return throwUnexpected()
  return { text, family, sid, isOld: redisNow > addedAt + keepSeconds }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The error is dropped, because it quotes the text.
    return null
  }
}

function throwUnexpected(): never {
  throw new RedisStoreError(
    'unexpected',
    'A key of the sessions of a subject contains something else: does another program use the same prefix?',
  )
}
