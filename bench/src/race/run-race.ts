import type { Child } from '../lib/child-process.ts'
import { entryOf, median, quantile } from './race.ts'
import type { Entry, Race } from './race.ts'

/** The result of a turn: the mean microseconds per operation, and samples that were timed one by one. */
export interface Turn {
  readonly mean: number
  readonly samples: readonly number[]
}

/** A contender that is ready to be measured. */
export interface Runner {
  readonly contender: string
  readonly turn: () => Promise<Turn>
}

/** Gives each contender one turn in each round. */
export async function runRace(runners: readonly Runner[], rounds: number): Promise<Race> {
  const turns = new Map<string, Turn[]>(runners.map(({ contender }) => [contender, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { contender, turn } of orderOf(runners, round)) turns.get(contender)?.push(await turn())
  }
  return Array.from(turns, ([contender, own]) => toEntry(contender, own))
}

/** Every round starts with a different contender. After each has started once, the order is reversed. */
export function orderOf<T>(runners: readonly T[], round: number): readonly T[] {
  const first = round % runners.length
  const order = [...runners.slice(first), ...runners.slice(0, first)]
  return Math.floor(round / runners.length) % 2 === 0 ? order : order.toReversed()
}

function toEntry(contender: string, turns: readonly Turn[]): Entry {
  const samples = turns.flatMap((turn) => turn.samples)
  return { contender, rounds: turns.map(({ mean }) => fourDigits(mean)), p99: fourDigits(quantile(samples, 0.99)) }
}

/** The clocks are not more exact than four digits, and shorter numbers keep the files small. */
function fourDigits(number: number): number {
  return Number(number.toPrecision(4))
}

/** A process that takes turns, and handles one more command after the race. */
export type RacingChild<Command extends string, Result> = Child<'turn' | Command, Turn | Result>

export interface RaceSeries<Result> {
  /** The rounds of all races. */
  readonly race: Race
  /** The result of each contender's final command, from the last race. */
  readonly results: Readonly<Record<string, Result>>
}

interface RacePlan<Contender extends string, Command extends string, Result> {
  readonly contenders: readonly Contender[]
  /** The number of races. Each starts new processes, because two processes of one program can differ in speed. */
  readonly races: number
  readonly rounds: number
  readonly start: (contender: Contender) => Promise<RacingChild<Command, Result>>
  /** Sent to each process after a race. */
  readonly finalCommand: Command
  /** Called before each race. */
  readonly onRace: (done: number) => void
}

/** Runs several races of the same contenders, each in new processes. */
export async function runRaces<Contender extends string, Command extends string, Result>(
  plan: RacePlan<Contender, Command, Result>,
): Promise<RaceSeries<Result>> {
  const races: Race[] = []
  let results: RaceSeries<Result>['results'] = {}
  for (let done = 0; done < plan.races; done++) {
    plan.onRace(done)
    const run = await raceOnce(plan)
    races.push(run.race)
    results = run.results
  }
  return { race: joinRaces(races, plan.contenders), results }
}

async function raceOnce<Contender extends string, Command extends string, Result>(
  plan: RacePlan<Contender, Command, Result>,
): Promise<RaceSeries<Result>> {
  const { contenders, rounds, start, finalCommand } = plan
  const started = await Promise.all(contenders.map(async (contender) => ({ contender, child: await start(contender) })))
  const runners = started.map(({ contender, child }) => {
    return { contender, turn: async () => (await child.call('turn')) as Turn }
  })
  const race = await runRace(runners, rounds)
  const results = await Promise.all(
    started.map(async ({ contender, child }) => [contender, (await child.call(finalCommand)) as Result] as const),
  )
  await Promise.all(started.map(({ child }) => child.stop()))
  return { race, results: Object.fromEntries(results) }
}

/** Joins the rounds of all races, and takes the median of their p99. */
function joinRaces(races: readonly Race[], contenders: readonly string[]): Race {
  return contenders.map((contender) => {
    const entries = races.map((race) => entryOf(race, contender))
    return { contender, rounds: entries.flatMap(({ rounds }) => rounds), p99: median(entries.map(({ p99 }) => p99)) }
  })
}
