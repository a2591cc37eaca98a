import { describe, expect, it } from 'vitest'
import { entryName, runFlood } from '../src/flood/run-flood.ts'
import { frameworks } from '../src/http/contender.ts'
import { missing, underLoad } from './under-load.ts'

const title = 'measures every framework, and no valid client is rejected during the flood'

// Each server rejects the whole flood and accepts every valid token. Otherwise there are no figures.
describe('`pnpm bench flood --short`', () => {
  it(title, { ...underLoad, timeout: 60_000 }, async () => {
    expect(missing).toBe(null)
    const { floods } = await runFlood('short', () => undefined)
    expect(floods.map(({ framework }) => framework)).toEqual(frameworks)
    for (const { race, validClients } of floods) {
      const entries = race.map(({ contender }) => contender)
      for (const name of ['static', 'claimcheck']) expect(entries).toContain(entryName(name, 'wrong signature'))
      expect(validClients).toHaveLength(1)
      for (const { sent, accepted } of validClients) expect([sent > 0, accepted]).toEqual([true, sent])
    }
  })
})
