import { expect, it } from 'vitest'
import { canRun, runPolluted } from './run.ts'

it.skipIf(!canRun)(
  'core decides the same with any property added to Object.prototype',
  { timeout: 120_000 },
  async () => {
    const { compared, differences } = await runPolluted('core-run', [])
    expect(differences.slice(0, 20)).toEqual([])
    expect(compared).toBeGreaterThan(30_000)
  },
)
