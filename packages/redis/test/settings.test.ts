import { inspect } from 'node:util'
import { createRedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'
import { describe, expect, it } from 'vitest'

describe('the settings of the stores', () => {
  const client = createClient()

  it.each([
    [{ prefx: 'x' }, 'prefx'],
    [{ prefix: '' }, 'prefix'],
    [{ prefix: undefined }, 'prefix'],
    [{ maxStalenessSeconds: undefined }, 'maxStalenessSeconds'],
    [{ maxStalenessSeconds: NaN }, 'maxStalenessSeconds'],
    // A lost connection takes three beats to be noticed; until then nobody is to be refused.
    [{ maxStalenessSeconds: 2.9 }, 'maxStalenessSeconds'],
    [{ maxStalenessSeconds: 30, heartbeatSeconds: 11 }, 'maxStalenessSeconds'],
    [{ heartbeatSeconds: 0 }, 'heartbeatSeconds'],
    [{ commandTimeoutSeconds: Infinity }, 'commandTimeoutSeconds'],
    [{ clockToleranceSeconds: 301 }, 'clockToleranceSeconds'],
    [{ maxTokenLifetimeSeconds: '5' }, 'maxTokenLifetimeSeconds'],
    [{ clockSkewSeconds: -1 }, 'clockSkewSeconds'],
    [{ maxEntries: null }, 'maxEntries'],
    [{ now: async () => 5 }, 'now'],
  ])('are refused by name: %j', (options, field) => {
    expect(() => createRedisStores(client, options as object)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }),
    )
  })

  it.each([['redis://user:secret@localhost'], [{ url: 'redis://user:secret@localhost' }], [null]])(
    'need a client, and say nothing of what stands in its place',
    (given) => {
      let thrown: unknown
      try {
        createRedisStores(given as never)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toMatchObject({ name: 'ConfigError', option: 'client' })
      expect(inspect(thrown)).not.toContain('secret')
    },
  )
})
