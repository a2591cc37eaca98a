import { Child } from '../children/child.ts'
import type { Form, Progress } from '../form.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Turn } from '../race/run-race.ts'
import { badTokens, goodTokens } from '../tokens/bench-tokens.ts'
import { benchAlgorithms, Issuer } from '../tokens/issuer.ts'
import type { BenchAlgorithm } from '../tokens/issuer.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { extents } from './extent.ts'
import type { Answer, Lot, Order, Question } from './measure.ts'
import { findNodes } from './nodes.ts'
import type { MeasuredNode } from './nodes.ts'

export interface VerifyFigures {
  /** The version of the Node that the figures are mainly of. */
  readonly mainNode: string
  readonly missingNodes: readonly string[]
  readonly races: readonly VerifyRace[]
}

export interface VerifyRace {
  readonly node: string
  readonly algorithm: BenchAlgorithm
  readonly race: Race
}

interface Started {
  readonly contender: ContenderName
  readonly child: Child<Question, Answer>
  readonly known: readonly BenchAlgorithm[]
}

/** Lets every contender verify tokens that it never saw before, on every Node that is there. */
export async function runVerify(form: Form, progress: Progress): Promise<VerifyFigures> {
  const extent = extents[form]
  const lots = benchAlgorithms.map((algorithm) => issue(algorithm, extent.tokens))
  // A server knows one algorithm, and so does each process; the short form has no time for that.
  const groups = form === 'short' ? [lots] : lots.map((lot) => [lot])
  const mainNode = process.versions.node
  const nodes = form === 'short' ? [{ version: mainNode, executable: process.execPath }] : await findNodes()
  const races: VerifyRace[] = []
  const steps = nodes.flatMap((node) => groups.map((group) => ({ node, group })))
  for (const [done, { node, group }] of steps.entries()) {
    const algorithms = group.map(({ terms }) => terms.algorithm).join(', ')
    progress(`Node ${node.version}, ${algorithms}`, done, steps.length)
    if (node.executable !== null) races.push(...(await raceOn(node, group, form)))
  }
  const missingNodes = nodes.filter(({ executable }) => executable === null).map(({ version }) => version)
  return { mainNode, missingNodes, races }
}

function issue(algorithm: BenchAlgorithm, tokens: number): Lot {
  const issuer = new Issuer(algorithm)
  return { terms: issuer.terms, good: goodTokens(issuer, tokens), bad: badTokens(issuer) }
}

async function raceOn({ version, executable }: MeasuredNode, lots: readonly Lot[], form: Form): Promise<VerifyRace[]> {
  const { rounds, otherRounds, ...pace } = extents[form]
  const started = await Promise.all(
    contenderNames.map(async (contender): Promise<Started> => {
      const order: Order = { contender, lots, pace }
      const place = executable === null ? {} : { node: executable }
      const child = await Child.start<Question, Answer>('verify/measure', order, form, place)
      return { contender, child, known: (await child.ask('known')) as readonly BenchAlgorithm[] }
    }),
  )
  const races: VerifyRace[] = []
  for (const { terms } of lots) {
    const { algorithm } = terms
    const runners = started
      .filter(({ known }) => known.includes(algorithm))
      .map(({ contender, child }) => ({ contender, turn: async () => (await child.ask(algorithm)) as Turn }))
    const race = await runRace(runners, version === process.versions.node ? rounds : otherRounds)
    races.push({ node: version, algorithm, race })
  }
  await Promise.all(started.map(({ child }) => child.stop()))
  return races
}
