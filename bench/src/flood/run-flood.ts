import type { Form, Progress } from '../form.ts'
import { frameworks } from '../http/contender.ts'
import type { Framework } from '../http/contender.ts'
import { peersOn } from '../http/contenders.ts'
import { ServedContender } from '../http/served-contender.ts'
import { Supplies } from '../http/supplies.ts'
import type { Supply } from '../http/supplies.ts'
import type { Race } from '../race/race.ts'
import { runRace } from '../race/run-race.ts'
import type { Runner } from '../race/run-race.ts'
import { extents } from './extent.ts'
import { callAmid } from './good-caller.ts'
import type { GoodCaller } from './good-caller.ts'
import { kinds, makeBad } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { answerTo } from './static-answer.ts'

export interface FloodFigures {
  readonly floods: readonly FrameworkFlood[]
}

export interface FrameworkFlood {
  readonly framework: Framework
  /** Processor time a request, of every contender with every kind of token: see `entryName`. */
  readonly race: Race
  /** How a good caller of claimcheck and of its peers fares amid each kind. */
  readonly amid: readonly (GoodCaller & { readonly contender: string; readonly kind: Kind })[]
}

export type Sort = Kind | 'good, seen before' | 'good, first seen'

/** The name that a contender goes by in the race, with one sort of tokens. */
export function entryName(contender: string, sort: Sort): string {
  return `${contender}: ${sort}`
}

interface Grounds {
  readonly form: Form
  readonly framework: Framework
  readonly supply: Supply
  readonly files: Readonly<Record<Sort, string>>
}

/** Floods every contender's server with bad tokens, framework by framework. */
export async function runFlood(form: Form, progress: Progress): Promise<FloodFigures> {
  const supplies = await Supplies.open()
  const floods: FrameworkFlood[] = []
  try {
    progress('tokens', 0, frameworks.length + 1)
    const supply = supplies.issue('RS256', extents[form].firstSeen)
    const files = writeFiles(supplies, supply, extents[form].tokens)
    for (const [index, framework] of frameworks.entries()) {
      progress(framework, index + 1, frameworks.length + 1)
      floods.push(await floodOn({ form, framework, supply, files }))
    }
  } finally {
    await supplies.close()
  }
  return { floods }
}

function writeFiles(supplies: Supplies, { issuer, good }: Supply, tokens: number): Grounds['files'] {
  const bad = kinds.map((kind) => {
    return [kind, supplies.write(Array.from({ length: tokens }, (_, index) => makeBad[kind](issuer, index)))] as const
  })
  return {
    // One entry a kind, so all of them are there.
    ...(Object.fromEntries(bad) as Record<Kind, string>),
    'good, seen before': supplies.write(good.slice(0, tokens)),
    'good, first seen': supplies.write(good),
  }
}

async function floodOn(grounds: Grounds): Promise<FrameworkFlood> {
  const { form, framework, supply } = grounds
  const { kinds: sent, withPeers, rounds, milliseconds } = extents[form]
  const start = (contender: string) => ServedContender.start({ framework, contender, terms: supply.terms }, form)
  const names = ['static', 'claimcheck', 'claimcheck', ...(withPeers ? peersOn(framework) : [])]
  const servers = await Promise.all(names.map(start))
  const [still, claimcheck, cold, ...peers] = servers
  if (still === undefined || claimcheck === undefined || cold === undefined) throw new Error('No server was started')
  try {
    for (const server of [claimcheck, cold, ...peers]) await server.check(supply)
    const runners = [
      ...(await staticRunners(still, claimcheck, grounds)),
      ...[claimcheck, ...peers].flatMap((server) =>
        [...sent, 'good, seen before' as const].map(runnerOf(server, grounds)),
      ),
      runnerOf(cold, grounds)('good, first seen'),
    ]
    for (const { turn } of runners) for (let time = 0; time < extents[form].warmTurns; time++) await turn()
    const race = await runRace(runners, rounds)
    const amid: FrameworkFlood['amid'][number][] = []
    for (const server of [claimcheck, ...peers]) {
      for (const kind of sent) {
        const flood = { file: grounds.files[kind], milliseconds }
        const caller = await callAmid(flood, server, supply.good[0] ?? '')
        amid.push({ contender: server.name, kind, ...caller })
      }
    }
    return { framework, race, amid }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function runnerOf(server: ServedContender, { form, files }: Grounds): (sort: Sort) => Runner {
  const { milliseconds } = extents[form]
  return (sort) => {
    const outcome = sort === 'good, seen before' || sort === 'good, first seen' ? 'handled' : 'refused'
    const traffic = { file: files[sort], milliseconds, outcome } as const
    return { contender: entryName(server.name, sort), turn: () => server.turn(traffic) }
  }
}

/** The framework answers the bytes that claimcheck answers to each kind, without looking at a token. */
async function staticRunners(still: ServedContender, claimcheck: ServedContender, grounds: Grounds): Promise<Runner[]> {
  const { issuer } = grounds.supply
  return Promise.all(
    extents[grounds.form].kinds.map(async (kind) => {
      const answer = await answerTo(claimcheck, makeBad[kind](issuer, 0))
      const { contender, turn } = runnerOf(still, grounds)(kind)
      return {
        contender,
        turn: async () => {
          await still.answer(answer)
          return turn()
        },
      }
    }),
  )
}
