import { more, table, times } from './markdown.ts'

/** A goal, the worst figure that was measured for it, and whether it was met. */
export interface Goal {
  readonly what: string
  readonly bound: string
  readonly figure: string
  readonly met: boolean
}

/** One figure that a goal is judged by, and the contender or setting that it belongs to. */
export interface Measurement {
  readonly where: string
  readonly value: number
}

/** Met if no ratio exceeds `max`. */
export function atMost(what: string, max: number, measured: readonly Measurement[]): Goal {
  return judge(what, `at most ${max}×`, { measured, misses: ({ value }) => !(value <= max), worstIsLowest: false })
}

/** Met if every ratio is `min` or more. */
export function atLeast(what: string, min: number, measured: readonly Measurement[]): Goal {
  return judge(what, `at least ${min}×`, { measured, misses: ({ value }) => !(value >= min), worstIsLowest: true })
}

/** Met if every ratio is below 1. */
export function faster(what: string, measured: readonly Measurement[]): Goal {
  return judge(what, 'below 1×', { measured, misses: ({ value }) => !(value < 1), worstIsLowest: false })
}

/** Met if every difference, in microseconds, is below `bound`. */
export function lessThan(what: string, bound: number, measured: readonly Measurement[]): Goal {
  const misses = ({ value }: Measurement) => !(value < bound)
  return judge(what, `below ${bound} µs more`, { measured, misses, worstIsLowest: false, show: more })
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, bound, figure, met }) => [what, bound, figure, met ? 'met' : '**missed**'])
  return table([['', 'goal', 'figure', ''], ...rows], '---')
}

interface Judgement {
  readonly measured: readonly Measurement[]
  readonly misses: (measured: Measurement) => boolean
  readonly worstIsLowest: boolean
  /** How a value is printed. @default as a ratio */
  readonly show?: (value: number) => string
}

function judge(what: string, bound: string, { measured, misses, worstIsLowest, show = times }: Judgement): Goal {
  const [worst] = measured.toSorted((a, b) => (worstIsLowest ? a.value - b.value : b.value - a.value))
  // A goal without a measurement is missed.
  if (worst === undefined) return { what, bound, figure: 'not measured', met: false }
  const missed = measured.filter(misses).length
  const figure = measured.length === 1 ? show(worst.value) : `worst ${show(worst.value)}, ${worst.where}`
  const count = missed > 0 && measured.length > 1 ? `; ${missed} of ${measured.length} miss` : ''
  return { what, bound, figure: `${figure}${count}`, met: missed === 0 }
}
