import { createVerifier } from 'fast-jwt'
import type { Terms } from '../../tokens/issuer.ts'
import type { Memory } from '../contender.ts'

const heldByDefault = 1000

/** As in its README, "Caching": `true` remembers 1,000 tokens. */
export function makeFastJwt(terms: Terms): Memory {
  return makeMemory(terms, { cache: true })
}

/** A number in place of `true`, for as many tokens as there are. */
export function makeFastJwtSized(terms: Terms, held: number): Memory | null {
  return held <= heldByDefault ? null : makeMemory(terms, { cache: held })
}

/** The token itself as the key and no hash of it, which its README offers for speed, and advises against. */
export function makeFastJwtUnhashed(terms: Terms, held: number): Memory {
  return makeMemory(terms, { cache: Math.max(held, heldByDefault), cacheKeyBuilder: (token) => token })
}

type CacheOptions = Pick<Exclude<Parameters<typeof createVerifier>[0], undefined>, 'cache' | 'cacheKeyBuilder'>

function makeMemory({ issuer, audience, key }: Terms, options: CacheOptions): Memory {
  if (!('secret' in key)) throw new Error('This is measured with a secret')
  const verify: (token: string) => unknown = createVerifier({
    key: key.secret,
    algorithms: ['HS256'],
    allowedIss: issuer,
    allowedAud: audience,
    ...options,
  })
  return { isAsync: false, learn: verify, perform: verify }
}
