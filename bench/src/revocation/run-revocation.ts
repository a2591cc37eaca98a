import { Child } from '../children/child.ts'
import type { Form, Progress } from '../form.ts'
import { median } from '../race/quantile.ts'
import { entryOf } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Turn } from '../race/run-race.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { extents } from './extent.ts'
import type { Answer, Order, Question } from './measure.ts'

export interface RevocationFigures {
  /** The revocations of a list that is not empty, and the tokens that take turns. */
  readonly live: number
  readonly tokens: number
  readonly race: Race
  /** In how many ways a token was revoked in the end, and refused from then on. */
  readonly ways: Readonly<Partial<Record<ContenderName, number>>>
}

type Ways = RevocationFigures['ways']

/** Lets every Auth recall tokens beside revocations of others. */
export async function runRevocation(form: Form, progress: Progress): Promise<RevocationFigures> {
  const { live, tokens, races: count } = extents[form]
  const races: Race[] = []
  let ways: Ways = {}
  for (let done = 0; done < count; done++) {
    progress(`${live.toLocaleString('en')} revocations`, done, count)
    const run = await raceOnce(form)
    races.push(run.race)
    ways = run.ways
  }
  return { live, tokens, race: joined(races), ways }
}

async function raceOnce(form: Form): Promise<{ readonly race: Race; readonly ways: Ways }> {
  const { live, tokens, rounds, ...pace } = extents[form]
  const started = await Promise.all(
    contenderNames.map(async (contender) => {
      const order: Order = { contender, live, tokens, pace }
      return { contender, child: await Child.start<Question, Answer>('revocation/measure', order, form) }
    }),
  )
  const runners = started.map(({ contender, child }) => {
    return { contender, turn: async () => (await child.ask('turn')) as Turn }
  })
  const race = await runRace(runners, rounds)
  const ways = await Promise.all(
    started.map(async ({ contender, child }) => [contender, (await child.ask('revoke')) as number] as const),
  )
  await Promise.all(started.map(({ child }) => child.stop()))
  return { race, ways: Object.fromEntries(ways) }
}

/** The rounds of all races, and the median of their p99. */
function joined(races: readonly Race[]): Race {
  return contenderNames.map((contender) => {
    const entries = races.map((race) => entryOf(race, contender))
    return { contender, rounds: entries.flatMap(({ rounds }) => rounds), p99: median(entries.map(({ p99 }) => p99)) }
  })
}
