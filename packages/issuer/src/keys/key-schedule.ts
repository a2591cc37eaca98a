import { ConfigError } from '@claimcheck/core'
import type { KeySource } from '@claimcheck/core'
import { createScheduledKeys } from './scheduled-keys.ts'
import type { ScheduledSigner } from './read-signing-key.ts'
import type { Signer } from './signing-key.ts'

/** Verifiers whose clocks are behind take a token for that much longer, in seconds: the most that core lets them. */
const widestToleranceSeconds = 300

/**
 * Which key signs and which are published, by the clock alone: processes that are given the same keys behave alike. At
 * any time the key signs whose `signsFrom` came last. Each is published from when it is in the list, so before it signs,
 * until the last token that it signed is over.
 */
export class KeySchedule {
  readonly #tokenSeconds: number
  readonly #now: () => number
  #keys: readonly ScheduledSigner[]

  /** `now` is in seconds. */
  constructor(keys: readonly ScheduledSigner[], tokenSeconds: number, now: () => number) {
    this.#keys = inOrder('keys', keys)
    this.#tokenSeconds = tokenSeconds
    this.#now = now
    // At global scope the clock of Workers shows 0, and says nothing about whose turn it is.
    const time = now()
    if (time !== 0 && this.#signerAt(time) === undefined) {
      throw new ConfigError('keys', 'a list with one key that signs now', 'a list of keys that sign later')
    }
  }

  /** The key that signs now. */
  get signer(): Signer {
    const signer = this.#signerAt(this.#now())
    if (signer === undefined) throw new Error('The clock is before the first key of the schedule')
    return signer
  }

  /** The keys that a token which is still good may have been signed with, and those that will sign. */
  published(): readonly Signer[] {
    const now = this.#now()
    return this.#keys
      .filter(
        (_key, index) =>
          now < (this.#keys[index + 1]?.signsFrom ?? Infinity) + this.#tokenSeconds + widestToleranceSeconds,
      )
      .map(({ signer }) => signer)
  }

  /** When the last of the keys begins to sign. */
  get lastSignsFrom(): number {
    return this.#keys.at(-1)?.signsFrom ?? -Infinity
  }

  /** Adds a key that signs after all others; what is over by now is let go. */
  add(key: ScheduledSigner): void {
    const published = new Set(this.published())
    this.#keys = inOrder('next', [...this.#keys.filter(({ signer }) => published.has(signer)), key])
  }

  /** The published keys, as a source for an Auth in this process. */
  createKeySource(): KeySource {
    return createScheduledKeys(() => this.published())
  }

  #signerAt(now: number): Signer | undefined {
    return this.#keys.findLast(({ signsFrom }) => signsFrom <= now)?.signer
  }
}

/** In the order of their turns, or a ConfigError where two cannot be told apart. */
function inOrder(field: string, keys: readonly ScheduledSigner[]): readonly ScheduledSigner[] {
  const sorted = keys.toSorted((one, other) =>
    one.signsFrom === other.signsFrom ? 0 : one.signsFrom - other.signsFrom,
  )
  for (const [index, { signer, signsFrom }] of sorted.entries()) {
    const others = sorted.slice(index + 1)
    if (others.some((other) => other.signsFrom === signsFrom)) {
      throw new ConfigError(field, 'keys that differ in signsFrom, so that one signs at a time', 'two of the same')
    }
    if (signer.kid !== null && others.some((other) => other.signer.kid === signer.kid)) {
      throw new ConfigError(field, 'keys that differ in kid', 'two of the same')
    }
    if (others.some((other) => (other.signer.kid === null) !== (signer.kid === null))) {
      throw new ConfigError(field, 'secrets, or keys with a public part', 'both in one list')
    }
  }
  return sorted
}
