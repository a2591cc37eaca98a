import { ConfigError } from '../failure/errors.ts'
import type { CacheLimits } from '../token-cache.ts'
import { describe, readFields, readNumber } from '../lib/options.ts'

/** Parses the limits of the cache of verified tokens; null turns it off. */
export function parseCache(cache: unknown): CacheLimits | null {
  if (cache === null) return null
  if (typeof cache !== 'object') throw new ConfigError('cache', 'null or { max, maxBytes }', describe(cache))
  const limits = readFields('cache', cache, ['max', 'maxBytes'])
  return Object.freeze({
    max: limits.has('max') ? readWhole('cache.max', limits.get('max'), [1, 1_000_000]) : 10_000,
    maxBytes: limits.has('maxBytes') ? readWhole('cache.maxBytes', limits.get('maxBytes'), [65_536, 2 ** 34]) : 2 ** 25,
  })
}

function readWhole(field: string, value: unknown, [min, max]: readonly [number, number]): number {
  const number = readNumber(field, value, min, max)
  if (Number.isInteger(number)) return number
  throw new ConfigError(field, 'a whole number', describe(number))
}
