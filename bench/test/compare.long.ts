import { beforeAll, describe, expect, it } from 'vitest'
import { readConformanceFigures } from '../src/compare/conformance-figures.ts'
import { fillComparison } from '../src/compare/comparison-page.ts'
import { outages } from '../src/compare/key-scenarios.ts'
import { packageNames } from '../src/compare/packages.ts'
import { comparedFrameworks, contendersOn, temperatures } from '../src/compare/run-cost.ts'
import { runCompare } from '../src/compare/run-compare.ts'
import type { CompareFigures } from '../src/compare/run-compare.ts'
import { emptyPage, tablesOf } from './comparison-text.ts'
import { missing, underLoad } from './under-load.ts'

// Each server accepts a valid token and rejects invalid ones before it is put under load. Otherwise there are no figures.
describe('`pnpm bench compare --short`', underLoad, () => {
  let figures: CompareFigures
  beforeAll(async () => {
    if (missing !== null) throw new Error(`The bench needs ${missing}`)
    figures = await runCompare('short', () => undefined)
  }, 300_000)

  it('finds that claimcheck accepts a cached key during every outage, and responds with 503 for a new key', () => {
    for (const outage of outages) {
      expect(figures.keys.claimcheck.outages[outage]).toEqual({
        cached: { 200: 72 },
        failsAfterSeconds: null,
        unfetched: { 503: 12 },
      })
    }
    expect(figures.keys.claimcheck.madeUpKids).toEqual({ fetches: 1, responses: { 401: 20 } })
  })

  it('finds that an unknown key ID never becomes a 200', () => {
    for (const { madeUpKids } of Object.values(figures.keys)) {
      expect(madeUpKids.responses['200']).toBe(undefined)
      expect(Object.values(madeUpKids.responses).reduce((sum, count) => sum + count)).toBe(20)
    }
  })

  it('receives a rejection of an expired token from every package that responds', () => {
    const statuses = Object.fromEntries(figures.errors.map(({ package: name, status }) => [name, status]))
    const { 'jose by hand': _none, ...expected } = Object.fromEntries(packageNames.map((name) => [name, 401]))
    expect(statuses).toEqual({ ...expected, 'express-openid-connect': 302 })
  })

  it('finds that a guard with the right role accepts the token that the misspelled one rejects', () => {
    for (const statuses of Object.values(figures.roles)) expect(statuses).toEqual({ misspelled: 403, right: 200 })
  })

  it('measures every package on its framework, with warm and with cold tokens', () => {
    expect(figures.imports.map(({ contender }) => contender)).toEqual(packageNames)
    expect(figures.costs).toHaveLength(comparedFrameworks.length * temperatures.length)
    for (const { framework, temperature, race } of figures.costs) {
      const names = contendersOn(framework).filter(
        (name) => temperature === 'warm' || name !== 'express-openid-connect',
      )
      expect(race.map(({ contender }) => contender)).toEqual(['bare', ...names])
      for (const { rounds, p99 } of race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
    }
  })

  it('fills every table of the page with every package', () => {
    const tables = tablesOf(fillComparison(emptyPage(), figures, readConformanceFigures()))
    expect(tables).toHaveLength(6)
    for (const rows of tables) expect(rows).toHaveLength(packageNames.length + 2)
    expect(tables.flat().join('\n')).not.toMatch(/NaN|undefined|Infinity/)
  })
})
