import { difference, entryOf, microseconds, ratio } from '../race/race.ts'
import { digits, more, table, times } from '../report/markdown.ts'
import { baseline, contenderNames } from './contenders.ts'
import type { RevocationFigures } from './run-revocation.ts'

/** The figures of recalled tokens beside revocations, as Markdown. */
export function revocationTables({ live, tokens, race }: RevocationFigures): string {
  const rows = contenderNames.map((name) => [
    name,
    digits(microseconds(race, name)),
    name === baseline ? '–' : more(difference(race, name, baseline)),
    times(ratio(race, name, baseline)),
    digits(entryOf(race, name).p99),
  ])
  return [
    `${tokens.toLocaleString('en')} tokens in turn, ${live.toLocaleString('en')} revocations where there are any:`,
    table([['', 'µs a token', 'more than without', '× without', 'p99 of a hundred together'], ...rows]),
  ].join('\n\n')
}
