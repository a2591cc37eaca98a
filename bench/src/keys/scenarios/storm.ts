import type { Extent } from '../extent.ts'
import type { Sent, Stage } from '../stage.ts'
import { tallyOf } from '../verdict.ts'
import type { Tally } from '../verdict.ts'

export interface StormFigures {
  readonly madeUp: number
  readonly fetches: number
  /** Good tokens that were sent amid the others. */
  readonly good: Tally
}

const batch = 250
const minute = 60

/** Made-up kids all at once: batches, without a moment between them. */
export async function burst(stage: Stage, { madeUp }: Extent): Promise<StormFigures> {
  await stage.warm()
  await stage.pass(minute)
  const fetchesBefore = stage.server.fetches
  const good: Sent[] = []
  for (let from = 0; from < madeUp; from += batch) {
    good.push(stage.sendMadeUp(from, Math.min(from + batch, madeUp)))
    await stage.settle()
  }
  return { madeUp, fetches: stage.server.fetches - fetchesBefore, good: tallyOf(good) }
}

/** Made-up kids over five minutes, while the key server answers, or fails. */
export async function spread(
  stage: Stage,
  { madeUp, stepSeconds }: Extent,
  behaviour: 'answers' | 'fails',
): Promise<StormFigures> {
  await stage.warm()
  await stage.pass(minute)
  stage.server.behave(behaviour)
  const fetchesBefore = stage.server.fetches
  const good: Sent[] = []
  const sentBy = (second: number) => Math.floor((madeUp * second) / (5 * minute))
  for (let second = 0; second < 5 * minute; second += stepSeconds) {
    good.push(stage.sendMadeUp(sentBy(second), sentBy(second + stepSeconds)))
    await stage.settle()
    await stage.pass(stepSeconds)
  }
  return { madeUp, fetches: stage.server.fetches - fetchesBefore, good: tallyOf(good) }
}
