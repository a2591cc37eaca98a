import { revocations } from '../diagnostics/channels.ts'
import { carryResponse, unavailableResponse } from '../failure/error-response.ts'
import { createSecondsClock } from '../lib/user-code.ts'
import { clockOption, defineOptions, number, readOptions } from '../lib/options.ts'
import { getOwn } from '../lib/properties.ts'
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

/** The options of `createRevocations`. */
export interface RevocationsOptions {
  /**
   * The maximum number of entries, 1 to 10,000,000. An entry takes about 130 bytes, of which up to 18 are allocated at
   * the start. @default 100,000
   */
  readonly max?: number
  /** The maximum lifetime of accepted tokens in seconds, 1 to 31,536,000. @default 86,400 (one day) */
  readonly maxTokenLifetimeSeconds?: number
  /**
   * At least the `clockToleranceSeconds` of each Auth that uses the list, 0 to 300. @default 5, the default of an Auth
   */
  readonly clockToleranceSeconds?: number
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

const revocationsOptions = defineOptions({
  max: { read: number(1, 10_000_000), fallback: 100_000 },
  maxTokenLifetimeSeconds: { read: number(1, 31_536_000), fallback: 86_400 },
  clockToleranceSeconds: { read: number(0, 300), fallback: 5 },
  now: clockOption,
})

/**
 * Creates a list of revoked tokens in the memory of this process. If it is full, revoking rejects with a
 * `RevocationListFullError`: an entry is never removed before its end, because a revoked token would be accepted again.
 * Expired entries are removed without a timer. Throws a ConfigError.
 */
export function createRevocations(options: RevocationsOptions = {}): Revocations {
  const { max, maxTokenLifetimeSeconds, clockToleranceSeconds, ...clock } = readOptions('', options, revocationsOptions)
  const now = createSecondsClock(clock.now)
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
    isRevoked: (token: RevocableToken) => entries.isRevoked(token),
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

/** A checked revocation. */
export interface NamedEntry {
  readonly issuer: string | null
  /** The jti, the sid or the sub. */
  readonly name: string
  /** The `until` or the `issuedBefore`, in seconds. */
  readonly time: number
}

const tenYears = 315_576_000
/** 2100-01-01, used if the clock shows 0, as it does at the global scope of Workers. */
const distantFuture = 4_102_444_800

/**
 * Reads a revocation. Throws a TypeError that names the property. A time in milliseconds is rejected, because the entry
 * would stay for thousands of years.
 */
export function readRevocation(
  value: object,
  [nameProperty, timeProperty]: readonly [string, string],
  now: number,
): NamedEntry {
  const [issuer, name, time] = ['issuer', nameProperty, timeProperty].map((property) => getOwn(value, property))
  if (issuer !== null && (typeof issuer !== 'string' || issuer === '')) {
    throw new TypeError('issuer must be the iss of the tokens, or null for tokens without one')
  }
  if (typeof name !== 'string' || name === '') throw new TypeError(`${nameProperty} must be a non-empty string`)
  if (typeof time !== 'number' || !(Math.abs(time) < Infinity)) {
    throw new TypeError(`${timeProperty} must be a finite number of seconds since the epoch`)
  }
  if (time > (now === 0 ? distantFuture : now) + tenYears)
    throw new TypeError(`${timeProperty} must be in seconds since the epoch, not in milliseconds`)
  return { issuer, name, time }
}

/** The list is full of entries that have not expired, so the new entry was not added. */
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

/** Publishes an added entry on the channel `claimcheck:revoke`, without the `jti`, `sid` or `sub`. */
export function publishRevocation({ kind, issuer, time }: RevocationEntry, subjectSeconds: number): void {
  if (!revocations.hasSubscribers) return
  const expiresAt = kind === 'subjects' ? time + subjectSeconds : time
  revocations.publish(Object.freeze({ kind: kindNames[kind], issuer, expiresAt }))
}

/** The entries of one issuer: the end of tokens and sessions, and the `issuedBefore` of subjects, in seconds. */
interface IssuerEntries {
  readonly tokens: Map<string, number>
  readonly sessions: Map<string, number>
  readonly subjects: Map<string, number>
}

const kinds: readonly EntryKind[] = ['tokens', 'sessions', 'subjects']

/** An entry of a list. `time` is the end of a token or session, or the `issuedBefore` of a subject, in seconds. */
export interface RevocationEntry extends NamedEntry {
  readonly kind: EntryKind
}

interface Rules {
  readonly max: number
  /** The number of entries that the Bloom filter is sized for. With more entries, lookups become slower. */
  readonly expected: number
  /** The time from the `issuedBefore` of a subject to the end of its entry. */
  readonly subjectSeconds: number
  readonly now: () => number
}

/** The average length of names that the list has room for: twice the length of the longest common names. */
const meanNameLength = 256

/** The number of entries that are checked for expiry when an entry is added. */
const sweepBatchSize = 8

/** Stores entries by issuer, kind and name. For most tokens, a lookup reads only the Bloom filter. */
export class RevocationEntries {
  readonly #rules: Rules
  readonly #byIssuer = new Map<string | null, IssuerEntries>()
  readonly #filter: CountingBloomFilter
  #size = 0
  /** The total length of all names, which is limited because `max` alone would not limit the memory. */
  #nameLength = 0
  #cursor = this.#iterate()
  #sweptEverythingAt = -Infinity

  constructor(rules: Rules) {
    this.#rules = rules
    this.#filter = new CountingBloomFilter(rules.expected)
  }

  get size(): number {
    return this.#size
  }

  /** Whether the token, its session or its subject is revoked. */
  isRevoked(token: RevocableToken): boolean {
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

  /** Adds an entry or extends an existing one; it never shortens one. Throws a RevocationListFullError. */
  add(kind: EntryKind, { issuer, name, time }: NamedEntry): void {
    const { max, now: readNow } = this.#rules
    const now = readNow()
    const value = kind === 'subjects' ? time : Math.ceil(time)
    if (now >= this.#endOf(kind, value)) return
    this.#sweep(now, sweepBatchSize)
    const existing = this.#byIssuer.get(issuer)?.[kind].get(name)
    if (existing !== undefined) {
      if (existing < value) this.#byIssuer.get(issuer)?.[kind].set(name, value)
      return
    }
    const isFull = () => this.#size >= max || this.#nameLength + name.length > max * meanNameLength
    if (isFull()) this.#sweepEverything(now)
    if (isFull()) throw new RevocationListFullError(max)
    this.#entriesOf(issuer)[kind].set(name, value)
    this.#size++
    this.#nameLength += name.length
    this.#filter.add(hashName(kind, name))
  }

  /** Whether adding the entry would change nothing. */
  covers({ kind, issuer, name, time }: RevocationEntry): boolean {
    const existing = this.#byIssuer.get(issuer)?.[kind].get(name)
    return existing !== undefined && existing >= (kind === 'subjects' ? time : Math.ceil(time))
  }

  /** Iterates over the entries that have not expired. */
  *live(): Generator<RevocationEntry, undefined> {
    const now = this.#rules.now()
    for (const [issuer, issuerEntries] of this.#byIssuer) {
      for (const kind of kinds) {
        for (const [name, time] of issuerEntries[kind]) {
          if (now < this.#endOf(kind, time)) yield { kind, issuer, name, time }
        }
      }
    }
  }

  /** Removes expired entries among the next `count` ones. */
  sweep(count: number): void {
    this.#sweep(this.#rules.now(), count)
  }

  #entriesOf(issuer: string | null): IssuerEntries {
    const existing = this.#byIssuer.get(issuer)
    if (existing !== undefined) return existing
    const entries = { tokens: new Map(), sessions: new Map(), subjects: new Map() }
    this.#byIssuer.set(issuer, entries)
    return entries
  }

  #endOf(kind: EntryKind, value: number): number {
    return kind === 'subjects' ? value + this.#rules.subjectSeconds : value
  }

  /** Continues where the last sweep stopped, so that all entries are checked in turn without a timer or a long pause. */
  #sweep(now: number, count: number): void {
    for (let checked = 0; checked < count; checked++) {
      const { value, done } = this.#cursor.next()
      if (done === true) {
        this.#cursor = this.#iterate()
        return
      }
      this.#deleteIfExpired(value, now)
    }
  }

  /** Makes room. At most once per second: ends are whole seconds, and a full list may receive many revocations. */
  #sweepEverything(now: number): void {
    const second = Math.floor(now)
    if (second === this.#sweptEverythingAt) return
    this.#sweptEverythingAt = second
    for (const entry of this.#iterate()) this.#deleteIfExpired(entry, now)
    for (const [issuer, { tokens, sessions, subjects }] of this.#byIssuer) {
      if (tokens.size + sessions.size + subjects.size === 0) this.#byIssuer.delete(issuer)
    }
  }

  #deleteIfExpired({ kind, entries, name, value }: StoredEntry, now: number): void {
    if (now < this.#endOf(kind, value)) return
    if (!entries.delete(name)) return
    this.#size--
    this.#nameLength -= name.length
    this.#filter.remove(hashName(kind, name))
  }

  *#iterate(): Generator<StoredEntry, undefined> {
    for (const issuerEntries of this.#byIssuer.values()) {
      for (const kind of kinds) {
        const entries = issuerEntries[kind]
        for (const [name, value] of entries) yield { kind, entries, name, value }
      }
    }
  }
}

interface StoredEntry {
  readonly kind: EntryKind
  readonly entries: Map<string, number>
  readonly name: string
  readonly value: number
}
