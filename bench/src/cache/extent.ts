import type { Form } from '../form.ts'
import type { Pace } from '../race/stopwatch.ts'

/** How many tokens take turns, and how long everything lasts. */
export interface Extent extends Pace {
  readonly workingSets: readonly number[]
  readonly rounds: number
  readonly weighed: number
}

export const extents: Readonly<Record<Form, Extent>> = {
  full: {
    workingSets: [1, 1000, 100_000],
    rounds: 60,
    weighed: 100_000,
    warmMilliseconds: 300,
    turnMilliseconds: 8,
    singles: 10,
    operationsInSingle: 100,
  },
  short: {
    workingSets: [50],
    rounds: 1,
    weighed: 50,
    warmMilliseconds: 1,
    turnMilliseconds: 1,
    singles: 1,
    operationsInSingle: 10,
  },
}
