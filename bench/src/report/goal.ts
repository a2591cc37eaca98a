import { more, table, times } from './markdown.ts'

/** What was asked for, what came of it, and where it came out worst. */
export interface Goal {
  readonly what: string
  readonly bound: string
  readonly figure: string
  readonly met: boolean
}

/** A figure that a goal is judged by, and what it is of. */
export interface Measured {
  readonly where: string
  readonly value: number
}

/** Met where every ratio is at most so much. */
export function atMost(what: string, most: number, measured: readonly Measured[]): Goal {
  return judge(what, `at most ${most}×`, { measured, misses: ({ value }) => !(value <= most), worstIsLeast: false })
}

/** Met where every ratio is at least so much. */
export function atLeast(what: string, least: number, measured: readonly Measured[]): Goal {
  return judge(what, `at least ${least}×`, { measured, misses: ({ value }) => !(value >= least), worstIsLeast: true })
}

/** Met where every ratio to another is below 1. */
export function ahead(what: string, measured: readonly Measured[]): Goal {
  return judge(what, 'below 1×', { measured, misses: ({ value }) => !(value < 1), worstIsLeast: false })
}

/** Met where what comes on top, in microseconds, is everywhere below so much. */
export function below(what: string, bound: number, measured: readonly Measured[]): Goal {
  const misses = ({ value }: Measured) => !(value < bound)
  return judge(what, `below ${bound} µs more`, { measured, misses, worstIsLeast: false, show: more })
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, bound, figure, met }) => [what, bound, figure, met ? 'met' : '**missed**'])
  return table([['', 'goal', 'figure', ''], ...rows], '---')
}

interface Judged {
  readonly measured: readonly Measured[]
  readonly misses: (measured: Measured) => boolean
  readonly worstIsLeast: boolean
  /** @default as a ratio */
  readonly show?: (value: number) => string
}

function judge(what: string, bound: string, { measured, misses, worstIsLeast, show = times }: Judged): Goal {
  const [worst] = measured.toSorted((a, b) => (worstIsLeast ? a.value - b.value : b.value - a.value))
  // What was not measured is not met.
  if (worst === undefined) return { what, bound, figure: 'not measured', met: false }
  const missed = measured.filter(misses).length
  const figure = measured.length === 1 ? show(worst.value) : `worst ${show(worst.value)}, ${worst.where}`
  const count = missed > 0 && measured.length > 1 ? `; ${missed} of ${measured.length} miss` : ''
  return { what, bound, figure: `${figure}${count}`, met: missed === 0 }
}
