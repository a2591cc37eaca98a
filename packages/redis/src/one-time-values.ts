import { checkOneTimeValue } from '@claimcheck/core/one-time'
import type { OneTimeValues } from '@claimcheck/core/one-time'
import type { RedisClient } from './redis-client.ts'
import type { RedisSettings } from './redis-options.ts'
import type { RedisStoreError } from './redis-store-error.ts'
import { Script } from './script.ts'
import { createStep } from './connection/commands.ts'

/**
 * Of the end, the time of the caller and the skew. The clock that is behind counts, of the caller's and that of Redis: one that is
 * ahead must not make Redis forget a value which others still accept.
 */
const add = new Script(`
local time = redis.call('TIME')
local now = math.min(tonumber(ARGV[2]), time[1] + time[2] / 1000000)
local milliseconds = math.ceil((math.max(0, tonumber(ARGV[1]) - now) + tonumber(ARGV[3])) * 1000)
return redis.call('SET', KEYS[1], '', 'NX', 'PX', string.format('%.0f', math.max(1, milliseconds)))
`)

/** One-time values that processes share: each is a key of its own, which Redis forgets by itself. */
export function createRedisOneTimeValues(
  client: RedisClient,
  settings: RedisSettings,
  findOutage: () => RedisStoreError | null,
): OneTimeValues {
  const { prefix, now, clockSkewSeconds } = settings
  const step = createStep(client, settings, findOutage)
  const addIfAbsent = async (key: string, until: number): Promise<boolean> => {
    checkOneTimeValue(key, until)
    const given = [until, now() / 1000, clockSkewSeconds]
    return (await step((commander) => add.run(commander, [`${prefix}:once:${key}`], given))) === 'OK'
  }
  return Object.freeze({ addIfAbsent })
}
