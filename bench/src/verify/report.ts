import { entryOf, microseconds, ratio, tookPart } from '../race/race.ts'
import type { Race } from '../race/race.ts'
import type { Chart } from '../report/draw-chart.ts'
import { fasterPackages } from '../report/faster-packages.ts'
import type { FasterPackages } from '../report/faster-packages.ts'
import { atMost, faster } from '../report/goal.ts'
import type { Goal } from '../report/goal.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import { benchAlgorithms } from '../tokens/issuer.ts'
import type { BenchAlgorithm } from '../tokens/issuer.ts'
import { contenderNames, peers } from './contenders.ts'
import type { VerifyFigures } from './run-verify.ts'

const baseline = 'node:crypto'

/** The figures of uncached tokens, as Markdown. */
export function verifyTables(figures: VerifyFigures): string {
  const { mainNode, missingNodes } = figures
  const others = [...new Set(figures.races.map(({ node }) => node))].filter((node) => node !== mainNode)
  const parts = [
    picture('verify', 'Bars: how long each package takes to verify a token, as a multiple of node:crypto'),
    `Node ${mainNode}, µs per token, and as a multiple of node:crypto:`,
    tableOf(figures, mainNode, (race, name) => {
      return `${digits(microseconds(race, name))} (${times(ratio(race, name, baseline))})`
    }),
    `99th percentile of single tokens, µs:`,
    tableOf(figures, mainNode, (race, name) => digits(entryOf(race, name).p99)),
    ...others.flatMap((node) => [
      `Node ${node}, as a multiple of node:crypto:`,
      tableOf(figures, node, (race, name) => {
        return name === baseline ? `${digits(microseconds(race, name))} µs` : times(ratio(race, name, baseline))
      }),
    ]),
    ...(missingNodes.length === 0 ? [] : [`Not measured, because not installed: Node ${missingNodes.join(', ')}.`]),
  ]
  return parts.join('\n\n')
}

export function verifyCharts(figures: VerifyFigures): readonly Chart[] {
  return [
    {
      name: 'verify',
      title: 'First-seen tokens, without a server',
      subtitle: `Time to verify a token, as a multiple of node:crypto, which checks only the signature. Node ${figures.mainNode}`,
      baselines: [baseline],
      columns: 3,
      panels: benchAlgorithms.map((algorithm) => {
        const race = raceOf(figures, figures.mainNode, algorithm)
        const bars = race.map(({ contender }) => ({ contender, ratio: ratio(race, contender, baseline) }))
        return { title: algorithm, bars }
      }),
    },
  ]
}

export function verifyGoals(figures: VerifyFigures): readonly Goal[] {
  const races = benchAlgorithms.map((algorithm) => ({ algorithm, race: raceOf(figures, figures.mainNode, algorithm) }))
  const toBaseline = races.map(({ algorithm, race }) => {
    const max = algorithm === 'HS256' ? 2.5 : 1.15
    const value = ratio(race, 'claimcheck', baseline)
    return atMost(`first seen, ${algorithm}, compared with node:crypto`, max, [{ where: algorithm, value }])
  })
  const toPeers = races.flatMap(({ algorithm, race }) =>
    peers
      .filter((peer) => tookPart(race, peer))
      .map((peer) => ({ where: `${algorithm}, ${peer}`, value: ratio(race, 'claimcheck', peer) })),
  )
  return [...toBaseline, faster('first seen, compared with every other package', toPeers)]
}

/** The algorithms with which another package needs less time. */
export function verifyFaster(figures: VerifyFigures): readonly FasterPackages[] {
  return benchAlgorithms.flatMap((algorithm) => {
    const race = raceOf(figures, figures.mainNode, algorithm)
    if (!tookPart(race, 'claimcheck')) return []
    const others = peers.filter((peer) => tookPart(race, peer))
    return fasterPackages(
      `First-seen token without a server, ${algorithm}, µs`,
      microseconds(race, 'claimcheck'),
      others.map((name) => ({ name, value: microseconds(race, name) })),
    )
  })
}

function raceOf({ races }: VerifyFigures, node: string, algorithm: BenchAlgorithm): Race {
  return races.find((each) => each.node === node && each.algorithm === algorithm)?.race ?? []
}

function tableOf(figures: VerifyFigures, node: string, cell: (race: Race, name: string) => string): string {
  const rows = contenderNames.map((name) => {
    const cells = benchAlgorithms.map((algorithm) => {
      const race = raceOf(figures, node, algorithm)
      return tookPart(race, name) ? cell(race, name) : '–'
    })
    return [name === baseline ? '*node:crypto, signature only*' : nameCell(name), ...cells]
  })
  return table([['', ...benchAlgorithms], ...rows])
}
