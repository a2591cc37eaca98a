import type { Progress, RunMode } from '../lib/run-mode.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import { frameworks } from './contender.ts'
import type { Framework } from './contender.ts'
import { ContenderServer } from './contender-server.ts'
import type { Traffic } from './contender-server.ts'
import { peersOn } from './contenders.ts'
import { TokenSource } from './token-supply.ts'
import type { HttpAlgorithm, TokenSupply } from './token-supply.ts'

/** How many tokens are sent in turn. `uncached` are more than any cache can store. */
export type TokenCount = 'one token' | 'many tokens' | 'uncached'

interface HttpCase {
  readonly algorithm: HttpAlgorithm
  readonly tokens: TokenCount
}

export interface HttpFigures {
  readonly races: readonly HttpRace[]
}

/** Processor time per request. The p99 is of the latency that clients see. */
export interface HttpRace extends HttpCase {
  readonly framework: Framework
  readonly race: Race
}

interface Extent {
  readonly cases: readonly HttpCase[]
  readonly tokens: Readonly<Record<TokenCount, number>>
  readonly rounds: number
  readonly warmupTurns: number
  readonly milliseconds: number
}

const extents: Readonly<Record<RunMode, Extent>> = {
  full: {
    cases: [
      { algorithm: 'HS256', tokens: 'one token' },
      { algorithm: 'HS256', tokens: 'many tokens' },
      { algorithm: 'RS256', tokens: 'one token' },
      { algorithm: 'RS256', tokens: 'many tokens' },
      { algorithm: 'RS256', tokens: 'uncached' },
    ],
    tokens: { 'one token': 1, 'many tokens': 1000, uncached: 12_000 },
    rounds: 8,
    warmupTurns: 4,
    milliseconds: 400,
  },
  short: {
    cases: [{ algorithm: 'RS256', tokens: 'many tokens' }],
    tokens: { 'one token': 1, 'many tokens': 3, uncached: 3 },
    rounds: 1,
    warmupTurns: 0,
    milliseconds: 50,
  },
}

/** Puts the server of every contender under load, one framework after the other. */
export async function runHttp(mode: RunMode, progress: Progress): Promise<HttpFigures> {
  const { cases, tokens } = extents[mode]
  const source = await TokenSource.start()
  const races: HttpRace[] = []
  try {
    for (const [index, each] of cases.entries()) {
      const supply = source.issue(each.algorithm, tokens[each.tokens])
      const file = source.write(supply.valid)
      for (const [step, framework] of frameworks.entries()) {
        const label = `${framework}, ${each.algorithm}, ${each.tokens}`
        progress(label, index * frameworks.length + step, cases.length * frameworks.length)
        const race = await raceOn(framework, { supply, file, isUncached: each.tokens === 'uncached' }, mode)
        races.push({ ...each, framework, race })
      }
    }
  } finally {
    await source.close()
  }
  return { races }
}

interface Input {
  readonly supply: TokenSupply
  readonly file: string
  readonly isUncached: boolean
}

async function raceOn(framework: Framework, { supply, file, isUncached }: Input, mode: RunMode): Promise<Race> {
  const { rounds, warmupTurns, milliseconds } = extents[mode]
  // An uncached token cannot be looked up, so there is no ceiling for it.
  const baselines = isUncached ? ['bare'] : ['bare', 'ceiling']
  const names = [...baselines, 'claimcheck', ...peersOn(framework)]
  const servers = await Promise.all(
    names.map((contender) => ContenderServer.start({ framework, contender, terms: supply.terms }, mode)),
  )
  try {
    const traffic: Traffic = { file, milliseconds, outcome: 'handled' }
    for (const server of servers) {
      await server.check(supply)
      await server.warmUp(traffic, warmupTurns, isUncached ? 0 : supply.valid.length)
    }
    const runners = servers.map((server) => ({ contender: server.name, turn: () => server.turn(traffic) }))
    return await runRace(runners, rounds)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
