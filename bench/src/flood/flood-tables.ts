import { microseconds, ratio, tookPart } from '../race/race.ts'
import type { Chart } from '../report/chart.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import { kinds } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { entryName } from './run-flood.ts'
import type { FloodFigures, FrameworkFlood, Sort } from './run-flood.ts'

const good = ['good, seen before', 'good, first seen'] as const

/** The figures of floods, as Markdown. */
export function floodTables({ floods }: FloodFigures): string {
  const parts = [
    picture('flood', 'Bars: what a refusal costs, as a multiple of a static answer of the framework'),
    ...floods.flatMap((flood) => [
      `### ${flood.framework}`,
      'µs of processor time a refusal, and that as a multiple of the static answer’s; good requests beside them:',
      costs(flood),
      'A good caller amid the flood: how many of its requests passed, and its median wait in ms:',
      callers(flood),
    ]),
  ]
  return parts.join('\n\n')
}

export function floodCharts({ floods }: FloodFigures): readonly Chart[] {
  const shown: readonly Kind[] = ['expired', 'wrongly signed']
  return [
    {
      name: 'flood',
      title: 'A flood of bad tokens',
      subtitle: 'Processor time of a refusal, as a multiple of what the framework needs for the same answer unasked',
      limits: ['static 401'],
      columns: 3,
      panels: shown.flatMap((kind) =>
        floods
          .filter(({ race }) => tookPart(race, entryName('static', kind)))
          .map((flood) => ({ title: `${flood.framework}, ${kind}`, bars: barsOf(flood, kind) })),
      ),
    },
  ]
}

function barsOf({ race, amid }: FrameworkFlood, kind: Kind) {
  const names = ['static', ...new Set(amid.map(({ contender }) => contender))]
  const toStatic = (name: string) => ratio(race, entryName(name, kind), entryName('static', kind))
  return names
    .filter((name) => tookPart(race, entryName(name, kind)))
    .map((contender) => ({ contender: contender === 'static' ? 'static 401' : contender, ratio: toStatic(contender) }))
}

function costs({ race, amid }: FrameworkFlood): string {
  const names = ['static', ...new Set(amid.map(({ contender }) => contender))]
  const cell = (name: string, sort: Sort) => {
    const entry = entryName(name, sort)
    if (!tookPart(race, entry)) return '–'
    const still = entryName('static', sort)
    const cost = digits(microseconds(race, entry))
    return tookPart(race, still) ? `${cost} (${times(ratio(race, entry, still))})` : cost
  }
  const rows = names.map((name) => [
    name === 'static' ? '*static 401*' : nameCell(name),
    ...[...kinds, ...good].map((sort) => cell(name, sort)),
  ])
  return table([['', ...kinds, ...good], ...rows])
}

function callers({ amid }: FrameworkFlood): string {
  const names = [...new Set(amid.map(({ contender }) => contender))]
  const cell = (name: string, kind: Kind) => {
    const caller = amid.find((each) => each.contender === name && each.kind === kind)
    return caller === undefined ? '–' : `${caller.passed} of ${caller.sent}, ${digits(caller.medianMilliseconds)}`
  }
  return table([['', ...kinds], ...names.map((name) => [nameCell(name), ...kinds.map((kind) => cell(name, kind))])])
}
