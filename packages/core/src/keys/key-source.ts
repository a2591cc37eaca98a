import { AuthError } from '../failure/errors.ts'
import { withTimeout } from '../lib/async.ts'
import type { RequestLike } from '../request/headers.ts'
import type { KeyQuery } from '../token/jwt-claims.ts'
import { importAll, isVerificationKey } from './verification-key.ts'
import type { VerificationKey } from './verification-key.ts'

/** The state of keys that are fetched; times are seconds since the epoch. */
export interface KeySourceStatus {
  /** When the keys that are held were fetched; null for none. */
  readonly fetchedAt: number | null
  /** From when on they are fetched again; null before the first attempt. */
  readonly nextRefreshAt: number | null
  /** Why the last attempt failed; null after a success. For logs. */
  readonly lastError: unknown
}

/**
 * Where an issuer's keys come from. `find` refuses with an AuthError: `key_not_found` for a key that is not there,
 * `keys_unavailable` for an outage; whatever else it throws counts as an outage.
 */
export interface KeySource {
  find(header: KeyQuery): VerificationKey | Promise<VerificationKey>
  /** False once the key left: what it verified is forgotten. */
  has(key: VerificationKey): boolean
  /** Fetches the keys ahead; rejects with the reason why there are none. */
  ready?(): Promise<void>
  /** What is known of the keys, for a health check. */
  status?(): KeySourceStatus
  /** Ends what the source keeps running. */
  close?(): void
}

/** The keys of an issuer inside core: `request` is the one that asks; null if the token came without a request. */
export interface IssuerKeys extends Pick<KeySource, 'ready' | 'close'> {
  find(header: KeyQuery, request: RequestLike | null): VerificationKey | Promise<VerificationKey>
  has(key: VerificationKey, request: RequestLike | null): boolean
  status?(): KeySourceStatus | undefined
}

const patienceMilliseconds = 6000

/**
 * The keys of a custom KeySource, with a deadline for everything that it promises. It does not see the request. What
 * `find` returns is not yet checked to be a key.
 */
export function createCustomKeys(source: KeySource): IssuerKeys {
  return {
    find(header) {
      const key: unknown = source.find(header)
      if (isVerificationKey(key)) return key
      return withTimeout(Promise.resolve(key), patienceMilliseconds) as Promise<VerificationKey>
    },
    has: (key) => source.has(key),
    ready: async () => withTimeout(Promise.resolve(source.ready?.()), patienceMilliseconds),
    status: () => source.status?.(),
    close: () => source.close?.(),
  }
}

/**
 * The one key that fits a token: of its `kid`, when the token has one, and for its algorithm. Two that fit are as
 * bad as none, because to choose would be to guess.
 */
export function selectKey(keys: readonly VerificationKey[], query: KeyQuery): VerificationKey | null {
  let found: VerificationKey | null = null
  const kid = Object.hasOwn(query, 'kid') ? query.kid : undefined
  for (const key of keys) {
    if (!fits(key, query.alg, kid)) continue
    if (found !== null) return null
    found = key
  }
  return found
}

function fits(key: VerificationKey, alg: string, kid: string | undefined): boolean {
  const algorithms: readonly string[] = key.algorithms
  return (kid === undefined || key.kid === kid) && algorithms.includes(alg)
}

/** Keys that were given at start-up and never change. */
export function createStaticKeys(keys: readonly VerificationKey[]): IssuerKeys {
  const held = new Set(keys)
  const [only] = keys
  // A key given alone and without a name answers for whatever name its issuer gives it.
  const named = keys.length > 1 || only?.kid !== null
  return {
    find(header: KeyQuery): VerificationKey {
      const key = selectKey(keys, named ? header : { alg: header.alg })
      if (key === null)
        throw new AuthError('key_not_found', { logDetail: 'no key, or more than one, matches kid and alg' })
      return key
    },
    has: (key) => held.has(key),
    ready: async () => {
      await Promise.all(keys.map(importAll))
    },
  }
}
