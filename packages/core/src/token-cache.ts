import { LRUCache } from 'lru-cache'
import type { CacheLimits } from './config/auth-options.ts'
import type { IssuerKeys } from './keys/key-source.ts'
import type { VerificationKey } from './keys/verification-key.ts'
import { withoutPrototype } from './lib/properties.ts'
import type { AnyPrincipal } from './principal/principal.ts'
import type { RevocableToken } from './revocation/revocations.ts'
import type { RequestLike } from './request/headers.ts'

/** What is remembered of a token that was verified. */
export interface VerifiedToken {
  readonly token: string
  readonly principal: AnyPrincipal
  /** By what it may be revoked by now; null where no list is asked. */
  readonly revocable: RevocableToken | null
  /** In seconds: the first moment at which the clock lets it pass, and the first at which it does not any more. */
  readonly from: number
  readonly until: number
  readonly key: VerificationKey
  readonly keys: IssuerKeys
}

/** A signature is as good as random: to hash a part of it is several times faster than to hash the whole token. */
const indexLength = 32
/** An RSA signature of 8,192 bits has 1,366 characters; those of ML-DSA begin at 3,227. */
const longestWithRandomEnd = 3200
/** A single token may take so much of the cache; a larger one is verified each time. */
const largestShare = 1 / 8

/**
 * Remembers verified tokens, and no others, up to so many and so many bytes. A token is recalled only if it is the same to
 * the last character, the clock has changed nothing about it, and the key that verified it still stands.
 */
export class TokenCache {
  readonly #tokens: LRUCache<string, VerifiedToken>
  readonly #lookUp = ownLookUp()

  constructor({ max, maxBytes }: CacheLimits) {
    const maxEntrySize = Math.ceil(maxBytes * largestShare)
    this.#tokens = new LRUCache(withoutPrototype({ max, maxSize: maxBytes, maxEntrySize }))
  }

  /** What is remembered of the token; null where it has to go the whole way, on which a refusal finds its words. */
  recall(token: string, nowSeconds: number, request: RequestLike | null): VerifiedToken | null {
    const index = indexOf(token)
    const known = this.#tokens.get(index, this.#lookUp)
    if (known === undefined || known.token !== token) return null
    if (nowSeconds >= known.from && nowSeconds < known.until && stands(known, request)) return known
    this.#tokens.delete(index)
    return null
  }

  remember(verified: VerifiedToken): void {
    this.#tokens.set(indexOf(verified.token), verified, withoutPrototype({ size: retainedBytes(verified) }))
  }
}

/**
 * The settings of a look-up, each an own property: the cache would read them through the prototype otherwise. One object
 * serves all look-ups, because none leaves anything in it.
 */
function ownLookUp(): LRUCache.GetOptions<string, VerifiedToken, unknown> {
  const none = { allowStale: undefined, updateAgeOnGet: undefined, noDeleteOnStaleGet: undefined, status: undefined }
  return none as object
}

/**
 * A random part of the token. The end of an ML-DSA signature is nearly the same in all of them (FIPS 204, its hints are
 * padded with zeros), so of a long token the begin of the last part is taken.
 */
function indexOf(token: string): string {
  if (token.length < longestWithRandomEnd) return token.slice(-indexLength)
  const start = token.lastIndexOf('.') + 1
  return token.slice(start, start + indexLength)
}

/** A source of the user's that throws, or answers anything but true, does not vouch for its key. */
function stands({ key, keys }: VerifiedToken, request: RequestLike | null): boolean {
  try {
    const holds: unknown = keys.has(key, request)
    return holds === true
  } catch {
    return false
  }
}

/** The entry, the principal, what a revocation needs, and the place in the cache, each without its strings and claims. */
const entryBytes = 500
const stringBytes = 32
const objectBytes = 56
/** The properties of an object of a shape that no other object has: V8 keeps a description of the shape and of its frozen form. */
const shapeBytes = 120
const propertyBytes = 48
const elementBytes = 8
const fractionBytes = 16
const beyondLatin1 = /[^\0-\u00ff]/

/**
 * Estimates how many bytes an entry of the cache keeps from being collected. The estimate is rather too high than too low:
 * an 8 KB token of nested objects occupies sixteen times as much once it is parsed.
 */
function retainedBytes({ token, principal }: Pick<VerifiedToken, 'token' | 'principal'>): number {
  return entryBytes + token.length + bytesOfNames(principal) + bytesOf(principal.claims)
}

function bytesOfNames({ roles, scopes }: AnyPrincipal): number {
  return [...roles, ...scopes].reduce((sum, name) => sum + elementBytes + stringBytes + bytesOfText(name), 0)
}

/** Claims are JSON, or what a schema made of it that is frozen to its depth. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return stringBytes + bytesOfText(value)
  if (typeof value !== 'object' || value === null) return Number.isInteger(value) ? 0 : fractionBytes
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + elementBytes + bytesOf(item), objectBytes)
  const names = Object.keys(value)
  const shape = names.length === 0 ? 0 : shapeBytes
  return names.reduce((sum, name) => {
    return sum + propertyBytes + bytesOfText(name) + bytesOf((value as Readonly<Record<string, unknown>>)[name])
  }, objectBytes + shape)
}

function bytesOfText(text: string): number {
  return beyondLatin1.test(text) ? text.length * 2 : text.length
}
