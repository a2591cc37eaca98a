import { Child } from '../children/child.ts'
import { median } from './quantile.ts'
import { entryOf } from './race.ts'
import type { Race } from './race.ts'
import { runRace } from './run-race.ts'
import type { Turn } from './run-race.ts'

/** A process that is measured in turns, and answers one question more when all are done. */
export type Raced<Question extends string, Answer> = Child<'turn' | Question, Turn | Answer>

export interface Races<Answer> {
  /** The rounds of all races. */
  readonly race: Race
  /** What each answered in the end, in the last race. */
  readonly answers: Readonly<Record<string, Answer>>
}

interface Plan<Contender extends string, Question extends string, Answer> {
  readonly contenders: readonly Contender[]
  /** How many races, each in new processes: one process may be slower than the next of the same program, all its life. */
  readonly races: number
  readonly rounds: number
  readonly start: (contender: Contender) => Promise<Raced<Question, Answer>>
  /** What each is asked after a race. */
  readonly question: Question
  /** Told of each race before it begins. */
  readonly progress: (done: number) => void
}

/** Lets contenders race in new processes, several times over. */
export async function runRaces<Contender extends string, Question extends string, Answer>(
  plan: Plan<Contender, Question, Answer>,
): Promise<Races<Answer>> {
  const races: Race[] = []
  let answers: Races<Answer>['answers'] = {}
  for (let done = 0; done < plan.races; done++) {
    plan.progress(done)
    const run = await raceOnce(plan)
    races.push(run.race)
    answers = run.answers
  }
  return { race: joined(races, plan.contenders), answers }
}

async function raceOnce<Contender extends string, Question extends string, Answer>(
  plan: Plan<Contender, Question, Answer>,
): Promise<Races<Answer>> {
  const { contenders, rounds, start, question } = plan
  const started = await Promise.all(contenders.map(async (contender) => ({ contender, child: await start(contender) })))
  const runners = started.map(({ contender, child }) => {
    return { contender, turn: async () => (await child.ask('turn')) as Turn }
  })
  const race = await runRace(runners, rounds)
  const answers = await Promise.all(
    started.map(async ({ contender, child }) => [contender, (await child.ask(question)) as Answer] as const),
  )
  await Promise.all(started.map(({ child }) => child.stop()))
  return { race, answers: Object.fromEntries(answers) }
}

/** The rounds of all races, and the median of their p99. */
function joined(races: readonly Race[], contenders: readonly string[]): Race {
  return contenders.map((contender) => {
    const entries = races.map((race) => entryOf(race, contender))
    return { contender, rounds: entries.flatMap(({ rounds }) => rounds), p99: median(entries.map(({ p99 }) => p99)) }
  })
}
