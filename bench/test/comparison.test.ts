import { describe, expect, it } from 'vitest'
import { fillComparison, readCompareFigures } from '../src/compare/comparison-page.ts'
import { conformanceTable, readConformanceFigures } from '../src/compare/conformance-figures.ts'
import type { OutageFigures } from '../src/compare/key-scenarios.ts'
import { packageNames } from '../src/compare/packages.ts'
import { costTable, outageTable, useTable } from '../src/compare/report.ts'
import type { CompareFigures } from '../src/compare/run-compare.ts'
import { comparison, emptyPage, tablesOf } from './comparison-text.ts'

const figures = readCompareFigures('full')
const conformance = readConformanceFigures()

describe('docs/comparison.md', () => {
  it('shows the stored figures of `pnpm bench compare` and of the conformance tests', () => {
    expect(fillComparison(emptyPage(), figures, conformance)).toBe(comparison)
  })

  it('has every package in every table', () => {
    const tables = tablesOf(comparison)
    expect(tables).toHaveLength(6)
    for (const rows of tables) expect(rows).toHaveLength(packageNames.length + 2)
  })

  it('has a source for every cell that was not measured', () => {
    const [, , use = [], , , features = []] = tablesOf(comparison)
    const testTokens = use.slice(2).map((row) => row.split(' | ').at(-1))
    const others = features.slice(2).flatMap((row) => row.split(' | ').slice(1))
    for (const cell of [...testTokens, ...others]) expect(cell).toMatch(/^\[[^\]]+\]\([^)]+\)( \|)?$/)
  })
})

describe('the tables of the comparison', () => {
  it('show when the responses to a cached key change, and both if two outages differ', () => {
    const down: OutageFigures = {
      cached: { 200: 54, 401: 305, 500: 1 },
      failsAfterSeconds: 540,
      unfetched: { 401: 60 },
    }
    const other = { ...down, cached: { 503: 360 }, failsAfterSeconds: 0, unfetched: { ERR_JWKS_TIMEOUT: 60 } }
    const same = { ...down, cached: { 200: 54, 500: 306 } }
    expect(rowOf(outageTable(withOutages({ fails: down, drops: same, stalls: down })))).toContain(
      '| 200 for 9 min, then 401 or 500 |',
    )
    const row = rowOf(
      outageTable(
        withOutages({ fails: down, drops: other, stalls: { ...down, cached: { 200: 360 }, failsAfterSeconds: null } }),
      ),
    )
    expect(row).toContain('| 200 for 9 min, then 401 or 503 | 401 or `ERR_JWKS_TIMEOUT` | 200 |')
  })

  it('count the bytes of an error response, and find its reason', () => {
    const error = { package: 'claimcheck', status: 401, headers: { a: 'b' }, body: 'é' } as const
    const reasonOf = (body: string) => rowOf(useTable({ ...figures, errors: [{ ...error, body }] }))
    expect(reasonOf('é')).toContain('| 401, 6 + 2 B | no |')
    expect(reasonOf('The token has expired')).toContain('| 401, 6 + 21 B | yes |')
    expect(reasonOf("'exp' claim timestamp check failed")).toContain('| yes |')
  })

  it('show what a package adds to its framework as the median of the rounds', () => {
    const race = [
      { contender: 'bare', rounds: [10, 20, 10], p99: 1 },
      { contender: 'claimcheck', rounds: [15, 24, 30], p99: 1 },
    ]
    const costs = [{ framework: 'Express', temperature: 'warm', race }] as const
    expect(rowOf(costTable({ ...figures, costs }))).toContain('| Express | +5 µs (1.50×) | – |')
  })

  it('show how many cases of the conformance tests apply, and which caused a server error', () => {
    const result = { name: '@claimcheck/express', passed: 3, total: 4, notApplicable: 2, serverErrors: 1 }
    const run = { date: '2030-01-02', node: '24.0.0', packages: [result] }
    const table = conformanceTable({
      wycheproof: run,
      corpus: { ...run, packages: [{ ...result, notApplicable: 0, serverErrors: 0 }] },
    })
    expect(rowOf(table)).toContain('| 3 of 4, 2 do not apply, 1 × 5xx | 3 of 4 |')
  })
})

function rowOf(table: string): string {
  return table.split('\n').find((line) => line.startsWith('| **claimcheck** |')) ?? ''
}

function withOutages(outages: CompareFigures['keys']['claimcheck']['outages']): CompareFigures {
  return { ...figures, keys: { ...figures.keys, claimcheck: { ...figures.keys.claimcheck, outages } } }
}
