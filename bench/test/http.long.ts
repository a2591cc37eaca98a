import { describe, expect, it } from 'vitest'
import { frameworks } from '../src/http/contender.ts'
import { peersOn } from '../src/http/contenders.ts'
import { runHttp } from '../src/http/run-http.ts'
import { missing, underLoad } from './under-load.ts'

const title = 'measures every contender on every framework'

// Each server accepts a valid token and rejects invalid ones before it is put under load. Otherwise there are no figures.
describe('`pnpm bench http --short`', () => {
  it(title, { ...underLoad, timeout: 60_000 }, async () => {
    expect(missing).toBe(null)
    const { races } = await runHttp('short', () => undefined)
    expect(races.map(({ framework }) => framework)).toEqual(frameworks)
    for (const { framework, race } of races) {
      expect(race.map(({ contender }) => contender)).toEqual(['bare', 'ceiling', 'claimcheck', ...peersOn(framework)])
      for (const { rounds, p99 } of race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
    }
  })
})
