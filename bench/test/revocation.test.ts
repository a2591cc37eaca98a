import { beforeAll, describe, expect, it } from 'vitest'
import { contenderNames } from '../src/revocation/contenders.ts'
import { revocationGoals, revocationTables } from '../src/revocation/report.ts'
import { runRevocation } from '../src/revocation/run-revocation.ts'
import type { RevocationFigures } from '../src/revocation/run-revocation.ts'

// Each process finds the caller of every token before it is timed. Otherwise there are no figures.
describe('`pnpm bench revocation --short`', () => {
  let figures: RevocationFigures
  beforeAll(async () => {
    figures = await runRevocation('short', () => undefined)
  }, 60_000)

  it('measures every contender', () => {
    expect(figures.race.map(({ contender }) => contender)).toEqual(contenderNames)
    // Two races of one round each.
    for (const { rounds } of figures.race) expect(rounds).toHaveLength(2)
    for (const { rounds, p99 } of figures.race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
  })

  it('checks after the race that every contender rejects what was revoked', () => {
    expect(figures.revoked).toEqual({
      'no list': 0,
      'an empty list': 3,
      'a list of tokens': 3,
      'a list of tokens, sessions and subjects': 3,
      '`Set.has` in `isRevoked`': 1,
    })
  })
})

/** Every contender takes 0.4 µs and the additional time of the same index. */
function figuresWith(additional: readonly number[]): RevocationFigures {
  const race = contenderNames.map((contender, index) => {
    return { contender, rounds: [0.4 + (additional[index] ?? 0)], p99: 1 }
  })
  return { active: 100_000, tokens: 1000, race, revoked: {} }
}

describe('the report of revocation', () => {
  it('judges the goal by the slower of the two long lists', () => {
    const what = '100,000 active revocations, compared with no list'
    expect(revocationGoals(figuresWith([0, 9, 0.1, 0.19, 9]))).toMatchObject([{ what, met: true }])
    expect(revocationGoals(figuresWith([0, 0, 0.21, 0.1, 0]))).toMatchObject([
      { met: false, figure: 'worst +0.210 µs, a list of tokens; 1 of 2 miss' },
    ])
    expect(revocationGoals(figuresWith([0, 0, 0.1, 0.21, 0]))).toMatchObject([{ met: false }])
  })

  it('shows the difference of each contender to the baseline', () => {
    const table = revocationTables(figuresWith([0, 0.1, 0.2, 0.3, 0.4]))
    expect(table).toContain('| no list | 0.4 | – | 1.00× | 1 |')
    expect(table).toContain('| a list of tokens | 0.6 | +0.200 µs | 1.50× | 1 |')
  })
})
