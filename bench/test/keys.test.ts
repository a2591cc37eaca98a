import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { keyTables, wrongResponses } from '../src/keys/report.ts'
import type { Row } from '../src/keys/run-scenarios.ts'
import type { Figures } from '../src/keys/scenarios.ts'

/** claimcheck is measured through its Express adapter, as the peers are through theirs. */
const reason = existsSync(new URL('../../packages/express/package.json', import.meta.url))
  ? null
  : 'packages/express was removed'
const title = 'claimcheck in `pnpm bench keys --short`'

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
  it('fetches once per cooldown, independent of the number of unknown key IDs', () => {
    expect(ours.burst.fetches).toBe(1)
    expect(ours.spread.fetches).toBe(10)
    expect(ours.spreadInOutage.fetches).toBeLessThanOrEqual(10)
  })

  it('rejects no valid token during a storm of unknown key IDs', () => {
    for (const { valid } of [ours.burst, ours.spread, ours.spreadInOutage]) {
      expect(valid).toMatchObject({ rejected: 0, outage: 0, unexplained: 0, 'no response': 0 })
      expect(valid.accepted).toBeGreaterThan(0)
    }
  })

  it.each(['outageFails', 'outageDrops', 'outageStalls'] as const)('sends no wrong response in %s', (outage) => {
    const none = { accepted: 0, rejected: 0, outage: 0, unexplained: 0, 'no response': 0 }
    expect(wrongResponses(ours[outage])).toEqual(none)
    expect(ours[outage].cached.accepted).toBe(72)
    expect(ours[outage].unfetched.outage).toBe(12)
    expect(ours[outage].recoverySeconds).toBeLessThanOrEqual(300)
  })

  it('rejects a withdrawn key after one refresh', () => {
    expect(ours.withdrawnAlone.seconds).toBeLessThanOrEqual(620)
    expect(ours.withdrawnWithNext.seconds).toBeLessThanOrEqual(40)
  })

  it('lets no request wait for a refresh', () => {
    expect(ours.refresh).toEqual({ sent: 144, waited: 0, fetches: 1 })
  })
})

it.skipIf(reason !== null)('`pnpm bench keys` shows every contender in every table', () => {
  const text = keyTables(rows)
  for (const { contender, versions } of rows) {
    expect(text.split(`\n| ${contender} |`)).toHaveLength(5)
    expect(versions.join(' ')).toMatch(/\d+\.\d+\.\d+$/)
  }
})
