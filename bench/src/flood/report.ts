import { microseconds, ratio, tookPart } from '../race/race.ts'
import type { Chart } from '../report/draw-chart.ts'
import { fasterPackages } from '../report/faster-packages.ts'
import type { FasterPackages } from '../report/faster-packages.ts'
import { atMost } from '../report/goal.ts'
import type { Goal, Measurement } from '../report/goal.ts'
import { digits, nameCell, picture, table, times } from '../report/markdown.ts'
import { defects, entryName } from './run-flood.ts'
import type { Defect, FloodFigures, FrameworkFlood, TokenKind } from './run-flood.ts'

const validKinds = ['valid, cached', 'valid, uncached'] as const

/** The figures of floods, as Markdown. */
export function floodTables({ floods }: FloodFigures): string {
  const parts = [
    picture('flood', 'Bars: what a rejected request costs, as a multiple of a static response of the framework'),
    ...floods.flatMap((flood) => [
      `### ${flood.framework}`,
      'Processor time per rejected request in µs, and as a multiple of the static response. On the right, valid requests:',
      costTable(flood),
      'Accepted requests of a client with a valid token during the flood, and its median latency in ms:',
      clientTable(flood),
    ]),
  ]
  return parts.join('\n\n')
}

export function floodCharts({ floods }: FloodFigures): readonly Chart[] {
  const shown: readonly Defect[] = ['expired', 'wrong signature']
  return [
    {
      name: 'flood',
      title: 'A flood of invalid tokens',
      subtitle:
        'Processor time per rejected request, as a multiple of the same response sent without reading the token',
      baselines: ['static 401'],
      columns: 3,
      panels: shown.flatMap((defect) =>
        floods
          .filter(({ race }) => tookPart(race, entryName('static', defect)))
          .map((flood) => ({ title: `${flood.framework}, ${defect}`, bars: barsOf(flood, defect) })),
      ),
    },
  ]
}

export function floodGoals(figures: FloodFigures): readonly Goal[] {
  const toStatic = (['malformed', 'expired'] as const).flatMap((defect) =>
    compare(figures, defect, entryName('static', defect)),
  )
  const toUncached = compare(figures, 'wrong signature', entryName('claimcheck', 'valid, uncached'))
  return [
    atMost('rejecting malformed and expired tokens, compared with the same bytes as a static 401', 1.2, toStatic),
    atMost('rejecting a wrong signature, compared with accepting a first-seen token', 1.1, toUncached),
  ]
}

/** The floods in which another package rejects a request in less time. */
export function floodFaster({ floods }: FloodFigures): readonly FasterPackages[] {
  return floods.flatMap(({ framework, race, validClients }) => {
    const names = [...new Set(validClients.map(({ contender }) => contender))].filter((name) => name !== 'claimcheck')
    return defects.flatMap((defect) => {
      if (!tookPart(race, entryName('claimcheck', defect))) return []
      const others = names.filter((name) => tookPart(race, entryName(name, defect)))
      return fasterPackages(
        `${framework}, rejection of a token: ${defect}, µs per request`,
        microseconds(race, entryName('claimcheck', defect)),
        others.map((name) => ({ name, value: microseconds(race, entryName(name, defect)) })),
      )
    })
  })
}

function barsOf({ race, validClients }: FrameworkFlood, defect: Defect) {
  const names = ['static', ...new Set(validClients.map(({ contender }) => contender))]
  const toStatic = (name: string) => ratio(race, entryName(name, defect), entryName('static', defect))
  return names
    .filter((name) => tookPart(race, entryName(name, defect)))
    .map((contender) => ({ contender: contender === 'static' ? 'static 401' : contender, ratio: toStatic(contender) }))
}

function costTable({ race, validClients }: FrameworkFlood): string {
  const names = ['static', ...new Set(validClients.map(({ contender }) => contender))]
  const cell = (name: string, kind: TokenKind) => {
    const entry = entryName(name, kind)
    if (!tookPart(race, entry)) return '–'
    const baseline = entryName('static', kind)
    const cost = digits(microseconds(race, entry))
    return tookPart(race, baseline) ? `${cost} (${times(ratio(race, entry, baseline))})` : cost
  }
  const rows = names.map((name) => [
    name === 'static' ? '*static 401*' : nameCell(name),
    ...[...defects, ...validKinds].map((kind) => cell(name, kind)),
  ])
  return table([['', ...defects, 'valid, seen before', 'valid, first seen'], ...rows])
}

function clientTable({ validClients }: FrameworkFlood): string {
  const names = [...new Set(validClients.map(({ contender }) => contender))]
  const cell = (name: string, defect: Defect) => {
    const client = validClients.find((each) => each.contender === name && each.defect === defect)
    return client === undefined ? '–' : `${client.accepted} of ${client.sent}, ${digits(client.medianMilliseconds)}`
  }
  const rows = names.map((name) => [nameCell(name), ...defects.map((defect) => cell(name, defect))])
  return table([['', ...defects], ...rows])
}

function compare({ floods }: FloodFigures, kind: TokenKind, other: string): readonly Measurement[] {
  const own = entryName('claimcheck', kind)
  return floods
    .filter(({ race }) => tookPart(race, own) && tookPart(race, other))
    .map(({ framework, race }) => ({ where: `${framework}, ${kind}`, value: ratio(race, own, other) }))
}
