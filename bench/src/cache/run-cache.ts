import { Child } from '../lib/child-process.ts'
import type { Progress, RunMode } from '../lib/run-mode.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Turn } from '../race/run-race.ts'
import type { Pace } from '../race/stopwatch.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import type { BytesPerToken, MemorySetup } from './measure-memory.ts'
import type { Command, Result, Setup, Strings } from './measure.ts'

export interface CacheFigures {
  readonly races: readonly CacheRace[]
  /** The bytes per token of twelve claims, measured with this many cached tokens. */
  readonly memory: { readonly tokens: number; readonly bytes: Readonly<Partial<Record<ContenderName, number>>> }
}

export interface CacheRace {
  readonly tokens: number
  readonly strings: Strings
  readonly race: Race
}

interface Extent extends Pace {
  /** How many tokens take turns, one race for each number. */
  readonly workingSets: readonly number[]
  readonly rounds: number
  readonly tokensInMemory: number
}

const extents: Readonly<Record<RunMode, Extent>> = {
  full: {
    workingSets: [1, 1000, 100_000],
    rounds: 60,
    tokensInMemory: 100_000,
    warmupMilliseconds: 300,
    turnMilliseconds: 8,
    samples: 10,
    operationsPerSample: 100,
  },
  short: {
    workingSets: [50],
    rounds: 1,
    tokensInMemory: 50,
    warmupMilliseconds: 1,
    turnMilliseconds: 1,
    samples: 1,
    operationsPerSample: 10,
  },
}

/** Measures how fast every contender looks up cached tokens, and how much memory they take. */
export async function runCache(mode: RunMode, progress: Progress): Promise<CacheFigures> {
  const { workingSets, tokensInMemory, rounds, ...pace } = extents[mode]
  const steps = workingSets.length + 1
  const races: CacheRace[] = []
  for (const [done, tokens] of workingSets.entries()) {
    progress(`${tokens.toLocaleString('en')} tokens in turn`, done, steps)
    races.push(...(await raceWith(mode, rounds, (contender) => ({ contender, tokens, pace }))))
  }
  progress('memory', workingSets.length, steps)
  const measured = await Promise.all(
    contenderNames.map((contender) => measureMemory({ contender, tokens: tokensInMemory }, mode)),
  )
  const bytes = contenderNames.flatMap((contender, index) => {
    const bytesPerToken = measured[index] ?? null
    return bytesPerToken === null ? [] : [[contender, Math.round(bytesPerToken)] as const]
  })
  return { races, memory: { tokens: tokensInMemory, bytes: Object.fromEntries(bytes) } }
}

async function raceWith(
  mode: RunMode,
  rounds: number,
  setupOf: (contender: ContenderName) => Setup,
): Promise<CacheRace[]> {
  const started = await Promise.all(
    contenderNames.map(async (contender) => {
      const child = await Child.start<Command, Result>('cache/measure', setupOf(contender), mode)
      return { contender, child, takesPart: (await child.call('takes part')) === true }
    }),
  )
  const participants = started.filter(({ takesPart }) => takesPart)
  const races: CacheRace[] = []
  for (const strings of ['same', 'fresh'] as const) {
    const runners = participants.map(({ contender, child }) => {
      return { contender, turn: async () => (await child.call(strings)) as Turn }
    })
    const { tokens } = setupOf('Map.get')
    races.push({ tokens, strings, race: await runRace(runners, rounds) })
  }
  await Promise.all(started.map(({ child }) => child.stop()))
  return races
}

async function measureMemory(setup: MemorySetup, mode: RunMode): Promise<BytesPerToken> {
  const options = { nodeArguments: ['--expose-gc'] }
  const child = await Child.start<'bytes', BytesPerToken>('cache/measure-memory', setup, mode, options)
  const bytes = await child.call('bytes')
  await child.stop()
  return bytes
}
