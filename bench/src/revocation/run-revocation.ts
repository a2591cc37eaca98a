import { Child } from '../lib/child-process.ts'
import type { Progress, RunMode } from '../lib/run-mode.ts'
import type { Race } from '../race/race.ts'
import { runRaces } from '../race/run-race.ts'
import type { Pace } from '../race/stopwatch.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import type { Command, Result, Setup } from './measure.ts'

export interface RevocationFigures {
  /** The number of revocations in a list that is not empty. */
  readonly active: number
  /** The number of tokens that take turns. */
  readonly tokens: number
  readonly race: Race
  /** How many tokens were revoked at the end, each in another way, and rejected from then on. */
  readonly revoked: Readonly<Partial<Record<ContenderName, number>>>
}

interface Extent extends Pace {
  readonly active: number
  readonly tokens: number
  readonly races: number
  readonly rounds: number
}

const extents: Readonly<Record<RunMode, Extent>> = {
  full: {
    active: 100_000,
    tokens: 1000,
    races: 5,
    rounds: 200,
    warmupMilliseconds: 500,
    turnMilliseconds: 2, // the expected difference is small: short turns are rarely interrupted
    samples: 2,
    operationsPerSample: 100,
  },
  short: {
    active: 60,
    tokens: 20,
    races: 2,
    rounds: 1,
    warmupMilliseconds: 1,
    turnMilliseconds: 1,
    samples: 1,
    operationsPerSample: 10,
  },
}

/** Measures what revocation costs when a cached token is looked up. */
export async function runRevocation(mode: RunMode, progress: Progress): Promise<RevocationFigures> {
  const { active, tokens, races, rounds, ...pace } = extents[mode]
  const { race, results } = await runRaces<ContenderName, 'revoke', number>({
    contenders: contenderNames,
    races,
    rounds,
    start: async (contender) => {
      const setup: Setup = { contender, active, tokens, pace }
      return Child.start<Command, Result>('revocation/measure', setup, mode)
    },
    finalCommand: 'revoke',
    onRace: (done) => progress(`${active.toLocaleString('en')} revocations`, done, races),
  })
  return { active, tokens, race, revoked: results }
}
