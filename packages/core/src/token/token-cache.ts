import { LRUCache } from 'lru-cache'
import type { IssuerKeys } from '../keys/key-source.ts'
import type { VerificationKey } from '../keys/verification-key.ts'
import type { Principal } from '../principal.ts'
import type { RevocableToken } from '../revocation/revocations.ts'
import type { RequestLike } from './request-like.ts'

/** What is remembered of a token that was verified. */
export interface VerifiedToken {
  readonly token: string
  readonly principal: Principal<string, unknown>
  /** By what it may be revoked by now; null where no list is asked. */
  readonly revocable: RevocableToken | null
  /** In seconds: the first moment at which the clock lets it pass, and the first at which it does not any more. */
  readonly from: number
  readonly until: number
  readonly key: VerificationKey
  readonly keys: IssuerKeys
}

/** A token's end is as good as random: to hash it alone is several times faster than to hash the whole. */
const indexLength = 32

/**
 * Remembers verified tokens, and no others, up to so many. A token is recalled only if it is the same to the last
 * character, the clock has changed nothing about it, and the key that verified it still stands.
 */
export class TokenCache {
  readonly #tokens: LRUCache<string, VerifiedToken>

  constructor(max: number) {
    this.#tokens = new LRUCache({ max })
  }

  /** What is remembered of the token; null where it has to go the whole way, on which a refusal finds its words. */
  recall(token: string, nowSeconds: number, request: RequestLike | null): VerifiedToken | null {
    const index = token.slice(-indexLength)
    const known = this.#tokens.get(index)
    if (known === undefined || known.token !== token) return null
    if (nowSeconds >= known.from && nowSeconds < known.until && stands(known, request)) return known
    this.#tokens.delete(index)
    return null
  }

  remember(verified: VerifiedToken): void {
    this.#tokens.set(verified.token.slice(-indexLength), verified)
  }
}

/** A source of the user's that throws, or answers anything but true, does not vouch for its key. */
function stands({ key, keys }: VerifiedToken, request: RequestLike | null): boolean {
  try {
    const holds: unknown = keys.holds(key, request)
    return holds === true
  } catch {
    return false
  }
}
