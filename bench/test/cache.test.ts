import { beforeAll, describe, expect, it } from 'vitest'
import { contenderNames } from '../src/cache/contenders.ts'
import { runCache } from '../src/cache/run-cache.ts'
import type { CacheFigures } from '../src/cache/run-cache.ts'

/** Of few tokens, it would be the same as one whose cache is on. */
const withoutSized = contenderNames.filter((name) => name !== 'fast-jwt, cache sized')

// Each process recalls the caller of every token before it is timed, or there are no figures.
describe('the short form of `pnpm bench cache`', () => {
  let figures: CacheFigures
  beforeAll(async () => {
    figures = await runCache('short', () => undefined)
  }, 60_000)

  it('has figures of everyone, with the same strings and with fresh ones', () => {
    expect(figures.races.map(({ tokens, strings }) => `${tokens} ${strings}`)).toEqual(['50 same', '50 fresh'])
    for (const { race } of figures.races) {
      expect(race.map(({ contender }) => contender)).toEqual(withoutSized)
      for (const { rounds, p99 } of race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
    }
  })

  it('weighs what everyone holds', () => {
    expect(Object.keys(figures.weights.bytes)).toEqual(withoutSized)
  })
})
