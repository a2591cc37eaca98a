import type { Session, SubjectRef } from '@claimcheck/issuer'
import type { CommandClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import { RedisStoreError } from '../redis-store-error.ts'
import { Script } from '../script.ts'

/** The place of a family in the list of its subject. */
export interface Place {
  /** As it stands in Redis. */
  readonly text: string
  readonly family: string
  readonly sid: string
  /** Whether no family can come to it any more. */
  readonly isOld: boolean
}

/** A place that was taken for a family. Times are seconds of the clock of Redis. */
export interface Reservation {
  /** When the family must have been written. */
  readonly deadline: number
  /** When the place is gone, so no family may live longer. */
  readonly lastsUntil: number
  /** How many places the subject has, with those that lead nowhere. */
  readonly count: number
  /** Some other places of the subject. */
  readonly others: readonly Place[]
}

/**
 * A family is written so many seconds after its place was taken, or not at all; a place that no family took is given up
 * after many more: so that no family is ever without its place.
 */
const takeSeconds = 30
const keepSeconds = 300
/** So many places of a subject are looked at in passing, at each login, for whether they still lead somewhere. */
const lookedAtOnce = 8

// Ends are times of Redis: it alone decides what has expired, so clocks that are ahead or behind remove no place.
const add = new Script(`
local key, skew, lasts = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local redisNow = tonumber(redis.call('TIME')[1])
local others = redis.call('ZRANDMEMBER', key, ${lookedAtOnce})
redis.call('ZADD', key, redisNow + lasts, cjson.encode({ARGV[3], ARGV[4], redisNow}))
local longest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
redis.call('PEXPIRE', key, string.format('%.0f', math.max(1, longest - redisNow + skew) * 1000))
return {redisNow, others, redis.call('ZCARD', key)}
`)

const read = new Script(`return {tonumber(redis.call('TIME')[1]), redis.call('ZRANGE', KEYS[1], 0, -1)}`)
const remove = new Script(`return redis.call('ZREM', KEYS[1], unpack(ARGV))`)

/**
 * Which families a subject has: a sorted set beside them, under their ends. A crash between two steps leaves a place
 * without a family, never a family without a place; such a place is given up when somebody comes by.
 */
export class SubjectIndex {
  readonly #settings: RedisSettings

  constructor(settings: RedisSettings) {
    this.#settings = settings
  }

  /** Takes a place for a family. */
  async add(commander: CommandClient, family: string, session: Session): Promise<Reservation> {
    const { sid, createdAt, expiresAt } = session
    const { clockSkewSeconds } = this.#settings
    const lasts = expiresAt - createdAt
    const given = [clockSkewSeconds, lasts, family, sid]
    const { redisNow, places, count } = readPlaces(await add.run(commander, [this.#keyOf(session)], given))
    const lastsUntil = redisNow + lasts + clockSkewSeconds
    return { deadline: redisNow + takeSeconds, lastsUntil, count, others: places }
  }

  async read(commander: CommandClient, subject: SubjectRef): Promise<readonly Place[]> {
    return readPlaces(await read.run(commander, [this.#keyOf(subject)], [])).places
  }

  /** Gives up old places that lead nowhere. What fails here is left for the next who comes by. */
  async giveUp(commander: CommandClient, subject: SubjectRef, places: readonly Place[]): Promise<void> {
    const texts = places.filter(({ isOld }) => isOld).map(({ text }) => text)
    if (texts.length > 0) await remove.run(commander, [this.#keyOf(subject)], texts).catch(() => undefined)
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

function readPlaces(answer: unknown): Places {
  const [redisNow, texts, count]: unknown[] = Array.isArray(answer) ? answer : []
  if (typeof redisNow !== 'number' || !Array.isArray(texts)) return unexpected()
  return { redisNow, places: texts.map((text) => readPlace(text, redisNow)), count: Number(count) }
}

function readPlace(text: unknown, redisNow: number): Place {
  if (typeof text !== 'string') return unexpected()
  const parts = parse(text)
  const [family, sid, addedAt]: unknown[] = Array.isArray(parts) ? parts : []
  if (typeof family !== 'string' || typeof sid !== 'string' || typeof addedAt !== 'number') return unexpected()
  return { text, family, sid, isOld: redisNow > addedAt + keepSeconds }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    return null
  }
}

function unexpected(): never {
  throw new RedisStoreError(
    'unexpected',
    'Redis holds something else where the sessions of a subject are: is the prefix shared?',
  )
}
