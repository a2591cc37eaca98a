import { assertOneTimeValue } from '@claimcheck/core/one-time'
import type { OneTimeValues } from '@claimcheck/core/one-time'
import { Script } from './connection/commands.ts'
import type { RunCommands } from './connection/commands.ts'
import type { RedisSettings } from './redis-options.ts'

/**
 * Arguments: the end, the time of the caller, and the clock skew. The slower of the clocks of Redis and of the caller counts,
 * because a clock that is ahead would let Redis forget a value that other processes still accept.
 */
const add = new Script(`
local time = redis.call('TIME')
local now = math.min(tonumber(ARGV[2]), time[1] + time[2] / 1000000)
local milliseconds = math.ceil((math.max(0, tonumber(ARGV[1]) - now) + tonumber(ARGV[3])) * 1000)
return redis.call('SET', KEYS[1], '', 'NX', 'PX', string.format('%.0f', math.max(1, milliseconds)))
`)

/** Creates a store of one-time values that processes share. Each value is one key, which Redis removes when it expires. */
export function createRedisOneTimeValues(run: RunCommands, settings: RedisSettings): OneTimeValues {
  const { prefix, now, clockSkewSeconds } = settings
  const addIfAbsent = async (key: string, until: number): Promise<boolean> => {
    assertOneTimeValue(key, until)
    const scriptArguments = [until, now() / 1000, clockSkewSeconds]
    return (await run((commands) => add.run(commands, [`${prefix}:once:${key}`], scriptArguments))) === 'OK'
  }
  return Object.freeze({ addIfAbsent })
}
