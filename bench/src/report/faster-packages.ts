import { digits, table } from './markdown.ts'

/** A measurement in which other packages have a better figure than claimcheck. */
export interface FasterPackages {
  /** What was measured, with its unit. */
  readonly what: string
  readonly own: number
  readonly others: readonly Measured[]
}

interface Measured {
  readonly name: string
  readonly value: number
}

/** The packages whose figure is lower, best first; an empty list if there is none. */
export function fasterPackages(what: string, own: number, others: readonly Measured[]): readonly FasterPackages[] {
  const faster = others.filter(({ value }) => value < own).toSorted((one, other) => one.value - other.value)
  return faster.length === 0 ? [] : [{ what, own, others: faster }]
}

export function fasterTable(measurements: readonly FasterPackages[]): string {
  const rows = measurements.map(({ what, own, others }) => [what, digits(own), listOf(others)])
  return table([['', 'claimcheck', 'better'], ...rows], '---')
}

/** The packages with their figures, as text. */
export function listOf(others: readonly Measured[]): string {
  return others.map(({ name, value }) => `${name} ${digits(value)}`).join(' · ')
}
