import { microseconds, ratio } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/draw-chart.ts'
import { fasterPackages } from '../report/faster-packages.ts'
import type { FasterPackages } from '../report/faster-packages.ts'
import type { Goal } from '../report/goal.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import type { StartFigures } from './run-start.ts'

const maxCoreBytes = 10_000

/** The figures of the start, as Markdown. */
export function startTables({ imports, firstRequests, coreBytes }: StartFigures): string {
  const parts = [
    picture('start', 'Bars: time to the first verified request, as a multiple of the bare framework'),
    'From the start of the process until the response to its first request (HS256), in ms:',
    ...firstRequests.map(({ framework, race }) => table([[framework, 'ms', 'ratio to bare'], ...rowsOf(race, 'bare')])),
    'Import of a package in a new process, in ms:',
    table([['', 'ms', 'ratio to jose'], ...rowsOf(imports, 'jose')]),
    `Core without its dependencies, minified and compressed with Brotli: ${coreBytes.toLocaleString('en')} bytes.`,
  ]
  return parts.join('\n\n')
}

export function startCharts({ firstRequests }: StartFigures): readonly Chart[] {
  return [
    {
      name: 'start',
      title: 'The first verified request of a new process',
      subtitle: 'Time from the start of the process, as a multiple of the bare framework',
      baselines: ['bare'],
      columns: 3,
      panels: firstRequests.map(({ framework, race }) => ({
        title: framework,
        bars: race.map(({ contender }) => ({ contender, ratio: ratio(race, contender, 'bare') })),
      })),
    },
  ]
}

export function startGoals({ coreBytes }: StartFigures): readonly Goal[] {
  return [
    {
      what: 'size of core without its dependencies',
      bound: `below ${maxCoreBytes.toLocaleString('en')} bytes`,
      figure: `${coreBytes.toLocaleString('en')} bytes`,
      met: coreBytes < maxCoreBytes,
    },
  ]
}

/** The packages with which a server starts, or that load, in less time. */
export function startFaster({ imports, firstRequests }: StartFigures): readonly FasterPackages[] {
  const milliseconds = (race: Race, own: string, isOther: (name: string) => boolean) => {
    const others = race.map(({ contender }) => contender).filter(isOther)
    return [
      microseconds(race, own) / 1000,
      others.map((name) => ({ name, value: microseconds(race, name) / 1000 })),
    ] as const
  }
  const isPeer = (name: string) => name !== 'bare' && name !== 'claimcheck'
  const isOtherPackage = (name: string) => !name.startsWith('@claimcheck/')
  return [
    ...firstRequests.flatMap(({ framework, race }) =>
      fasterPackages(`${framework}: start to first response, ms`, ...milliseconds(race, 'claimcheck', isPeer)),
    ),
    ...fasterPackages('Import of the package, ms', ...milliseconds(imports, '@claimcheck/core', isOtherPackage)),
  ]
}

function rowsOf(race: Race, baseline: string): readonly (readonly string[])[] {
  const hasBaseline = race.some(({ contender }) => contender === baseline)
  return race.map(({ contender }) => [
    contender.startsWith('@claimcheck/') ? `**${contender}**` : nameCell(contender),
    digits(microseconds(race, contender) / 1000),
    hasBaseline ? times(ratio(race, contender, baseline)) : '–',
  ])
}
