import type { Form } from '../form.ts'
import type { Pace } from '../race/stopwatch.ts'

/** How many tokens take turns, and how long everything lasts. */
export interface Extent extends Pace {
  readonly tokens: number
  /** Races, each in new processes: one process may be slower than the next of the same program, all its life. */
  readonly races: number
  readonly rounds: number
}

export const extents: Readonly<Record<Form, Extent>> = {
  full: {
    tokens: 1000,
    races: 9, // what is looked for is smaller than what two processes differ by
    rounds: 150,
    warmMilliseconds: 500,
    turnMilliseconds: 2,
    singles: 2,
    operationsInSingle: 100,
  },
  short: {
    tokens: 20,
    races: 1,
    rounds: 2,
    warmMilliseconds: 1,
    turnMilliseconds: 1,
    singles: 1,
    operationsInSingle: 10,
  },
}
