import { entryOf, microseconds, ratio, tookPart } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/draw-chart.ts'
import { fasterPackages } from '../report/faster-packages.ts'
import type { FasterPackages } from '../report/faster-packages.ts'
import { atLeast, atMost } from '../report/goal.ts'
import type { Goal, Measurement } from '../report/goal.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import type { CacheFigures, CacheRace } from './run-cache.ts'

const baseline = 'Map.get'
const maxBytes = 1500

/** The figures of cached tokens, as Markdown. */
export function cacheTables({ races, memory }: CacheFigures): string {
  const parts = [
    picture('cache', 'Bars: how long each package takes to look up a cached token, as a multiple of Map.get'),
    'µs per token, and as a multiple of `Map.get` with the same strings:',
    tableOf(races, (race, name) => `${digits(microseconds(race, name))} (${times(ratio(race, name, baseline))})`),
    '99th percentile of samples of 100 tokens, µs per token:',
    tableOf(races, (race, name) => digits(entryOf(race, name).p99)),
    `Memory, with ${memory.tokens.toLocaleString('en')} cached tokens of twelve claims each:`,
    table([['', 'bytes per token'], ...Object.entries(memory.bytes).map(memoryRow)]),
  ]
  return parts.join('\n\n')
}

export function cacheCharts({ races }: CacheFigures): readonly Chart[] {
  const fresh = races.filter(({ strings }) => strings === 'fresh')
  return [
    {
      name: 'cache',
      title: 'Cached tokens',
      subtitle: 'Time to look up a token, as a multiple of Map.get; each token is a new string, as in a request',
      baselines: [baseline],
      columns: 3,
      panels: fresh.map(({ tokens, race }) => ({
        title: nameOf(tokens),
        bars: race.map(({ contender }) => ({ contender, ratio: ratio(race, contender, baseline) })),
      })),
    },
  ]
}

export function cacheGoals(figures: CacheFigures): readonly Goal[] {
  const toMap = figures.races
    .filter(({ tokens, strings }) => tokens === 1000 && strings === 'same')
    .map(({ race }) => ({ where: 'same strings', value: ratio(race, 'claimcheck', baseline) }))
  const toFastJwt = (tokens: number, peer: ContenderName) => ratiosOf(figures, tokens, peer)
  return [
    atMost('cached, 1,000 tokens, compared with `Map.get` of the same strings', 7, toMap),
    atLeast(
      'cached, 1,000 tokens, fast-jwt’s cache compared with claimcheck',
      4,
      toFastJwt(1000, 'fast-jwt, cache on'),
    ),
    atLeast(
      'cached, 100,000 tokens, fast-jwt’s sized cache compared with claimcheck',
      2,
      toFastJwt(100_000, 'fast-jwt, cache sized'),
    ),
    memoryGoal(figures),
  ]
}

/** The settings in which another package looks a token up in less time, or needs less memory. */
export function cacheFaster({ races, memory }: CacheFigures): readonly FasterPackages[] {
  const others = contenderNames.filter((name) => name !== baseline && name !== 'claimcheck')
  const lookups = races.flatMap(({ tokens, strings, race }) =>
    fasterPackages(
      `Cached token without a server, ${nameOf(tokens)}, ${strings} strings, µs`,
      microseconds(race, 'claimcheck'),
      others.filter((name) => tookPart(race, name)).map((name) => ({ name, value: microseconds(race, name) })),
    ),
  )
  const bytes = others.flatMap((name) => {
    const value = memory.bytes[name]
    return value === undefined ? [] : [{ name, value }]
  })
  return [...lookups, ...fasterPackages('Memory per cached token, bytes', memory.bytes.claimcheck ?? NaN, bytes)]
}

function nameOf(tokens: number): string {
  return tokens === 1 ? '1 token' : `${tokens.toLocaleString('en')} tokens in turn`
}

function tableOf(races: readonly CacheRace[], cell: (race: Race, name: string) => string): string {
  const head = races.map(({ tokens, strings }) => `${tokens.toLocaleString('en')}, ${strings}`)
  const rows = contenderNames.map((name) => {
    return [nameCell(name), ...races.map(({ race }) => (tookPart(race, name) ? cell(race, name) : '–'))]
  })
  return table([['', ...head], ...rows])
}

function memoryRow([contender, bytes]: readonly [string, number]): readonly string[] {
  return [nameCell(contender), bytes.toLocaleString('en')]
}

function ratiosOf({ races }: CacheFigures, tokens: number, peer: ContenderName): readonly Measurement[] {
  return races
    .filter((each) => each.tokens === tokens && tookPart(each.race, peer))
    .map(({ strings, race }) => ({ where: `${strings} strings`, value: ratio(race, peer, 'claimcheck') }))
}

function memoryGoal({ memory }: CacheFigures): Goal {
  const bytes = memory.bytes.claimcheck ?? NaN
  return {
    what: 'memory per cached token of twelve claims',
    bound: `below ${maxBytes.toLocaleString('en')} bytes`,
    figure: `${bytes.toLocaleString('en')} bytes`,
    met: bytes < maxBytes,
  }
}
