import { difference, entryOf, microseconds, ratio } from '../race/race.ts'
import { lessThan } from '../report/goal.ts'
import type { Goal } from '../report/goal.ts'
import { digits, more, table, times } from '../report/markdown.ts'
import { contenderNames } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import type { RevocationFigures } from './run-revocation.ts'

const baseline: ContenderName = 'no list'
/** The contenders whose lists are as long as the goal requires. */
const longLists: readonly ContenderName[] = ['a list of tokens', 'a list of tokens, sessions and subjects']

/** The figures of cached tokens with revocation, as Markdown. */
export function revocationTables({ active, tokens, race }: RevocationFigures): string {
  const rows = contenderNames.map((name) => [
    name,
    digits(microseconds(race, name)),
    name === baseline ? '–' : more(difference(race, name, baseline)),
    times(ratio(race, name, baseline)),
    digits(entryOf(race, name).p99),
  ])
  return [
    `${tokens.toLocaleString('en')} cached tokens in turn. A list that is not empty has ${active.toLocaleString('en')} revocations. The difference and the ratio
compare with no list, and the percentile is of samples of 100 tokens:`,
    table([['', 'µs per token', 'difference', 'ratio', '99th percentile'], ...rows]),
  ].join('\n\n')
}

export function revocationGoals({ active, race }: RevocationFigures): readonly Goal[] {
  const measured = longLists.map((list) => ({ where: list, value: difference(race, list, baseline) }))
  return [lessThan(`${active.toLocaleString('en')} active revocations, compared with no list`, 0.2, measured)]
}
