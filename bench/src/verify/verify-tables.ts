import { microseconds, ratio, tookPart, entryOf } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/chart.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import { benchAlgorithms } from '../tokens/issuer.ts'
import type { BenchAlgorithm } from '../tokens/issuer.ts'
import { contenderNames } from './contenders.ts'
import type { VerifyFigures } from './run-verify.ts'

const limit = 'node:crypto'

/** The figures of cold tokens, as Markdown. */
export function verifyTables(figures: VerifyFigures): string {
  const { mainNode, missingNodes } = figures
  const others = [...new Set(figures.races.map(({ node }) => node))].filter((node) => node !== mainNode)
  const parts = [
    picture('verify', 'Bars: how many times as long as the bare signature each package needs to verify a token'),
    `**Node ${mainNode}**, µs a token, and that as a multiple of the limit:`,
    tableOf(figures, mainNode, (race, name) => {
      return `${digits(microseconds(race, name))} (${times(ratio(race, name, limit))})`
    }),
    `The 99th percentile of single tokens, µs:`,
    tableOf(figures, mainNode, (race, name) => digits(entryOf(race, name).p99)),
    ...others.flatMap((node) => [
      `**Node ${node}**, as a multiple of the limit:`,
      tableOf(figures, node, (race, name) => {
        return name === limit ? `${digits(microseconds(race, name))} µs` : times(ratio(race, name, limit))
      }),
    ]),
    ...(missingNodes.length === 0 ? [] : [`Not installed, and so not measured: Node ${missingNodes.join(', ')}.`]),
  ]
  return parts.join('\n\n')
}

export function verifyCharts(figures: VerifyFigures): readonly Chart[] {
  return [
    {
      name: 'verify',
      title: 'A token that was never seen before',
      subtitle: `Time to verify it, as a multiple of what node:crypto needs for its signature alone. Node ${figures.mainNode}`,
      limits: [limit],
      columns: 3,
      panels: benchAlgorithms.map((algorithm) => {
        const race = raceOf(figures, figures.mainNode, algorithm)
        const bars = race.map(({ contender }) => ({ contender, ratio: ratio(race, contender, limit) }))
        return { title: algorithm, bars }
      }),
    },
  ]
}

export function raceOf({ races }: VerifyFigures, node: string, algorithm: BenchAlgorithm): Race {
  return races.find((each) => each.node === node && each.algorithm === algorithm)?.race ?? []
}

function tableOf(figures: VerifyFigures, node: string, cell: (race: Race, name: string) => string): string {
  const rows = contenderNames.map((name) => {
    const cells = benchAlgorithms.map((algorithm) => {
      const race = raceOf(figures, node, algorithm)
      return tookPart(race, name) ? cell(race, name) : '–'
    })
    return [name === limit ? '*node:crypto, the signature alone*' : nameCell(name), ...cells]
  })
  return table([['', ...benchAlgorithms], ...rows])
}
