import { createAuth } from '@claimcheck/core'
import { createVerifier } from 'fast-jwt'
import { unverifiedClaims } from '../tokens/bench-tokens.ts'
import type { Terms } from '../tokens/issuer.ts'
import type { TokenCache } from './token-cache.ts'

/** Creates a cache for this many tokens, or returns null if it would equal that of another contender. */
type CreateCache = (terms: Terms, capacity: number) => TokenCache | null

/** The contenders by their names in the figures. */
export const contenders = {
  'Map.get': createMap,
  claimcheck: createClaimcheck,
  'fast-jwt, cache on': createFastJwt,
  'fast-jwt, cache sized': createFastJwtSized,
  'fast-jwt, sized, unhashed': createFastJwtUnhashed,
} as const satisfies Readonly<Record<string, CreateCache>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]
export const cachePackages = ['@claimcheck/core', 'fast-jwt']

/** The lower bound: no checks and no size limit. The token is the key, its claims are the value. */
function createMap(): TokenCache {
  const callers = new Map<string, object>()
  return {
    isAsync: false,
    add: (token) => callers.set(token, unverifiedClaims(token)),
    perform: (token) => callers.get(token),
  }
}

const claimcheckDefault = 10_000

/** As in README.md: the cache is on, with its default size if that is large enough. */
function createClaimcheck({ issuer, audience, key }: Terms, capacity: number): TokenCache {
  if (!('secret' in key)) throw new Error('This bench uses a secret')
  const options = { issuer, audience, keys: { secret: key.secret } }
  const cache = { max: capacity, maxBytes: 2 ** 34 }
  const auth = createAuth(capacity <= claimcheckDefault ? options : { ...options, cache })
  return { isAsync: true, add: auth.verifyToken, perform: auth.verifyToken }
}

const fastJwtDefault = 1000

/** As in its README, "Caching": `true` caches 1,000 tokens. */
function createFastJwt(terms: Terms): TokenCache {
  return createFastJwtCache(terms, { cache: true })
}

/** With a number instead of `true`, so that all tokens fit. */
function createFastJwtSized(terms: Terms, capacity: number): TokenCache | null {
  return capacity <= fastJwtDefault ? null : createFastJwtCache(terms, { cache: capacity })
}

/** With the token itself as the cache key, and not its hash. Its README mentions this for speed and advises against it. */
function createFastJwtUnhashed(terms: Terms, capacity: number): TokenCache {
  return createFastJwtCache(terms, { cache: Math.max(capacity, fastJwtDefault), cacheKeyBuilder: (token) => token })
}

type CacheOptions = Pick<Exclude<Parameters<typeof createVerifier>[0], undefined>, 'cache' | 'cacheKeyBuilder'>

function createFastJwtCache({ issuer, audience, key }: Terms, options: CacheOptions): TokenCache {
  if (!('secret' in key)) throw new Error('This bench uses a secret')
  const verify: (token: string) => unknown = createVerifier({
    key: key.secret,
    algorithms: ['HS256'],
    allowedIss: issuer,
    allowedAud: audience,
    ...options,
  })
  return { isAsync: false, add: verify, perform: verify }
}
