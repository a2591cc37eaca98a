import { beforeAll, describe, expect, it } from 'vitest'
import { needs } from '../../scripts/services.ts'
import { scalingTables } from '../src/scaling/report.ts'
import { runScaling } from '../src/scaling/run-scaling.ts'
import type { ScalingFigures } from '../src/scaling/run-scaling.ts'

// Each process checks revoked tokens and others before it is timed. Otherwise there are no figures.
describe('`pnpm bench scaling --short`', needs('redis-server'), () => {
  let figures: ScalingFigures
  beforeAll(async () => {
    figures = await runScaling('short', () => undefined)
  }, 60_000)

  it('measures the delay of each revocation until all processes know of it', () => {
    expect(figures.delays).toHaveLength(20)
    expect(figures.delays.every((milliseconds) => milliseconds > 0)).toBe(true)
  })

  it('measures the cost of a check, of the start and of the memory', () => {
    expect([figures.check.embedded, figures.check.redis].every((nanoseconds) => nanoseconds > 0)).toBe(true)
    expect(figures.loads).toMatchObject([{ entries: 500, bytes: expect.any(Number) }])
    expect(scalingTables(figures).match(/NaN|undefined/)).toBeNull()
  })
})
