import { Child } from '../children/child.ts'
import type { Form } from '../form.ts'
import type { Checked, Checking } from './check.ts'
import { cpuSecondsOf, fill } from './entries.ts'
import { extents } from './extent.ts'
import type { Following, Times } from './follow.ts'
import type { Loaded, Loading } from './load.ts'
import { startRedis } from './local-redis.ts'

export interface ScalingFigures {
  readonly processes: number
  /** Milliseconds from the call of `revokeToken` until the last process knew, of each revocation. */
  readonly spread: readonly number[]
  /** Microseconds of the processor of Redis, for each message to each process. */
  readonly redisMicroseconds: number
  readonly check: Checked & { readonly entries: number }
  readonly loads: readonly (Loaded & { readonly entries: number; readonly redisBytes: number })[]
}

/** What sharing revocations costs: in time until all know, a check, memory and at the start. */
export async function runScaling(form: Form, tell: (step: string) => void): Promise<ScalingFigures> {
  const { processes, held } = extents[form]
  tell(`the time to the last of ${processes} processes`)
  const spread = await measureSpread(form)
  const loads: ScalingFigures['loads'][number][] = []
  let check: Checked | null = null
  for (const entries of held) {
    tell(`${entries.toLocaleString('en')} live entries`)
    const [redis, empty] = [await startRedis(), await startRedis()]
    const { redisBytes } = await fill(redis.socket, entries)
    const order: Loading = { socket: redis.socket, emptySocket: empty.socket, entries }
    const place = { nodeArguments: ['--expose-gc'] }
    loads.push({
      entries,
      redisBytes,
      ...(await askOnce<'load', Loaded>('scaling/load', order, 'load', { form, place })),
    })
    check ??= await checkOf(form, redis.socket)
    await redis.stop()
    await empty.stop()
  }
  if (check === null) throw new Error('Nothing was checked')
  return { processes, ...spread, check: { ...check, entries: held[0] }, loads }
}

async function measureSpread(form: Form): Promise<Pick<ScalingFigures, 'spread' | 'redisMicroseconds'>> {
  const { processes, revocations, pauseMilliseconds } = extents[form]
  const redis = await startRedis()
  const order: Following = { socket: redis.socket, revocations, pauseMilliseconds }
  const children = await Promise.all(
    Array.from({ length: processes }, async () =>
      Child.start<'revoke' | 'times', Times>('scaling/follow', order, form),
    ),
  )
  const cpuBefore = await cpuSecondsOf(redis.socket)
  const begun = (await children[0]?.ask('revoke')) ?? []
  const known = await Promise.all(children.map(async (child) => child.ask('times')))
  const cpuSeconds = (await cpuSecondsOf(redis.socket)) - cpuBefore
  await Promise.all(children.map(async (child) => child.stop()))
  await redis.stop()
  return {
    spread: begun.map((begin, index) => Math.max(...known.map((times) => times[index] ?? NaN)) - begin),
    redisMicroseconds: (cpuSeconds * 1e6) / (revocations * processes),
  }
}

async function checkOf(form: Form, socket: string): Promise<Checked> {
  const { held, rounds, checksInRound } = extents[form]
  const order: Checking = { socket, entries: held[0], rounds, checksInRound }
  return askOnce<'check', Checked>('scaling/check', order, 'check', { form, place: {} })
}

async function askOnce<Question, Answer>(
  program: string,
  order: object,
  question: Question,
  { form, place }: { readonly form: Form; readonly place: { readonly nodeArguments?: readonly string[] } },
): Promise<Answer> {
  const child = await Child.start<Question, Answer>(program, order, form, place)
  const answer = await child.ask(question)
  await child.stop()
  return answer
}
