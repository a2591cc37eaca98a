import { inspect } from 'node:util'
import { createRedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'
import { describe, expect, it } from 'vitest'

describe('the options of createRedisStores', () => {
  const client = createClient()

  it.each([
    [{ prefx: 'x' }, 'prefx'],
    [{ prefix: '' }, 'prefix'],
    [{ prefix: undefined }, 'prefix'],
    [{ maxStalenessSeconds: undefined }, 'maxStalenessSeconds'],
    [{ maxStalenessSeconds: NaN }, 'maxStalenessSeconds'],
    // It takes three heartbeats to notice a lost connection, and no request must be rejected until then.
    [{ maxStalenessSeconds: 2.9 }, 'maxStalenessSeconds'],
    [{ maxStalenessSeconds: 30, heartbeatSeconds: 11 }, 'maxStalenessSeconds'],
    [{ heartbeatSeconds: 0 }, 'heartbeatSeconds'],
    [{ commandTimeoutSeconds: Infinity }, 'commandTimeoutSeconds'],
    [{ clockToleranceSeconds: 301 }, 'clockToleranceSeconds'],
    [{ maxTokenLifetimeSeconds: '5' }, 'maxTokenLifetimeSeconds'],
    [{ clockSkewSeconds: -1 }, 'clockSkewSeconds'],
    [{ maxEntries: null }, 'maxEntries'],
    [{ now: async () => 5 }, 'now'],
  ])('throws a ConfigError that names the invalid option: %j', (options, option) => {
    expect(() => createRedisStores(client, options as object)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option }),
    )
  })

  it.each([['redis://user:secret@localhost'], [{ url: 'redis://user:secret@localhost' }], [null]])(
    'throws a ConfigError for a value that is not a client, without showing it',
    (value) => {
      let thrown: unknown
      try {
        createRedisStores(value as never)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toMatchObject({ name: 'ConfigError', option: 'client' })
      expect(inspect(thrown)).not.toContain('secret')
    },
  )
})
