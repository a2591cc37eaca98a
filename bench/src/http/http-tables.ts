import { entryOf, microseconds, ratio, tookPart } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/chart.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import { frameworks } from './contender.ts'
import type { Framework } from './contender.ts'
import { peersOn } from './contenders.ts'
import type { HttpFigures, HttpRace } from './run-http.ts'
import type { Working } from './extent.ts'

export const workingLabels: Readonly<Record<Working, string>> = {
  'one token': '1 token',
  'many tokens': '1,000 tokens',
  'first seen': 'never seen',
}

/** The figures of servers, as Markdown. */
export function httpTables(figures: HttpFigures): string {
  const parts = [
    picture('http', 'Bars: what a request costs with each package, as a multiple of what it costs the bare framework'),
    picture('http-cold', 'Bars: the same, with tokens that were never seen before'),
    ...frameworks.flatMap((framework) => [
      `### ${framework}`,
      'µs of processor time a request, and that as a multiple of the bare framework’s:',
      tableOf(figures, framework, (race, name) => {
        return `${digits(microseconds(race, name))} (${times(ratio(race, name, 'bare'))})`
      }),
      'What callers waited, the 99th percentile, ms:',
      tableOf(figures, framework, (race, name) => digits(entryOf(race, name).p99 / 1000)),
    ]),
  ]
  return parts.join('\n\n')
}

export function httpCharts(figures: HttpFigures): readonly Chart[] {
  const subtitle = 'Processor time of a request, as a multiple of what the bare framework needs'
  const panelsOf = (working: Working) =>
    figures.races
      .filter((race) => race.working === working && race.algorithm === 'RS256')
      .map(({ framework, race }) => ({
        title: framework,
        bars: race.map(({ contender }) => ({ contender, ratio: ratio(race, contender, 'bare') })),
      }))
  return [
    {
      name: 'http',
      title: 'Protecting a server, 1,000 callers in turn (RS256)',
      subtitle: `${subtitle}; the ceiling looks the token up in a Map, and does nothing else`,
      limits: ['bare', 'ceiling'],
      columns: 3,
      panels: panelsOf('many tokens'),
    },
    {
      name: 'http-cold',
      title: 'Protecting a server, every token new (RS256)',
      subtitle,
      limits: ['bare', 'ceiling'],
      columns: 3,
      panels: panelsOf('first seen'),
    },
  ]
}

function tableOf({ races }: HttpFigures, framework: Framework, cell: (race: Race, name: string) => string): string {
  const own = races.filter((race) => race.framework === framework)
  const rows = ['bare', 'ceiling', 'claimcheck', ...peersOn(framework)].map((name) => {
    return [nameCell(name), ...own.map(({ race }) => (tookPart(race, name) ? cell(race, name) : '–'))]
  })
  return table([['', ...own.map(headOf)], ...rows])
}

function headOf({ algorithm, working }: HttpRace): string {
  return `${algorithm}, ${workingLabels[working]}`
}
