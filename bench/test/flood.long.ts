import { describe, expect, it } from 'vitest'
import { entryName, runFlood } from '../src/flood/run-flood.ts'
import { frameworks } from '../src/http/contender.ts'
import { lacking, underLoad } from './under-load.ts'

const title = 'has figures on every framework, and no good caller is refused amid the flood'

// Each server refuses all of the flood, and lets every good token in, or there are no figures.
describe('the short form of `pnpm bench flood`', () => {
  it(title, { ...underLoad, timeout: 60_000 }, async () => {
    expect(lacking).toBe(null)
    const { floods } = await runFlood('short', () => undefined)
    expect(floods.map(({ framework }) => framework)).toEqual(frameworks)
    for (const { race, amid } of floods) {
      const entries = race.map(({ contender }) => contender)
      for (const name of ['static', 'claimcheck']) expect(entries).toContain(entryName(name, 'wrongly signed'))
      expect(amid).toHaveLength(1)
      for (const { sent, passed } of amid) expect([sent > 0, passed]).toEqual([true, sent])
    }
  })
})
