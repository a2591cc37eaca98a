// A process of its own: one contender, which verifies the tokens of each algorithm in turns.
import { answerParent } from '../children/answer-parent.ts'
import type { Turn } from '../race/run-race.ts'
import { Stopwatch } from '../race/stopwatch.ts'
import type { Pace } from '../race/stopwatch.ts'
import type { BadTokens } from '../tokens/bench-tokens.ts'
import type { BenchAlgorithm, Terms } from '../tokens/issuer.ts'
import { checkAnswers } from './check-answers.ts'
import { contenders } from './contenders.ts'
import type { ContenderName } from './contenders.ts'

export interface Order {
  readonly contender: ContenderName
  readonly lots: readonly Lot[]
  readonly pace: Pace
}

/** The tokens of one issuer. */
export interface Lot {
  readonly terms: Terms
  readonly good: readonly string[]
  readonly bad: BadTokens
}

/** A turn of that algorithm, or which algorithms the contender knows. */
export type Question = BenchAlgorithm | 'known'
export type Answer = Turn | readonly BenchAlgorithm[]

answerParent<Order, Question, Answer>(async ({ contender, lots, pace }) => {
  const watches = new Map<BenchAlgorithm, Stopwatch>()
  for (const lot of lots) {
    const watch = await prepare(contender, lot, pace)
    if (watch !== null) watches.set(lot.terms.algorithm, watch)
  }
  return async (question) => {
    if (question === 'known') return [...watches.keys()]
    const watch = watches.get(question)
    if (watch === undefined) throw new Error(`${contender} does not know ${question}`)
    return watch.turn()
  }
})

async function prepare(contender: ContenderName, lot: Lot, pace: Pace): Promise<Stopwatch | null> {
  const operation = await contenders[contender](lot.terms, [...lot.good, ...Object.values<string>({ ...lot.bad })])
  if (operation === null) return null
  await checkAnswers(contender, operation, lot)
  let next = 0
  return new Stopwatch(operation, pace, (count) =>
    Array.from({ length: count }, () => lot.good[next++ % lot.good.length] ?? ''),
  )
}
