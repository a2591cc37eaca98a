import { LRUCache } from 'lru-cache'
import type { CacheLimits } from './config/auth-options.ts'
import type { IssuerKeys } from './keys/key-source.ts'
import type { VerificationKey } from './keys/verification-key.ts'
import { withoutPrototype } from './lib/properties.ts'
import type { AnyPrincipal } from './principal/principal.ts'
import type { RevocableToken } from './revocation/revocations.ts'
import type { RequestLike } from './request/headers.ts'

/** An entry of the cache. */
export interface VerifiedToken {
  readonly token: string
  readonly principal: AnyPrincipal
  /** The properties by which it can be revoked; null if there is no revocation list. */
  readonly revocable: RevocableToken | null
  /** The token is valid from this time on, in seconds. */
  readonly from: number
  /** The token is no longer valid at this time, in seconds. */
  readonly until: number
  readonly key: VerificationKey
  readonly keys: IssuerKeys
}

/** Characters of the signature that are the key of an entry: the Map hashes them several times faster than a whole token. */
const indexLength = 32
/** Longer tokens can have an ML-DSA signature, of 3,227 characters or more. One of RSA with 8,192 bits has 1,366. */
const maxLengthWithRandomEnd = 3200
/** The part of the cache that a single token can occupy. A larger token is verified each time. */
const maxShare = 1 / 8

/**
 * Caches verified tokens, and no others, up to a count and a number of bytes. A token is found only if it equals the cached
 * one in every character, is still valid, and its issuer still has the key. A changed copy is verified like a new token.
 */
export class TokenCache {
  readonly #tokens: LRUCache<string, VerifiedToken>
  readonly #lookUp = lookUpOptions()

  constructor({ max, maxBytes }: CacheLimits) {
    const maxEntrySize = Math.ceil(maxBytes * maxShare)
    this.#tokens = new LRUCache(withoutPrototype({ max, maxSize: maxBytes, maxEntrySize }))
  }

  /** Returns the entry of a token; null if the token must be verified, which also finds out why it is rejected. */
  recall(token: string, nowSeconds: number, request: RequestLike | null): VerifiedToken | null {
    const index = indexOf(token)
    const cached = this.#tokens.get(index, this.#lookUp)
    if (cached === undefined || cached.token !== token) return null
    if (nowSeconds >= cached.from && nowSeconds < cached.until && isKeyStillTrusted(cached, request)) return cached
    this.#tokens.delete(index)
    return null
  }

  add(verified: VerifiedToken): void {
    this.#tokens.set(indexOf(verified.token), verified, withoutPrototype({ size: retainedBytes(verified) }))
  }
}

/**
 * Every option of a look-up as an own property: lru-cache would read a missing one from a polluted prototype. One object
 * serves all look-ups, because lru-cache does not change it.
 */
function lookUpOptions(): LRUCache.GetOptions<string, VerifiedToken, unknown> {
  const none = { allowStale: undefined, updateAgeOnGet: undefined, noDeleteOnStaleGet: undefined, status: undefined }
  return none as object
}

/**
 * Returns a random part of the token. The end of ML-DSA signatures is nearly the same in all tokens, because their hints
 * are padded with zeros (FIPS 204), so the start of the signature is used for a long token.
 */
function indexOf(token: string): string {
  if (token.length < maxLengthWithRandomEnd) return token.slice(-indexLength)
  const start = token.lastIndexOf('.') + 1
  return token.slice(start, start + indexLength)
}

/** Fails closed: if a custom key source throws or returns anything but true, the key is not trusted. */
function isKeyStillTrusted({ key, keys }: VerifiedToken, request: RequestLike | null): boolean {
  try {
    const isTrusted: unknown = keys.has(key, request)
    return isTrusted === true
  } catch {
    return false
  }
}

/** The entry, the principal, the revocable properties and the slot of the cache, without their strings and claims. */
const entryBytes = 600
const stringBytes = 32
const objectBytes = 56
/** V8 describes the shape of an object, and its frozen form, once for each shape. The estimate assumes a shape per object. */
const shapeBytes = 120
const propertyBytes = 48
const elementBytes = 8
const fractionBytes = 16
const beyondLatin1 = /[^\0-\u00ff]/

/**
 * Estimates how many bytes an entry keeps in memory, because a small token can occupy many: 8 KB of nested objects take
 * sixteen times as much when they are parsed. The estimate is too high rather than too low.
 */
function retainedBytes({ token, principal }: Pick<VerifiedToken, 'token' | 'principal'>): number {
  return entryBytes + token.length + bytesOfNames(principal) + bytesOf(principal.claims)
}

function bytesOfNames({ roles, scopes }: AnyPrincipal): number {
  return [...roles, ...scopes].reduce((sum, name) => sum + elementBytes + stringBytes + bytesOfString(name), 0)
}

/** Claims are JSON, or what a schema returned for them, if it could be deeply frozen. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return stringBytes + bytesOfString(value)
  if (typeof value !== 'object' || value === null) return Number.isInteger(value) ? 0 : fractionBytes
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + elementBytes + bytesOf(item), objectBytes)
  const names = Object.keys(value)
  const shape = names.length === 0 ? 0 : shapeBytes
  return names.reduce((sum, name) => {
    return sum + propertyBytes + bytesOfString(name) + bytesOf((value as Readonly<Record<string, unknown>>)[name])
  }, objectBytes + shape)
}

function bytesOfString(value: string): number {
  return beyondLatin1.test(value) ? value.length * 2 : value.length
}
