import type { VerificationKey } from './verification-key.ts'

/** What a key source is asked: frozen, and unproved, for it comes from the header of a token. */
export interface KeyQuery {
  readonly alg: string
  readonly kid?: string
}

/**
 * Where an issuer's keys come from. `find` refuses with an AuthError: `key_not_found` for a key that is not there,
 * `keys_unavailable` for an outage; whatever else it throws counts as an outage.
 */
export interface KeySource {
  find(header: KeyQuery): VerificationKey | Promise<VerificationKey>
  /** False once the key left: what it verified is forgotten. */
  holds(key: VerificationKey): boolean
  /** Fetches the keys ahead; rejects with the reason why there are none. */
  ready?(): Promise<void>
  /** Ends what the source keeps running. */
  close?(): void
}

/**
 * The one key that fits a token: of its `kid`, when the token has one, and for its algorithm. Two that fit are as
 * bad as none, because to choose would be to guess.
 */
export function selectKey(keys: readonly VerificationKey[], { alg, kid }: KeyQuery): VerificationKey | null {
  const fitting = keys.filter(
    (key) => (kid === undefined || key.kid === kid) && key.algorithms.some((algorithm) => algorithm === alg),
  )
  return fitting.length === 1 ? (fitting[0] ?? null) : null
}
