import { checkOneTimeValue } from '@claimcheck/core/one-time'
import type { OneTimeValues } from '@claimcheck/core/one-time'
import type { RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-settings.ts'
import { explain } from '../redis-store-error.ts'
import { withinTime } from '../within-time.ts'

/** One-time values that processes share: each is a key of its own, which Redis forgets by itself. */
export function createRedisOneTimeValues(client: RedisClient, settings: RedisSettings): OneTimeValues {
  const { prefix, now, clockSkewSeconds, commandTimeoutSeconds } = settings
  const addIfAbsent = async (key: string, until: number): Promise<boolean> => {
    checkOneTimeValue(key, until)
    // So much longer, for a process whose clock is behind still takes it.
    const left = Math.max(0, until - now() / 1000) + clockSkewSeconds
    const expiration = { type: 'PX', value: Math.max(1, Math.ceil(left * 1000)) } as const
    try {
      const answer = await withinTime(client, commandTimeoutSeconds * 1000, (commander) => {
        return commander.set(`${prefix}:once:${key}`, '', { condition: 'NX', expiration })
      })
      return answer === 'OK'
    } catch (error) {
      throw explain(error)
    }
  }
  return Object.freeze({ addIfAbsent })
}
