import { Child } from '../children/child.ts'
import type { Form, Progress } from '../form.ts'
import type { Race } from '../race/race.ts'
import { runRaces } from '../race/run-races.ts'
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

/** Lets every Auth recall tokens beside revocations of others. */
export async function runRevocation(form: Form, progress: Progress): Promise<RevocationFigures> {
  const { live, tokens, races, rounds, ...pace } = extents[form]
  const { race, answers } = await runRaces<ContenderName, 'revoke', number>({
    contenders: contenderNames,
    races,
    rounds,
    start: async (contender) => {
      const order: Order = { contender, live, tokens, pace }
      return Child.start<Question, Answer>('revocation/measure', order, form)
    },
    question: 'revoke',
    progress: (done) => progress(`${live.toLocaleString('en')} revocations`, done, races),
  })
  return { live, tokens, race, ways: answers }
}
