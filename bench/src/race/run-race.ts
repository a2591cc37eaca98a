import { quantile } from './quantile.ts'
import type { Entry, Race } from './race.ts'

/** What a turn took: microseconds an operation, over all of them; and some that were timed singly. */
export interface Turn {
  readonly mean: number
  readonly singles: readonly number[]
}

/** A contender, ready and warm. */
export interface Runner {
  readonly contender: string
  readonly turn: () => Promise<Turn>
}

/** Lets each contender take its turn in each round. */
export async function runRace(runners: readonly Runner[], rounds: number): Promise<Race> {
  const turns = new Map<string, Turn[]>(runners.map(({ contender }) => [contender, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { contender, turn } of orderOf(runners, round)) turns.get(contender)?.push(await turn())
  }
  return Array.from(turns, ([contender, own]) => toEntry(contender, own))
}

/** Every round begins with another contender; after each has begun once, they go the other way about. */
export function orderOf<T>(runners: readonly T[], round: number): readonly T[] {
  const first = round % runners.length
  const order = [...runners.slice(first), ...runners.slice(0, first)]
  return Math.floor(round / runners.length) % 2 === 0 ? order : order.toReversed()
}

function toEntry(contender: string, turns: readonly Turn[]): Entry {
  const singles = turns.flatMap((turn) => turn.singles)
  return { contender, rounds: turns.map(({ mean }) => brief(mean)), p99: brief(quantile(singles, 0.99)) }
}

/** No clock here is good for more than four digits, and they are kept in a file. */
function brief(number: number): number {
  return Number(number.toPrecision(4))
}
