import { Child } from '../children/child.ts'
import type { Form, Progress } from '../form.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Turn } from '../race/run-race.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { extents } from './extent.ts'
import type { Answer, Order, Question, Strings } from './measure.ts'
import type { Weighing, Weight } from './weigh.ts'

export interface CacheFigures {
  readonly races: readonly CacheRace[]
  /** The bytes that a token of twelve claims takes, of so many that are held. */
  readonly weights: { readonly held: number; readonly bytes: Readonly<Partial<Record<ContenderName, number>>> }
}

export interface CacheRace {
  readonly tokens: number
  readonly strings: Strings
  readonly race: Race
}

/** Lets every contender recall tokens that it has seen before; and weighs what it holds. */
export async function runCache(form: Form, progress: Progress): Promise<CacheFigures> {
  const { workingSets, weighed, rounds, ...pace } = extents[form]
  const steps = workingSets.length + 1
  const races: CacheRace[] = []
  for (const [done, tokens] of workingSets.entries()) {
    progress(`${tokens.toLocaleString('en')} tokens in turn`, done, steps)
    races.push(...(await raceWith(form, rounds, (contender) => ({ contender, tokens, pace }))))
  }
  progress('memory', workingSets.length, steps)
  const weights = await Promise.all(contenderNames.map((contender) => weigh({ contender, tokens: weighed }, form)))
  const bytes = contenderNames.flatMap((contender, index) => {
    const weight = weights[index] ?? null
    return weight === null ? [] : [[contender, Math.round(weight)] as const]
  })
  return { races, weights: { held: weighed, bytes: Object.fromEntries(bytes) } }
}

async function raceWith(
  form: Form,
  rounds: number,
  orderOf: (contender: ContenderName) => Order,
): Promise<CacheRace[]> {
  const started = await Promise.all(
    contenderNames.map(async (contender) => {
      const child = await Child.start<Question, Answer>('cache/measure', orderOf(contender), form)
      return { contender, child, takesPart: (await child.ask('takes part')) === true }
    }),
  )
  const taking = started.filter(({ takesPart }) => takesPart)
  const races: CacheRace[] = []
  for (const strings of ['same', 'fresh'] as const) {
    const runners = taking.map(({ contender, child }) => {
      return { contender, turn: async () => (await child.ask(strings)) as Turn }
    })
    const { tokens } = orderOf('Map.get')
    races.push({ tokens, strings, race: await runRace(runners, rounds) })
  }
  await Promise.all(started.map(({ child }) => child.stop()))
  return races
}

async function weigh(order: Weighing, form: Form): Promise<Weight> {
  const child = await Child.start<'weight', Weight>('cache/weigh', order, form, { nodeArguments: ['--expose-gc'] })
  const weight = await child.ask('weight')
  await child.stop()
  return weight
}
