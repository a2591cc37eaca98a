import { AuthError } from '../failure/errors.ts'
import { withTimeout } from '../lib/async.ts'
import type { RequestLike } from '../request/headers.ts'
import type { KeyQuery } from '../token/jwt-claims.ts'
import { importAll, isVerificationKey } from './verification-key.ts'
import type { VerificationKey } from './verification-key.ts'

/** The state of keys that are fetched. Times are in seconds since the epoch. */
export interface KeySourceStatus {
  /** When the cached keys were fetched; null if there are none. */
  readonly fetchedAt: number | null
  /** The earliest time of the next fetch; null before the first attempt. */
  readonly nextRefreshAt: number | null
  /** Why the last attempt failed; null after a success. It is for logs. */
  readonly lastError: unknown
}

/**
 * A custom source of an issuer's keys. `find` throws or rejects with an AuthError: `key_not_found` if there is no such
 * key, `keys_unavailable` during an outage. Any other error counts as an outage, as does no result within 6 seconds.
 */
export interface KeySource {
  /** Returns the key that verifies a token with this header. Create keys with `createVerificationKey`. */
  find(header: KeyQuery): VerificationKey | Promise<VerificationKey>
  /** Whether the source still contains the key. If not, tokens that it verified are no longer accepted from the cache. */
  has(key: VerificationKey): boolean
  /** Fetches the keys before the first request. Rejects if there are none, with the reason. */
  ready?(): Promise<void>
  /** Returns the state of the keys, for a health check. */
  status?(): KeySourceStatus
  /** Stops background work. */
  close?(): void
}

/** The keys of an issuer inside core. `request` is the request that needs the key, or null for `verifyToken`. */
export interface IssuerKeys extends Pick<KeySource, 'ready' | 'close'> {
  find(header: KeyQuery, request: RequestLike | null): VerificationKey | Promise<VerificationKey>
  has(key: VerificationKey, request: RequestLike | null): boolean
  status?(): KeySourceStatus | undefined
}

const timeoutMilliseconds = 6000

/**
 * Wraps a custom KeySource: everything it promises gets a timeout, and it does not see the request. The result of `find`
 * must still be checked with `isVerificationKey`.
 */
export function createCustomKeys(source: KeySource): IssuerKeys {
  return {
    find(header) {
      const key: unknown = source.find(header)
      if (isVerificationKey(key)) return key
      return withTimeout(Promise.resolve(key), timeoutMilliseconds) as Promise<VerificationKey>
    },
    has: (key) => source.has(key),
    ready: async () => withTimeout(Promise.resolve(source.ready?.()), timeoutMilliseconds),
    status: () => source.status?.(),
    close: () => source.close?.(),
  }
}

/**
 * Returns the one key that matches a token: its `kid`, if the token has one, and its algorithm. Returns null if several
 * keys match, because choosing one of them would be a guess.
 */
export function selectKey(keys: readonly VerificationKey[], query: KeyQuery): VerificationKey | null {
  let match: VerificationKey | null = null
  const kid = Object.hasOwn(query, 'kid') ? query.kid : undefined
  for (const key of keys) {
    if (!matches(key, query.alg, kid)) continue
    if (match !== null) return null
    match = key
  }
  return match
}

function matches(key: VerificationKey, alg: string, kid: string | undefined): boolean {
  const algorithms: readonly string[] = key.algorithms
  return (kid === undefined || key.kid === kid) && algorithms.includes(alg)
}

/** Creates the keys of an issuer whose keys are in the options. They never change. */
export function createStaticKeys(keys: readonly VerificationKey[]): IssuerKeys {
  const contained = new Set(keys)
  const [first] = keys
  // A single key without a kid matches any kid: PEM files have none, but tokens usually name one.
  const comparesKid = keys.length > 1 || first?.kid !== null
  return {
    find(header: KeyQuery): VerificationKey {
      const key = selectKey(keys, comparesKid ? header : { alg: header.alg })
      if (key === null)
        throw new AuthError('key_not_found', { logDetail: 'no key, or more than one, matches kid and alg' })
      return key
    },
    has: (key) => contained.has(key),
    ready: async () => {
      await Promise.all(keys.map(importAll))
    },
  }
}
