import { revocations } from '../diagnostics/channels.ts'
import { carryResponse, unavailableResponse } from '../failure/error-response.ts'
import { createSecondsClock } from '../lib/user-code.ts'
import { readFields, readFunction, readNumber } from '../lib/options.ts'
import { ownProperty } from '../lib/properties.ts'
import { CountingBloomFilter } from './bloom-filter.ts'
import { hashName, HashedToken } from './check.ts'
import type { EntryKind } from './check.ts'
import type {
  RevocableToken,
  Revocations,
  SessionRevocation,
  SubjectRevocation,
  TokenRevocation,
} from './revocations.ts'

/** The settings of a list that one process keeps. */
export interface RevocationsOptions {
  /** How many entries live at a time at most, 1 to 10,000,000; some 130 bytes each, 18 of them at most from the start. @default 100,000 */
  readonly max?: number
  /** How long the tokens live that are accepted beside the list, 1 to 31,536,000. @default 86,400: a day */
  readonly maxTokenLifetimeSeconds?: number
  /** The tolerance of the Auths that ask, 0 to 300. @default 5, as theirs */
  readonly clockToleranceSeconds?: number
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/**
 * Makes a list of what was revoked that lasts as long as the process. When it is full, to revoke is refused with a
 * `RevocationListFullError`; an entry that still counts is never dropped. What ends goes by itself, without a timer.
 */
export function createRevocations(options: RevocationsOptions = {}): Revocations {
  const fields = readFields('', options, ['max', 'maxTokenLifetimeSeconds', 'clockToleranceSeconds', 'now'])
  const number = (name: string, bounds: readonly [least: number, most: number], otherwise: number) => {
    return fields.has(name) ? readNumber(name, fields.get(name), ...bounds) : otherwise
  }
  const max = number('max', [1, 10_000_000], 100_000)
  const maxTokenLifetimeSeconds = number('maxTokenLifetimeSeconds', [1, 31_536_000], 86_400)
  const clockToleranceSeconds = number('clockToleranceSeconds', [0, 300], 5)
  const now = createSecondsClock(fields.has('now') ? readFunction('now', fields.get('now'), true) : () => Date.now())
  const subjectSeconds = maxTokenLifetimeSeconds + clockToleranceSeconds
  const entries = new RevocationEntries({ max, expected: max, subjectSeconds, now })
  const read = <T extends object>(revocation: T, names: readonly [name: string, time: string]) => {
    return readRevocation(revocation, names, now())
  }
  const add = (kind: EntryKind, entry: NamedEntry) => {
    entries.add(kind, entry)
    publishRevocation({ kind, ...entry }, subjectSeconds)
  }
  return Object.freeze({
    clockToleranceSeconds,
    maxTokenLifetimeSeconds,
    isRevoked: (token: RevocableToken) => entries.holds(token),
    revokeToken: async (revocation: TokenRevocation) => {
      const { issuer, name, time } = read(revocation, ['jti', 'until'])
      add('tokens', { issuer, name, time: time + clockToleranceSeconds })
    },
    revokeSession: async (revocation: SessionRevocation) => {
      const { issuer, name, time } = read(revocation, ['sid', 'until'])
      add('sessions', { issuer, name, time: time + clockToleranceSeconds })
    },
    revokeSubject: async (revocation: SubjectRevocation) => {
      add('subjects', read(revocation, ['sub', 'issuedBefore']))
    },
  })
}

/** What is to be revoked, read. */
export interface NamedEntry {
  readonly issuer: string | null
  /** The jti, the sid or the sub. */
  readonly name: string
  /** The `until` or the `issuedBefore`, in seconds. */
  readonly time: number
}

const tenYears = 315_576_000
/** 2100-01-01: for a clock that shows 0, as that of Workers does at global scope. */
const distantFuture = 4_102_444_800

/** Reads a revocation, or throws a TypeError that names the member and the remedy. */
export function readRevocation(value: object, [named, timed]: readonly [string, string], now: number): NamedEntry {
  const [issuer, name, time] = ['issuer', named, timed].map((property) => ownProperty(value, property))
  if (issuer !== null && (typeof issuer !== 'string' || issuer === '')) {
    throw new TypeError('issuer must be the iss of the tokens, or null for tokens without one')
  }
  if (typeof name !== 'string' || name === '') throw new TypeError(`${named} must be a non-empty string`)
  if (typeof time !== 'number' || !(Math.abs(time) < Infinity)) {
    throw new TypeError(`${timed} must be a finite number of seconds since the epoch`)
  }
  if (time > (now === 0 ? distantFuture : now) + tenYears)
    throw new TypeError(`${timed} must be in seconds since the epoch, not in milliseconds`)
  return { issuer, name, time }
}

/** The list has as many entries as it may hold, and drops none that counts: what was to be revoked is not. */
export class RevocationListFullError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', {
      value: 'RevocationListFullError',
      configurable: true,
      writable: true,
    })
  }

  constructor(max: number) {
    super(`Revocation list is full (max ${max}); the entry was not added`)
    carryResponse(this, unavailableResponse)
  }
}

