import { secondsBy } from '../lib/user-code.ts'
import { readFields, readFunction, readNumber } from '../lib/options.ts'

/** Remembers what may be used once, as the `jti` of a proof or an authorization code. */
export interface OneTimeValues {
  /**
   * True for the first that brings this key; false for everybody after, until `until` (seconds since the epoch). One atomic
   * step, whatever runs at the same time; rejects where it cannot be known who was first. A key has
   * at most 512 characters and names what it is of, as in `proof:` and a hash.
   */
  addIfAbsent(key: string, until: number): Promise<boolean>
}

export interface OneTimeValuesOptions {
  /** How many keys may be held; when so many are, none is forgotten before its time and further ones are refused. @default 100000 */
  readonly maxEntries?: number
  /** In milliseconds. @default Date.now */
  readonly now?: () => number
}

/** One-time values of this one process, in memory. Throws a ConfigError. */
export function createOneTimeValues(options: OneTimeValuesOptions = {}): OneTimeValues {
  const fields = readFields('', options, ['maxEntries', 'now'])
  const maxEntries = fields.has('maxEntries')
    ? readNumber('maxEntries', fields.get('maxEntries'), 1, 10_000_000)
    : 100_000
  const now = fields.has('now') ? readFunction<() => number>('now', fields.get('now'), true) : () => Date.now()
  return new EmbeddedOneTimeValues(maxEntries, secondsBy(now))
}

/** Throws a TypeError for what no store takes. */
export function checkOneTimeValue(key: unknown, until: unknown): void {
  if (typeof key === 'string' && key !== '' && key.length <= 512 && Number.isFinite(until)) return
  throw new TypeError('A one-time value must be a string of 1 to 512 characters, with a finite number of seconds')
}

class EmbeddedOneTimeValues implements OneTimeValues {
  readonly #ends = new Map<string, number>()
  readonly #maxEntries: number
  /** In seconds; throws where the clock returns no time, for nothing would be known as used then. */
  readonly #now: () => number
  /** Before that, nothing ends, and there is nothing to look for. */
  #firstEnd = Infinity

  constructor(maxEntries: number, now: () => number) {
    this.#maxEntries = maxEntries
    this.#now = now
  }

  async addIfAbsent(key: string, until: number): Promise<boolean> {
    checkOneTimeValue(key, until)
    const now = this.#now()
    const end = this.#ends.get(key)
    if (end !== undefined && end > now) return false
    if (end === undefined && this.#ends.size >= this.#maxEntries) this.#forgetEnded(now)
    if (end === undefined && this.#ends.size >= this.#maxEntries) {
      throw new Error(`Too many one-time values (maxEntries ${this.#maxEntries}); the value was not added`)
    }
    this.#ends.set(key, until)
    this.#firstEnd = Math.min(this.#firstEnd, until)
    return true
  }

  #forgetEnded(now: number): void {
    if (this.#firstEnd > now) return
    this.#firstEnd = Infinity
    for (const [key, end] of this.#ends) {
      if (end <= now) this.#ends.delete(key)
      else this.#firstEnd = Math.min(this.#firstEnd, end)
    }
  }
}
