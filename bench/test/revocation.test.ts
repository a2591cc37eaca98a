import { beforeAll, describe, expect, it } from 'vitest'
import { contenderNames } from '../src/revocation/contenders.ts'
import { revocationGoals } from '../src/revocation/revocation-goals.ts'
import { revocationTables } from '../src/revocation/revocation-tables.ts'
import { runRevocation } from '../src/revocation/run-revocation.ts'
import type { RevocationFigures } from '../src/revocation/run-revocation.ts'

// Each process recalls the caller of every token before it is timed, or there are no figures.
describe('the short form of `pnpm bench revocation`', () => {
  let figures: RevocationFigures
  beforeAll(async () => {
    figures = await runRevocation('short', () => undefined)
  }, 60_000)

  it('has figures of everyone', () => {
    expect(figures.race.map(({ contender }) => contender)).toEqual(contenderNames)
    // Of two races, a round each.
    for (const { rounds } of figures.race) expect(rounds).toHaveLength(2)
    for (const { rounds, p99 } of figures.race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
  })

  it('has seen everyone refuse what it was told to revoke, after it was timed', () => {
    expect(figures.ways).toEqual({
      'no list': 0,
      'an empty list': 3,
      'a list of tokens': 3,
      'a list of tokens, sessions and subjects': 3,
      '`Set.has` in `isRevoked`': 1,
    })
  })
})

/** Everyone needs as much as the first, and the rest as given here. */
function figuresWith(more: readonly number[]): RevocationFigures {
  const race = contenderNames.map((contender, index) => ({ contender, rounds: [0.4 + (more[index] ?? 0)], p99: 1 }))
  return { live: 100_000, tokens: 1000, race, ways: {} }
}

describe('the goal of revocation', () => {
  it('is judged by the slower of the long lists, and by no other', () => {
    const what = 'revocation, 100,000 live, to the same Auth without'
    expect(revocationGoals(figuresWith([0, 9, 0.1, 0.19, 9]))).toMatchObject([{ what, met: true }])
    expect(revocationGoals(figuresWith([0, 0, 0.21, 0.1, 0]))).toMatchObject([
      { met: false, figure: 'worst +0.210 µs, a list of tokens; 1 of 2 miss' },
    ])
    expect(revocationGoals(figuresWith([0, 0, 0.1, 0.21, 0]))).toMatchObject([{ met: false }])
  })

  it('stands beside a table of what each needs more', () => {
    const table = revocationTables(figuresWith([0, 0.1, 0.2, 0.3, 0.4]))
    expect(table).toContain('| no list | 0.4 | – | 1.00× | 1 |')
    expect(table).toContain('| a list of tokens | 0.6 | +0.200 µs | 1.50× | 1 |')
  })
})
