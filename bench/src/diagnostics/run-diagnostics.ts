import { Child } from '../lib/child-process.ts'
import type { Progress, RunMode } from '../lib/run-mode.ts'
import type { Race } from '../race/race.ts'
import { runRaces } from '../race/run-race.ts'
import type { Pace } from '../race/stopwatch.ts'
import type { Command, Result, Setup } from './measure.ts'

interface Subscriptions {
  readonly nodeArguments: readonly string[]
  readonly channels: readonly string[]
}

/** The contenders by their names in the figures. */
const contenders = {
  // The platform code for Workers has no channels. Looking up a token is otherwise the same work there.
  'without channels': { nodeArguments: ['--conditions=workerd'], channels: [] },
  'no subscribers': { nodeArguments: [], channels: [] },
  'subscribed to rejections, keys and revocations': {
    nodeArguments: [],
    channels: ['claimcheck:reject', 'claimcheck:keys', 'claimcheck:revoke'],
  },
  'subscribed to all four channels': {
    nodeArguments: [],
    channels: ['claimcheck:authenticate', 'claimcheck:reject', 'claimcheck:keys', 'claimcheck:revoke'],
  },
} as const satisfies Readonly<Record<string, Subscriptions>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]

export interface DiagnosticsFigures {
  /** How many tokens take turns. */
  readonly tokens: number
  readonly race: Race
  /** How many messages were published per token: none without a subscriber. */
  readonly messages: Readonly<Partial<Record<ContenderName, number>>>
}

interface Extent extends Pace {
  readonly tokens: number
  readonly races: number
  readonly rounds: number
}

const extents: Readonly<Record<RunMode, Extent>> = {
  full: {
    tokens: 1000,
    races: 9, // the expected difference is smaller than the one between two processes
    rounds: 150,
    warmupMilliseconds: 500,
    turnMilliseconds: 2,
    samples: 2,
    operationsPerSample: 100,
  },
  short: {
    tokens: 20,
    races: 1,
    rounds: 2,
    warmupMilliseconds: 1,
    turnMilliseconds: 1,
    samples: 1,
    operationsPerSample: 10,
  },
}

/** Measures what the diagnostics channels cost when a cached token is looked up. */
export async function runDiagnostics(mode: RunMode, progress: Progress): Promise<DiagnosticsFigures> {
  const { tokens, races, rounds, ...pace } = extents[mode]
  const { race, results } = await runRaces<ContenderName, 'messages', number>({
    contenders: contenderNames,
    races,
    rounds,
    start: async (contender) => {
      const { channels, nodeArguments } = contenders[contender]
      const setup: Setup = { contender, channels, tokens, pace }
      return Child.start<Command, Result>('diagnostics/measure', setup, mode, { nodeArguments })
    },
    finalCommand: 'messages',
    onRace: (done) => progress('channels', done, races),
  })
  return { tokens, race, messages: results }
}
