import { beforeAll, describe, expect, it } from 'vitest'
import { runScaling } from '../src/scaling/run-scaling.ts'
import type { ScalingFigures } from '../src/scaling/run-scaling.ts'
import { needs } from '../../scripts/services.ts'
import { scalingTables } from '../src/scaling/scaling-tables.ts'

// Each process asks for tokens that are revoked and for others before there are figures of them.
describe('the short form of `pnpm bench scaling`', needs('redis-server'), () => {
  let figures: ScalingFigures
  beforeAll(async () => {
    figures = await runScaling('short', () => undefined)
  }, 60_000)

  it('has the time of each revocation until all processes knew', () => {
    expect(figures.spread).toHaveLength(20)
    expect(figures.spread.every((milliseconds) => milliseconds > 0)).toBe(true)
  })

  it('has the cost of a check, of a start and of the memory', () => {
    expect([figures.check.embedded, figures.check.redis].every((nanoseconds) => nanoseconds > 0)).toBe(true)
    expect(figures.loads).toMatchObject([{ entries: 500, bytes: expect.any(Number) }])
    expect(scalingTables(figures).match(/NaN|undefined/)).toBeNull()
  })
})
