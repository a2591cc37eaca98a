import { createSecondsClock } from './lib/user-code.ts'
import { clockOption, defineOptions, number, readOptions } from './lib/options.ts'

/** Stores values that can be used once, such as the `jti` of a proof or an authorization code. */
export interface OneTimeValues {
  /**
   * Returns true for the first call with a key, and false for every further call before `until` (seconds since the epoch). It
   * is atomic, whatever other calls and processes do at the same time. It rejects if it cannot know which call was first. A
   * key has at most 512 characters and starts with its purpose, for example `proof:` and a hash.
   */
  addIfAbsent(key: string, until: number): Promise<boolean>
}

export interface OneTimeValuesOptions {
  /** The maximum number of keys, 1 to 10,000,000. If it is reached, new keys are rejected until one expires. @default 100000 */
  readonly maxEntries?: number
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

const oneTimeOptions = defineOptions({
  maxEntries: { read: number(1, 10_000_000), fallback: 100_000 },
  now: clockOption,
})

/** Creates a store of one-time values in the memory of this process. Throws a ConfigError. */
export function createOneTimeValues(options: OneTimeValuesOptions = {}): OneTimeValues {
  const { maxEntries, now } = readOptions('', options, oneTimeOptions)
  return new MemoryOneTimeValues(maxEntries, createSecondsClock(now))
}

/** Throws a TypeError for an invalid key or end. Every store calls this first. */
export function assertOneTimeValue(key: unknown, until: unknown): void {
  if (typeof key === 'string' && key !== '' && key.length <= 512 && Number.isFinite(until)) return
  throw new TypeError('A one-time value needs a key of 1 to 512 characters and an end, a finite number of seconds')
}

class MemoryOneTimeValues implements OneTimeValues {
  readonly #ends = new Map<string, number>()
  readonly #maxEntries: number
  /** In seconds. Throws if the clock does not return a time: without one, every used key would look expired. */
  readonly #now: () => number
  /** No key expires before this time. */
  #firstEnd = Infinity

  constructor(maxEntries: number, now: () => number) {
    this.#maxEntries = maxEntries
    this.#now = now
  }

  async addIfAbsent(key: string, until: number): Promise<boolean> {
    assertOneTimeValue(key, until)
    const now = this.#now()
    const end = this.#ends.get(key)
    if (end !== undefined && end > now) return false
    if (end === undefined && this.#ends.size >= this.#maxEntries) this.#removeExpired(now)
    if (end === undefined && this.#ends.size >= this.#maxEntries) {
      throw new Error(`The store of one-time values is full (maxEntries: ${this.#maxEntries}): raise it`)
    }
    this.#ends.set(key, until)
    this.#firstEnd = Math.min(this.#firstEnd, until)
    return true
  }

  #removeExpired(now: number): void {
    if (this.#firstEnd > now) return
    this.#firstEnd = Infinity
    for (const [key, end] of this.#ends) {
      if (end <= now) this.#ends.delete(key)
      else this.#firstEnd = Math.min(this.#firstEnd, end)
    }
  }
}
