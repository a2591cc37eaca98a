import { entryOf, microseconds, ratio, tookPart } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/chart.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import { contenderNames } from './contenders.ts'
import type { CacheFigures, CacheRace } from './run-cache.ts'

const limit = 'Map.get'

/** The figures of warm tokens, as Markdown. */
export function cacheTables({ races, weights }: CacheFigures): string {
  const parts = [
    picture('cache', 'Bars: how many times as long as a look-up in a Map each package needs to recall a token'),
    'µs a token, and that as a multiple of `Map.get` with the same strings:',
    tableOf(races, (race, name) => `${digits(microseconds(race, name))} (${times(ratio(race, name, limit))})`),
    'The 99th percentile of a hundred tokens together, µs a token:',
    tableOf(races, (race, name) => digits(entryOf(race, name).p99)),
    `Memory, of ${weights.held.toLocaleString('en')} tokens with twelve claims each:`,
    table([['', 'bytes a token'], ...Object.entries(weights.bytes).map(weightRow)]),
  ]
  return parts.join('\n\n')
}

export function cacheCharts({ races }: CacheFigures): readonly Chart[] {
  const fresh = races.filter(({ strings }) => strings === 'fresh')
  return [
    {
      name: 'cache',
      title: 'A token that was seen before',
      subtitle:
        'Time to recall its caller, as a multiple of Map.get; each token a fresh string, as a request brings it',
      limits: [limit],
      columns: 3,
      panels: fresh.map(({ tokens, race }) => ({
        title: tokens === 1 ? '1 token' : `${tokens.toLocaleString('en')} tokens in turn`,
        bars: race.map(({ contender }) => ({ contender, ratio: ratio(race, contender, limit) })),
      })),
    },
  ]
}

function tableOf(races: readonly CacheRace[], cell: (race: Race, name: string) => string): string {
  const head = races.map(({ tokens, strings }) => `${tokens.toLocaleString('en')}, ${strings}`)
  const rows = contenderNames.map((name) => {
    return [nameCell(name), ...races.map(({ race }) => (tookPart(race, name) ? cell(race, name) : '–'))]
  })
  return table([['', ...head], ...rows])
}

function weightRow([contender, bytes]: readonly [string, number]): readonly string[] {
  return [nameCell(contender), bytes.toLocaleString('en')]
}
