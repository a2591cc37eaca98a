import { median } from './quantile.ts'

/** What one contender needed for one operation, in microseconds: its mean in each round, and the p99 of all rounds. */
export interface Entry {
  readonly contender: string
  readonly rounds: readonly number[]
  readonly p99: number
}

/** Contenders that took turns within each round, so that whatever the machine did besides hit them alike. */
export type Race = readonly Entry[]

/** The median of a contender's rounds. */
export function microseconds(race: Race, contender: string): number {
  return median(entryOf(race, contender).rounds)
}

/** How many times as long as another a contender needed: the median of the ratios of each round. */
export function ratio(race: Race, contender: string, other: string): number {
  const others = entryOf(race, other).rounds
  return median(entryOf(race, contender).rounds.map((own, round) => own / (others[round] ?? NaN)))
}

/** How many microseconds more than another a contender needed: the median of the differences of each round. */
export function difference(race: Race, contender: string, other: string): number {
  const others = entryOf(race, other).rounds
  return median(entryOf(race, contender).rounds.map((own, round) => own - (others[round] ?? NaN)))
}

/** Whether the contender took part: not everyone knows every algorithm. */
export function tookPart(race: Race, contender: string): boolean {
  return race.some((entry) => entry.contender === contender)
}

export function entryOf(race: Race, contender: string): Entry {
  const entry = race.find((each) => each.contender === contender)
  if (entry === undefined) throw new Error(`${contender} took no part`)
  return entry
}
