import { difference, microseconds, ratio } from '../race/race.ts'
import { digits, more, table, times } from '../report/markdown.ts'
import { baseline, contenderNames } from './contenders.ts'
import type { DiagnosticsFigures } from './run-diagnostics.ts'

/** The figures of recalled tokens while somebody listens, as Markdown. */
export function diagnosticsTables({ tokens, race, heard }: DiagnosticsFigures): string {
  const rows = contenderNames.map((name) => [
    name,
    digits(microseconds(race, name)),
    name === baseline ? '–' : more(difference(race, name, baseline)),
    times(ratio(race, name, baseline)),
    String(heard[name] ?? 0),
  ])
  return [
    `${tokens.toLocaleString('en')} remembered tokens in turn:`,
    table([['', 'µs a token', 'more than without', '× without', 'messages a token'], ...rows]),
  ].join('\n\n')
}