const kindNames = { tokens: 'token', sessions: 'session', subjects: 'subject' } as const

/** Tells those who subscribed to `claimcheck:revoke` of an entry that is in its list; it does not tell whose it is. */
export function publishRevocation({ kind, issuer, time }: RevocationEntry, subjectSeconds: number): void {
  if (!revocations.hasSubscribers) return
  const expiresAt = kind === 'subjects' ? time + subjectSeconds : time
  revocations.publish(Object.freeze({ kind: kindNames[kind], issuer, expiresAt }))
}

/** Until when tokens and sessions are revoked, and up to which `iat` subjects are: of one issuer, in whole seconds. */
interface OfIssuer {
  readonly tokens: Map<string, number>
  readonly sessions: Map<string, number>
  readonly subjects: Map<string, number>
}

const kinds: readonly EntryKind[] = ['tokens', 'sessions', 'subjects']

/** One entry: of tokens and sessions, `time` is its end; of subjects, it is the `issuedBefore`. */
export interface RevocationEntry extends NamedEntry {
  readonly kind: EntryKind
}

interface Rules {
  readonly max: number
  /** How many are to be expected at most; where there are more, to ask takes longer. */
  readonly expected: number
  /** How long the entry of a subject counts after its `issuedBefore`. */
  readonly subjectSeconds: number
  readonly now: () => number
}

/** Room for names of so many characters each, on average: twice those of the longest usual ones. */
const meanNameLength = 256

/** How many entries are looked at in passing, at each that is added, for whether they are over. */
const sweptAtOnce = 8

/** Entries by issuer and kind, each a name and a number; behind a filter, which is all that most tokens are asked of. */
export class RevocationEntries {
  readonly #rules: Rules
  readonly #byIssuer = new Map<string | null, OfIssuer>()
  readonly #filter: CountingBloomFilter
  #size = 0
  /** The characters of all names: memory is bounded by them too. */
  #nameLength = 0
  #swept = this.#sweeping()
  #sweptAllAt = -Infinity

  constructor(rules: Rules) {
    this.#rules = rules
    this.#filter = new CountingBloomFilter(rules.expected)
  }

  get size(): number {
    return this.#size
  }

