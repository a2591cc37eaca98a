import { Child } from '../children/child.ts'
import type { Form, Progress } from '../form.ts'
import type { Race } from '../race/race.ts'
import { runRaces } from '../race/run-races.ts'
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
  const { tokens, races, rounds, ...pace } = extents[form]
  const { race, answers } = await runRaces<ContenderName, 'heard', number>({
    contenders: contenderNames,
    races,
    rounds,
    start: async (contender) => {
      const { subscribed, nodeArguments } = contenders[contender]
      const order: Order = { contender, subscribed, tokens, pace }
      return Child.start<Question, Answer>('diagnostics/measure', order, form, { nodeArguments })
    },
    question: 'heard',
    progress: (done) => progress('channels', done, races),
  })
  return { tokens, race, heard: answers }
}
