import { checkOneTimeValue } from '@claimcheck/core/one-time'
import type { OneTimeValues } from '@claimcheck/core/one-time'
import type { RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-settings.ts'
import { createStep } from '../step.ts'

/** One-time values that processes share: each is a key of its own, which Redis forgets by itself. */
export function createRedisOneTimeValues(client: RedisClient, settings: RedisSettings): OneTimeValues {
  const { prefix, now, clockSkewSeconds } = settings
  const step = createStep(client, settings)
  const addIfAbsent = async (key: string, until: number): Promise<boolean> => {
    checkOneTimeValue(key, until)
    // So much longer, for a process whose clock is behind still takes it.
    const left = Math.max(0, until - now() / 1000) + clockSkewSeconds
    const expiration = { type: 'PX', value: Math.max(1, Math.ceil(left * 1000)) } as const
    const answer = await step((commander) => {
      return commander.set(`${prefix}:once:${key}`, '', { condition: 'NX', expiration })
    })
    return answer === 'OK'
  }
  return Object.freeze({ addIfAbsent })
}
