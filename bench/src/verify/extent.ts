import type { Form } from '../form.ts'
import type { Pace } from '../race/stopwatch.ts'

/** How many tokens take turns, and how long everything lasts. */
export interface Extent extends Pace {
  readonly tokens: number
  readonly rounds: number
  /** On the Nodes beside the one that the figures are mainly of. */
  readonly otherRounds: number
}

export const extents: Readonly<Record<Form, Extent>> = {
  full: {
    tokens: 100,
    rounds: 60,
    otherRounds: 30,
    warmMilliseconds: 400,
    turnMilliseconds: 8,
    singles: 30,
    operationsInSingle: 1,
  },
  short: {
    tokens: 3,
    rounds: 1,
    otherRounds: 1,
    warmMilliseconds: 1,
    turnMilliseconds: 1,
    singles: 2,
    operationsInSingle: 1,
  },
}
