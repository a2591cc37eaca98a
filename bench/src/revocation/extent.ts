import type { Form } from '../form.ts'
import type { Pace } from '../race/stopwatch.ts'

/** How many revocations there are, how many tokens take turns, and how long everything lasts. */
export interface Extent extends Pace {
  readonly live: number
  readonly tokens: number
  /** Races, each in new processes: one process may be slower than the next of the same program, all its life. */
  readonly races: number
  readonly rounds: number
}

export const extents: Readonly<Record<Form, Extent>> = {
  full: {
    live: 100_000,
    tokens: 1000,
    races: 5,
    rounds: 200,
    warmMilliseconds: 500,
    turnMilliseconds: 2, // what is looked for is small: most turns have to pass undisturbed
    singles: 2,
    operationsInSingle: 100,
  },
  short: {
    live: 60,
    tokens: 20,
    races: 2,
    rounds: 1,
    warmMilliseconds: 1,
    turnMilliseconds: 1,
    singles: 1,
    operationsInSingle: 10,
  },
}
