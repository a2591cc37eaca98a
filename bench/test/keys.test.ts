import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { figureTables, wrongAnswers } from '../src/keys/figure-tables.ts'
import type { Row } from '../src/keys/run-scenarios.ts'
import type { Figures } from '../src/keys/scenarios.ts'

/** claimcheck is asked through its Express adapter, as the peers are through theirs. */
const reason = existsSync(new URL('../../packages/express/package.json', import.meta.url))
  ? null
  : 'packages/express was removed'
const title = 'claimcheck, next to its peers in the short form of `pnpm bench keys`,'

let rows: Row[] = []
let ours: Figures

beforeAll(async () => {
  if (reason !== null) return
  const { runScenarios } = await import('../src/keys/run-scenarios.ts')
  rows = await runScenarios('short', () => undefined)
  const row = rows.find(({ contender }) => contender === 'claimcheck')
  if (row === undefined) throw new Error('claimcheck has no figures')
  ours = row.figures
}, 60_000)

describe.skipIf(reason !== null)(reason === null ? title : `${title} (skipped: ${reason})`, () => {
  it('fetches once a cooldown, however many made-up kids come', () => {
    expect(ours.burst.fetches).toBe(1)
    expect(ours.spread.fetches).toBe(10)
    expect(ours.spreadInOutage.fetches).toBeLessThanOrEqual(10)
  })

  it('refuses no good token in a storm', () => {
    for (const { good } of [ours.burst, ours.spread, ours.spreadInOutage]) {
      expect(good).toMatchObject({ refused: 0, outage: 0, unexplained: 0, 'no answer': 0 })
      expect(good.passed).toBeGreaterThan(0)
    }
  })

  it.each(['outageFails', 'outageDrops', 'outageHolds'] as const)('gives no wrong answer in %s', (outage) => {
    const none = { passed: 0, refused: 0, outage: 0, unexplained: 0, 'no answer': 0 }
    expect(wrongAnswers(ours[outage])).toEqual(none)
    expect(ours[outage].held.passed).toBe(72)
    expect(ours[outage].unfetched.outage).toBe(12)
    expect(ours[outage].recoverySeconds).toBeLessThanOrEqual(300)
  })

  it('refuses a withdrawn key after one refresh', () => {
    expect(ours.withdrawnAlone.seconds).toBeLessThanOrEqual(620)
    expect(ours.withdrawnBeside.seconds).toBeLessThanOrEqual(40)
  })

  it('lets no request wait for a refresh', () => {
    expect(ours.refresh).toEqual({ sent: 144, waited: 0, fetches: 1 })
  })
})

it.skipIf(reason !== null)('every contender has figures in every table', () => {
  const text = figureTables(rows)
  for (const { contender, versions } of rows) {
    expect(text.split(`\n| ${contender} |`)).toHaveLength(5)
    expect(versions.join(' ')).toMatch(/\d+\.\d+\.\d+$/)
  }
})
