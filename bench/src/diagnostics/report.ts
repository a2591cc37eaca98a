import { difference, microseconds, ratio } from '../race/race.ts'
import { lessThan } from '../report/goal.ts'
import type { Goal } from '../report/goal.ts'
import { digits, more, table, times } from '../report/markdown.ts'
import { contenderNames } from './run-diagnostics.ts'
import type { ContenderName, DiagnosticsFigures } from './run-diagnostics.ts'

const baseline: ContenderName = 'without channels'
/** The contenders that subscribe to no channel of the measured operation. */
const unsubscribed: readonly ContenderName[] = ['no subscribers', 'subscribed to rejections, keys and revocations']
/** The difference between two processes of the same program. Smaller differences cannot be measured. */
const maxMicroseconds = 0.02

/** The figures of cached tokens with subscribers, as Markdown. */
export function diagnosticsTables({ tokens, race, messages }: DiagnosticsFigures): string {
  const rows = contenderNames.map((name) => [
    name,
    digits(microseconds(race, name)),
    name === baseline ? '–' : more(difference(race, name, baseline)),
    times(ratio(race, name, baseline)),
    String(messages[name] ?? 0),
  ])
  return [
    `${tokens.toLocaleString('en')} cached tokens in turn; the difference and the ratio compare with an Auth without channels:`,
    table([['', 'µs per token', 'difference', 'ratio', 'messages per token'], ...rows]),
  ].join('\n\n')
}

export function diagnosticsGoals({ race }: DiagnosticsFigures): readonly Goal[] {
  const measured = unsubscribed.map((contender) => ({ where: contender, value: difference(race, contender, baseline) }))
  return [lessThan('channels without subscribers, compared with no channels', maxMicroseconds, measured)]
}
