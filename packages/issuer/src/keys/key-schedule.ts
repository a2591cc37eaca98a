import { AuthError, ConfigError, createVerificationKey } from '@claimcheck/core'
import type { HmacAlgorithm, KeyQuery, KeySource, VerificationKey } from '@claimcheck/core'
import { withoutPrototype } from '@claimcheck/core/internal'
import type { ScheduledSigner, Signer } from './signing-key.ts'

/** Core's maximum of `clockToleranceSeconds`: a verifier can accept a token for so long after it has expired. */
const maxClockToleranceSeconds = 300

/**
 * Determines which key signs and which keys are published, by the clock alone, so processes with the same keys behave
 * alike. The key with the latest `signsFrom` that has been reached signs. Each key is published as soon as it is in the
 * list, before it signs, and until the last token that it signed has expired.
 */
export class KeySchedule {
  readonly #tokenSeconds: number
  readonly #now: () => number
  #keys: readonly ScheduledSigner[]

  /** `now` is in seconds. Throws a ConfigError if no key signs now, or if two keys cannot be distinguished. */
  constructor(keys: readonly ScheduledSigner[], tokenSeconds: number, now: () => number) {
    this.#keys = sortBySignsFrom('keys', keys)
    this.#tokenSeconds = tokenSeconds
    this.#now = now
    // At global scope the clock of Workers returns 0, so the schedule cannot be checked there.
    const time = now()
    if (time !== 0 && this.#signerAt(time) === undefined) {
      throw new ConfigError('keys', 'a list with a key that signs now', 'a list of keys that sign later')
    }
  }

  /** The key that signs now. */
  get signer(): Signer {
    const signer = this.#signerAt(this.#now())
    if (signer === undefined) throw new Error('No key signs yet: the clock is before the first signsFrom')
    return signer
  }

  /** The keys whose tokens can still be valid, and the keys that will sign. */
  published(): readonly Signer[] {
    const now = this.#now()
    const extraSeconds = this.#tokenSeconds + maxClockToleranceSeconds
    return this.#keys
      .filter((_key, index) => now < (this.#keys[index + 1]?.signsFrom ?? Infinity) + extraSeconds)
      .map(({ signer }) => signer)
  }

  /** The `signsFrom` of the last key. */
  get lastSignsFrom(): number {
    return this.#keys.at(-1)?.signsFrom ?? -Infinity
  }

  /** Adds a key that signs after all others, and removes the keys that are no longer published. */
  add(key: ScheduledSigner): void {
    const published = new Set(this.published())
    this.#keys = sortBySignsFrom('next', [...this.#keys.filter(({ signer }) => published.has(signer)), key])
  }

  /** A key source for an Auth in this process. It contains only the keys that are published at the time of each call. */
  createKeySource(): KeySource {
    const secretKeys = new SecretKeys()
    const keys = (): readonly VerificationKey[] => {
      const signers = this.published()
      return signers.some(({ secret }) => secret !== null)
        ? secretKeys.of(signers)
        : signers.map((signer) => signer.verificationKey)
    }
    return {
      find: (query) => findKey(keys(), query),
      has: (key) => keys().includes(key),
      ready: async () => {
        await Promise.all(keys().flatMap((key) => key.algorithms.map(async (algorithm) => key.checks(algorithm))))
      },
    }
  }

  #signerAt(now: number): Signer | undefined {
    return this.#keys.findLast(({ signsFrom }) => signsFrom <= now)?.signer
  }
}

/** Throws a ConfigError if two keys cannot be distinguished. */
function sortBySignsFrom(option: string, keys: readonly ScheduledSigner[]): readonly ScheduledSigner[] {
  const sorted = keys.toSorted((one, other) =>
    one.signsFrom === other.signsFrom ? 0 : one.signsFrom - other.signsFrom,
  )
  for (const [index, { signer, signsFrom }] of sorted.entries()) {
    const others = sorted.slice(index + 1)
    if (others.some((other) => other.signsFrom === signsFrom)) {
      throw new ConfigError(option, 'keys with different signsFrom, because one key signs at a time', 'two equal ones')
    }
    if (signer.kid !== null && others.some((other) => other.signer.kid === signer.kid)) {
      throw new ConfigError(option, 'keys with different kid', 'two equal ones')
    }
    if (others.some((other) => (other.signer.kid === null) !== (signer.kid === null))) {
      throw new ConfigError(option, 'either secrets or keys with a public part', 'a list with both')
    }
  }
  return sorted
}

function findKey(keys: readonly VerificationKey[], query: KeyQuery): VerificationKey {
  const { alg, kid } = withoutPrototype(query)
  const matches = keys.filter((key) => {
    const algorithms: readonly string[] = key.algorithms
    return (key.kid === null || kid === undefined || key.kid === kid) && algorithms.includes(alg)
  })
  const [key] = matches
  if (key !== undefined && matches.length === 1) return key
  throw new AuthError('key_not_found', { logDetail: 'not exactly one key of the issuer matches the kid and alg' })
}

/**
 * Secrets have no `kid`, so all secrets of an algorithm are combined into one verification key, which tries each of them.
 * The keys are created again only if the secrets have changed.
 */
class SecretKeys {
  #signers: readonly Signer[] = []
  #keys: readonly VerificationKey[] = []

  of(signers: readonly Signer[]): readonly VerificationKey[] {
    const isSame =
      signers.length === this.#signers.length && signers.every((signer, index) => signer === this.#signers[index])
    if (isSame) return this.#keys
    this.#signers = signers
    const algorithms = [...new Set(signers.map(({ algorithm }) => algorithm as HmacAlgorithm))]
    this.#keys = algorithms.map((algorithm) => {
      const secret = signers.flatMap((signer) =>
        signer.algorithm === algorithm && signer.secret !== null ? [signer.secret] : [],
      )
      return createVerificationKey({ secret, algorithm })
    })
    return this.#keys
  }
}