  /** Whether a token is revoked, by itself, its session or its subject. */
  holds(token: RevocableToken): boolean {
    return HashedToken.mightBeIn(this.#filter, token) && this.#find(token)
  }

  #find({ issuer, jti, sid, sub, iat }: RevocableToken): boolean {
    const entries = this.#byIssuer.get(issuer)
    if (entries === undefined) return false
    const end = entries.tokens.get(jti)
    if (end !== undefined && this.#rules.now() < end) return true
    const endOfSession = sid === null ? undefined : entries.sessions.get(sid)
    if (endOfSession !== undefined && this.#rules.now() < endOfSession) return true
    const issuedBefore = sub === null ? undefined : entries.subjects.get(sub)
    return (
      issuedBefore !== undefined && iat <= issuedBefore && this.#rules.now() < this.#endOf('subjects', issuedBefore)
    )
  }

  /** Adds an entry, or makes one that is there last longer; never shorter. */
  add(kind: EntryKind, { issuer, name, time }: NamedEntry): void {
    const { max, now: readNow } = this.#rules
    const now = readNow()
    const value = kind === 'subjects' ? time : Math.ceil(time)
    if (now >= this.#endOf(kind, value)) return
    this.#sweep(now, sweptAtOnce)
    const known = this.#byIssuer.get(issuer)?.[kind].get(name)
    if (known !== undefined) {
      if (known < value) this.#byIssuer.get(issuer)?.[kind].set(name, value)
      return
    }
    const isFull = () => this.#size >= max || this.#nameLength + name.length > max * meanNameLength
    if (isFull()) this.#sweepAll(now)
    if (isFull()) throw new RevocationListFullError(max)
    this.#entriesOf(issuer)[kind].set(name, value)
    this.#size++
    this.#nameLength += name.length
    this.#filter.add(hashName(kind, name))
  }

  /** Whether an entry would add nothing. */
  covers({ kind, issuer, name, time }: RevocationEntry): boolean {
    const known = this.#byIssuer.get(issuer)?.[kind].get(name)
    return known !== undefined && known >= (kind === 'subjects' ? time : Math.ceil(time))
  }

  /** Every entry that still counts. */
  *live(): Generator<RevocationEntry, undefined> {
    const now = this.#rules.now()
    for (const [issuer, ofIssuer] of this.#byIssuer) {
      for (const kind of kinds) {
        for (const [name, time] of ofIssuer[kind]) {
          if (now < this.#endOf(kind, time)) yield { kind, issuer, name, time }
        }
      }
    }
  }

  /** Forgets what is over, of so many entries in turn. */
  sweep(count: number): void {
    this.#sweep(this.#rules.now(), count)
  }

  #entriesOf(issuer: string | null): OfIssuer {
    const known = this.#byIssuer.get(issuer)
    if (known !== undefined) return known
    const entries = { tokens: new Map(), sessions: new Map(), subjects: new Map() }
    this.#byIssuer.set(issuer, entries)
    return entries
  }

  #endOf(kind: EntryKind, value: number): number {
    return kind === 'subjects' ? value + this.#rules.subjectSeconds : value
  }

  /** Some entries in turn, so that what is over goes without a timer and without a long look. */
  #sweep(now: number, count: number): void {
    for (let looked = 0; looked < count; looked++) {
      const { value, done } = this.#swept.next()
      if (done === true) {
        this.#swept = this.#sweeping()
        return
      }
      this.#forgetEnded(value, now)
    }
  }

  /** All of them, where room is needed; once in each second, in which nothing more ends: a full list may be asked often. */
  #sweepAll(now: number): void {
    const second = Math.floor(now)
    if (second === this.#sweptAllAt) return
    this.#sweptAllAt = second
    for (const entry of this.#sweeping()) this.#forgetEnded(entry, now)
    for (const [issuer, { tokens, sessions, subjects }] of this.#byIssuer) {
      if (tokens.size + sessions.size + subjects.size === 0) this.#byIssuer.delete(issuer)
    }
  }

  #forgetEnded({ kind, entries, name, value }: SweptEntry, now: number): void {
    if (now < this.#endOf(kind, value)) return
    if (!entries.delete(name)) return
    this.#size--
    this.#nameLength -= name.length
    this.#filter.remove(hashName(kind, name))
  }

  *#sweeping(): Generator<SweptEntry, undefined> {
    for (const ofIssuer of this.#byIssuer.values()) {
      for (const kind of kinds) {
        const entries = ofIssuer[kind]
        for (const [name, value] of entries) yield { kind, entries, name, value }
      }
    }
  }
}

interface SweptEntry {
  readonly kind: EntryKind
  readonly entries: Map<string, number>
  readonly name: string
  readonly value: number
}
