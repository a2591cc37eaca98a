import { Child } from '../children/child.ts'
import type { Form, Progress } from '../form.ts'
import { median } from '../race/quantile.ts'
import { entryOf } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Turn } from '../race/run-race.ts'
import { contenderNames, contenders } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { extents } from './extent.ts'
import type { Answer, Order, Question } from './measure.ts'

export interface DiagnosticsFigures {
  /** How many tokens take turns. */
  readonly tokens: number
  readonly race: Race
  /** How many messages a recalled token gave: none where nobody subscribed to it. */
  readonly heard: Readonly<Partial<Record<ContenderName, number>>>
}

/** Lets an Auth recall tokens while nobody, somebody or everybody listens. */
export async function runDiagnostics(form: Form, progress: Progress): Promise<DiagnosticsFigures> {
  const { tokens, races: count } = extents[form]
  const races: Race[] = []
  let heard: DiagnosticsFigures['heard'] = {}
  for (let done = 0; done < count; done++) {
    progress('channels', done, count)
    const run = await raceOnce(form)
    races.push(run.race)
    heard = run.heard
  }
  return { tokens, race: joined(races), heard }
}

async function raceOnce(form: Form): Promise<Pick<DiagnosticsFigures, 'race' | 'heard'>> {
  const { tokens, rounds, ...pace } = extents[form]
  const started = await Promise.all(
    contenderNames.map(async (contender) => {
      const { subscribed, nodeArguments } = contenders[contender]
      const order: Order = { contender, subscribed, tokens, pace }
      const child = await Child.start<Question, Answer>('diagnostics/measure', order, form, { nodeArguments })
      return { contender, child }
    }),
  )
  const runners = started.map(({ contender, child }) => {
    return { contender, turn: async () => (await child.ask('turn')) as Turn }
  })
  const race = await runRace(runners, rounds)
  const heard = await Promise.all(
    started.map(async ({ contender, child }) => [contender, (await child.ask('heard')) as number] as const),
  )
  await Promise.all(started.map(({ child }) => child.stop()))
  return { race, heard: Object.fromEntries(heard) }
}

/** The rounds of all races, and the median of their p99. */
function joined(races: readonly Race[]): Race {
  return contenderNames.map((contender) => {
    const entries = races.map((race) => entryOf(race, contender))
    return { contender, rounds: entries.flatMap(({ rounds }) => rounds), p99: median(entries.map(({ p99 }) => p99)) }
  })
}
