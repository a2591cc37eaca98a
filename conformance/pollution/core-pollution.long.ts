import { expect, it } from 'vitest'
import { runPolluted } from './run.ts'

it('core decides the same with any property of several types added to Object.prototype', async () => {
  const { compared, differences } = await runPolluted('core-run', ['all'])
  expect(differences.slice(0, 20)).toEqual([])
  expect(compared).toBeGreaterThan(100_000)
})
