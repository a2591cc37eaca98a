import { entryOf, microseconds, ratio, tookPart } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/draw-chart.ts'
import { atMost, faster } from '../report/goal.ts'
import type { Goal, Measurement } from '../report/goal.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import { frameworks } from './contender.ts'
import type { Framework } from './contender.ts'
import { peersOn } from './contenders.ts'
import type { HttpFigures, HttpRace, TokenCount } from './run-http.ts'

const labels: Readonly<Record<TokenCount, string>> = {
  'one token': '1 token',
  'many tokens': '1,000 tokens',
  uncached: 'uncached',
}

/** The figures of servers, as Markdown. */
export function httpTables(figures: HttpFigures): string {
  const parts = [
    picture('http', 'Bars: what a request costs with each package, as a multiple of the bare framework'),
    picture('http-cold', 'Bars: the same, with uncached tokens'),
    ...frameworks.flatMap((framework) => [
      `### ${framework}`,
      'µs of processor time per request, and as a multiple of the bare framework:',
      tableOf(figures, framework, (race, name) => {
        return `${digits(microseconds(race, name))} (${times(ratio(race, name, 'bare'))})`
      }),
      'Latency that clients see, the 99th percentile, ms:',
      tableOf(figures, framework, (race, name) => digits(entryOf(race, name).p99 / 1000)),
    ]),
  ]
  return parts.join('\n\n')
}

export function httpCharts(figures: HttpFigures): readonly Chart[] {
  const subtitle = 'Processor time per request, as a multiple of the bare framework'
  const panelsOf = (tokens: TokenCount) =>
    figures.races
      .filter((race) => race.tokens === tokens && race.algorithm === 'RS256')
      .map(({ framework, race }) => ({
        title: framework,
        bars: race.map(({ contender }) => ({ contender, ratio: ratio(race, contender, 'bare') })),
      }))
  return [
    {
      name: 'http',
      title: 'Protecting a server, 1,000 callers in turn (RS256)',
      subtitle: `${subtitle}; the ceiling only looks the token up in a Map`,
      baselines: ['bare', 'ceiling'],
      columns: 3,
      panels: panelsOf('many tokens'),
    },
    {
      name: 'http-cold',
      title: 'Protecting a server, uncached tokens (RS256)',
      subtitle,
      baselines: ['bare', 'ceiling'],
      columns: 3,
      panels: panelsOf('uncached'),
    },
  ]
}

export function httpGoals({ races }: HttpFigures): readonly Goal[] {
  const cached = races.filter(({ tokens }) => tokens !== 'uncached')
  const uncached = races.filter(({ tokens }) => tokens === 'uncached')
  const toCeiling = cached.map((each) => ({ where: labelOf(each), value: ratio(each.race, 'claimcheck', 'ceiling') }))
  return [
    atMost('http, cached, compared with the ceiling', 1.05, toCeiling),
    faster('http, cached, compared with every peer', cached.flatMap(toPeers)),
    faster('http, uncached RS256, compared with every peer', uncached.flatMap(toPeers)),
  ]
}

function toPeers(each: HttpRace): readonly Measurement[] {
  return peersOn(each.framework).map((peer) => {
    return { where: `${labelOf(each)}, ${peer}`, value: ratio(each.race, 'claimcheck', peer) }
  })
}

function labelOf({ framework, algorithm, tokens }: HttpRace): string {
  return `${framework}, ${algorithm}, ${labels[tokens]}`
}

function tableOf({ races }: HttpFigures, framework: Framework, cell: (race: Race, name: string) => string): string {
  const own = races.filter((race) => race.framework === framework)
  const rows = ['bare', 'ceiling', 'claimcheck', ...peersOn(framework)].map((name) => {
    return [nameCell(name), ...own.map(({ race }) => (tookPart(race, name) ? cell(race, name) : '–'))]
  })
  const head = own.map(({ algorithm, tokens }) => `${algorithm}, ${labels[tokens]}`)
  return table([['', ...head], ...rows])
}
