import { beforeAll, describe, expect, it } from 'vitest'
import { contenderNames } from '../src/cache/contenders.ts'
import { runCache } from '../src/cache/run-cache.ts'
import type { CacheFigures } from '../src/cache/run-cache.ts'

/** With few tokens, the sized cache would equal the default one, so it does not take part. */
const withoutSized = contenderNames.filter((name) => name !== 'fast-jwt, cache sized')

// Each process finds the caller of every token before it is timed. Otherwise there are no figures.
describe('`pnpm bench cache --short`', () => {
  let figures: CacheFigures
  beforeAll(async () => {
    figures = await runCache('short', () => undefined)
  }, 60_000)

  it('measures every contender with the same strings and with fresh ones', () => {
    expect(figures.races.map(({ tokens, strings }) => `${tokens} ${strings}`)).toEqual(['50 same', '50 fresh'])
    for (const { race } of figures.races) {
      expect(race.map(({ contender }) => contender)).toEqual(withoutSized)
      for (const { rounds, p99 } of race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
    }
  })

  it('measures the memory of every contender', () => {
    expect(Object.keys(figures.memory.bytes)).toEqual(withoutSized)
  })
})
