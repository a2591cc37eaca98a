/** What one operation of a contender took, in microseconds: the mean of each round, and the p99 of all rounds. */
export interface Entry {
  readonly contender: string
  readonly rounds: readonly number[]
  readonly p99: number
}

/** Contenders that took turns within each round, so that other load on the host affects all of them alike. */
export type Race = readonly Entry[]

/** The median of a contender's rounds. */
export function microseconds(race: Race, contender: string): number {
  return median(entryOf(race, contender).rounds)
}

/** A contender's time as a multiple of another's: the median of the ratios of each round. */
export function ratio(race: Race, contender: string, other: string): number {
  const others = entryOf(race, other).rounds
  return median(entryOf(race, contender).rounds.map((own, round) => own / (others[round] ?? NaN)))
}

/** How many microseconds more than another a contender took: the median of the differences of each round. */
export function difference(race: Race, contender: string, other: string): number {
  const others = entryOf(race, other).rounds
  return median(entryOf(race, contender).rounds.map((own, round) => own - (others[round] ?? NaN)))
}

/** Whether the contender took part. Some libraries do not support every algorithm. */
export function tookPart(race: Race, contender: string): boolean {
  return race.some((entry) => entry.contender === contender)
}

export function entryOf(race: Race, contender: string): Entry {
  const entry = race.find((each) => each.contender === contender)
  if (entry === undefined) throw new Error(`${contender} did not take part`)
  return entry
}

/** The value below which this share of the values lies, by linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const [lower = NaN, upper = lower] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
  return lower + (upper - lower) * (position - Math.floor(position))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
