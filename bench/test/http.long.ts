import { describe, expect, it } from 'vitest'
import { frameworks } from '../src/http/contender.ts'
import { peersOn } from '../src/http/contenders.ts'
import { runHttp } from '../src/http/run-http.ts'
import { lacking, underLoad } from './under-load.ts'

const title = 'has figures of everyone, on every framework'

// Each server greets the caller of a good token and refuses bad ones before it is put under load, or there are no figures.
describe('the short form of `pnpm bench http`', () => {
  it(title, { ...underLoad, timeout: 60_000 }, async () => {
    expect(lacking).toBe(null)
    const { races } = await runHttp('short', () => undefined)
    expect(races.map(({ framework }) => framework)).toEqual(frameworks)
    for (const { framework, race } of races) {
      expect(race.map(({ contender }) => contender)).toEqual(['bare', 'ceiling', 'claimcheck', ...peersOn(framework)])
      for (const { rounds, p99 } of race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
    }
  })
})
