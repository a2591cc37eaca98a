import { expect, it } from 'vitest'
import { peersOn } from '../src/http/contenders.ts'
import { runStart } from '../src/start/run-start.ts'
import { missingAdapter } from './missing-adapter.ts'

const reason = missingAdapter === null ? '' : ` (skipped: ${missingAdapter} was removed)`
const title = `\`pnpm bench start --short\` measures the first request of every contender and the size of core${reason}`

it.skipIf(missingAdapter !== null)(title, { timeout: 60_000 }, async () => {
  const { imports, firstRequests, coreBytes } = await runStart('short', () => undefined)
  for (const { framework, race } of firstRequests) {
    expect(race.map(({ contender }) => contender)).toEqual(['bare', 'claimcheck', ...peersOn(framework)])
  }
  expect(imports.map(({ contender }) => contender)).toContain('@claimcheck/core')
  expect(coreBytes).toBeGreaterThan(1000)
})
