import { microseconds, ratio } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/chart.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import type { StartFigures } from './run-start.ts'

/** The figures of the start, as Markdown. */
export function startTables({ imports, firstRequests, coreBytes }: StartFigures): string {
  const parts = [
    picture('start', 'Bars: time to the first verified request, as a multiple of the bare framework’s'),
    'From the start of the process to the answer of its first request, HS256, ms:',
    ...firstRequests.map(({ framework, race }) => table([[framework, 'ms', '× bare'], ...rowsOf(race, 'bare')])),
    'An import, in a process that has imported nothing yet, ms:',
    table([['', 'ms', '× jose'], ...rowsOf(imports, 'jose')]),
    `Core without its dependencies, minified and packed with Brotli: ${coreBytes.toLocaleString('en')} bytes.`,
  ]
  return parts.join('\n\n')
}

export function startCharts({ firstRequests }: StartFigures): readonly Chart[] {
  return [
    {
      name: 'start',
      title: 'The first verified request of a new process',
      subtitle: 'Time from the start of the process, as a multiple of what the bare framework needs',
      limits: ['bare'],
      columns: 3,
      panels: firstRequests.map(({ framework, race }) => ({
        title: framework,
        bars: race.map(({ contender }) => ({ contender, ratio: ratio(race, contender, 'bare') })),
      })),
    },
  ]
}

function rowsOf(race: Race, measure: string): readonly (readonly string[])[] {
  const hasMeasure = race.some(({ contender }) => contender === measure)
  return race.map(({ contender }) => [
    contender.startsWith('@claimcheck/') ? `**${contender}**` : nameCell(contender),
    digits(microseconds(race, contender) / 1000),
    hasMeasure ? times(ratio(race, contender, measure)) : '–',
  ])
}
