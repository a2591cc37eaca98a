import { CountingBloomFilter, hashName } from './bloom-filter.ts'
import type { EntryKind } from './bloom-filter.ts'
import { HashedToken } from './hashed-token.ts'
import type { NamedEntry } from './read-revocation.ts'
import { RevocationListFullError } from './list-full-error.ts'
import type { RevocableToken } from './revocations.ts'

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
    return HashedToken.mayBeIn(this.#filter, token) && this.#find(token)
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
