import type { Form } from '../form.ts'

/** How much of everything. */
export interface Extent {
  readonly processes: number
  readonly revocations: number
  readonly pauseMilliseconds: number
  /** So many live entries are loaded and weighed, and the check is timed with the first of these. */
  readonly held: readonly [number, ...number[]]
  readonly rounds: number
  readonly checksInRound: number
}

export const extents: Readonly<Record<Form, Extent>> = {
  full: {
    processes: 8,
    revocations: 1000,
    pauseMilliseconds: 10,
    held: [100_000, 1_000_000],
    rounds: 300,
    checksInRound: 10_000,
  },
  short: { processes: 2, revocations: 20, pauseMilliseconds: 1, held: [500], rounds: 3, checksInRound: 100 },
}
