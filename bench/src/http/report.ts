import { entryOf, microseconds, ratio, tookPart } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/draw-chart.ts'
import { fasterPackages, listOf } from '../report/faster-packages.ts'
import type { FasterPackages } from '../report/faster-packages.ts'
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
  uncached: 'first seen',
}

/** The baselines by their names in the tables and charts. */
const baselineLabels: ReadonlyMap<string, string> = new Map([
  ['bare', 'bare framework'],
  ['ceiling', 'look-up only'],
])

/** The comparison that the page begins with: a token that was seen before, and one that was not. */
export function httpSummary(figures: HttpFigures): string {
  const { races } = figures
  const rows = frameworks.flatMap((framework) => {
    const [seen, fresh] = [raceOf(figures, framework, 'many tokens'), raceOf(figures, framework, 'uncached')]
    return ['bare', 'claimcheck', ...peersOn(framework)].map((name) => [
      framework,
      labelOf(name),
      ...[seen, fresh].map((race) => (tookPart(race, name) ? costOf(race, name) : '–')),
    ])
  })
  const slower = races.flatMap((each) => fasterIn(each, 'µs', microseconds))
  const sentence = slower.map(({ what, own, others }) => `${what}: ${listOf(others)}, claimcheck ${digits(own)}`)
  return [
    `Other packages need less processor time per request in ${sentence.length} of ${races.length} cases${sentence.length === 0 ? '' : ` (${sentence.join('; ')})`}. They are also faster in [other measurements](#where-other-packages-are-faster).`,
    picture('http', 'Bars: the processor time of a request with each package, as a multiple of the bare framework'),
    'Processor time per request (RS256) in µs, and as a multiple of the bare framework:',
    table([['framework', 'package', 'token seen before', 'token first seen'], ...rows], '--:', 2),
  ].join('\n\n')
}

/** The figures of servers, as Markdown. */
export function httpTables(figures: HttpFigures): string {
  const parts = frameworks.flatMap((framework) => [
    `### ${framework}`,
    'Processor time per request in µs, and as a multiple of the bare framework:',
    tableOf(figures, framework, costOf),
    'Latency for the clients, 99th percentile, in ms:',
    tableOf(figures, framework, (race, name) => digits(entryOf(race, name).p99 / 1000)),
  ])
  return parts.join('\n\n')
}

export function httpCharts(figures: HttpFigures): readonly Chart[] {
  const panelOf = (framework: Framework, tokens: TokenCount, title: string) => {
    const race = raceOf(figures, framework, tokens)
    const bars = race.map(({ contender }) => ({
      contender: baselineLabels.get(contender) ?? contender,
      ratio: ratio(race, contender, 'bare'),
    }))
    return race.length === 0 ? [] : [{ title: `${framework}, ${title}`, bars }]
  }
  return [
    {
      name: 'http',
      title: 'Cost of a request with each package (RS256)',
      subtitle: 'Processor time, as a multiple of the bare framework. "Look-up only" finds the token in a Map',
      baselines: [...baselineLabels.values()],
      columns: 2,
      // As wide as the text of the site, so that the browser does not scale it down.
      width: 690,
      panels: frameworks.flatMap((framework) => [
        ...panelOf(framework, 'many tokens', 'token seen before'),
        ...panelOf(framework, 'uncached', 'token first seen'),
      ]),
    },
  ]
}

export function httpGoals({ races }: HttpFigures): readonly Goal[] {
  const cached = races.filter(({ tokens }) => tokens !== 'uncached')
  const uncached = races.filter(({ tokens }) => tokens === 'uncached')
  const toLookup = cached.map((each) => ({ where: caseOf(each), value: ratio(each.race, 'claimcheck', 'ceiling') }))
  return [
    atMost('server, seen before, compared with a look-up only', 1.05, toLookup),
    faster('server, seen before, compared with every other package', cached.flatMap(toPeers)),
    faster('server, first seen, compared with every other package', uncached.flatMap(toPeers)),
  ]
}

/** The races in which another package needs less processor time, or has a lower latency. */
export function httpFaster({ races }: HttpFigures): readonly FasterPackages[] {
  return races.flatMap((each) => [
    ...fasterIn(each, 'µs per request', microseconds),
    ...fasterIn(each, 'latency, 99th percentile, ms', (race, name) => entryOf(race, name).p99 / 1000),
  ])
}

function fasterIn(each: HttpRace, unit: string, figureOf: (race: Race, name: string) => number) {
  const others = peersOn(each.framework).map((name) => ({ name, value: figureOf(each.race, name) }))
  return fasterPackages(`${caseOf(each)}, ${unit}`, figureOf(each.race, 'claimcheck'), others)
}

function toPeers(each: HttpRace): readonly Measurement[] {
  return peersOn(each.framework).map((peer) => {
    return { where: `${caseOf(each)}, ${peer}`, value: ratio(each.race, 'claimcheck', peer) }
  })
}

function caseOf({ framework, algorithm, tokens }: HttpRace): string {
  return `${framework}, ${algorithm}, ${labels[tokens]}`
}

function raceOf({ races }: HttpFigures, framework: Framework, tokens: TokenCount): Race {
  const isShown = (each: HttpRace) => each.framework === framework && each.tokens === tokens
  return races.find((each) => isShown(each) && each.algorithm === 'RS256')?.race ?? []
}

function costOf(race: Race, name: string): string {
  return `${digits(microseconds(race, name))} (${times(ratio(race, name, 'bare'))})`
}

function labelOf(name: string): string {
  return baselineLabels.get(name) ?? nameCell(name)
}

function tableOf({ races }: HttpFigures, framework: Framework, cell: (race: Race, name: string) => string): string {
  const own = races.filter((race) => race.framework === framework)
  const rows = ['bare', 'ceiling', 'claimcheck', ...peersOn(framework)].map((name) => {
    return [labelOf(name), ...own.map(({ race }) => (tookPart(race, name) ? cell(race, name) : '–'))]
  })
  const head = own.map(({ algorithm, tokens }) => `${algorithm}, ${labels[tokens]}`)
  return table([['', ...head], ...rows])
}
