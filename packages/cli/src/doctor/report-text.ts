import type { Explanation } from '@claimcheck/core'
import type { Paint } from '../terminal/style.ts'
import type { Check } from './check.ts'
import type { ListedSetting } from './list-settings.ts'
import type { Report } from './report.ts'

const marks = { passed: '✓', warned: '!', failed: '✗', outage: '✗' } as const
const colours = { passed: 'green', warned: 'yellow', failed: 'red', outage: 'red' } as const

/** The report for people. */
export function reportText(report: Report, paint: Paint): string {
  const { settings, checks, explanation } = report
  return [
    paint('bold', 'Settings'),
    ...settingLines(settings, paint),
    '',
    paint('bold', 'Checks'),
    ...checks.flatMap((check) => checkLines(check, paint)),
    ...(explanation === null ? [] : ['', paint('bold', 'The way of the token'), ...wayLines(explanation, paint)]),
    '',
    conclusion(report, paint),
  ].join('\n')
}

function settingLines(settings: readonly ListedSetting[], paint: Paint): readonly string[] {
  const nameWidth = Math.max(...settings.map(({ name }) => name.length))
  const width = Math.max(...settings.map(({ holds }) => holds.length))
  return settings.map(({ name, holds, source }) => {
    const words = source === null ? holds : `${holds.padEnd(width)}  ${paint('dim', source)}`
    return `  ${paint('cyan', name.padEnd(nameWidth))}  ${words}`
  })
}

interface Line {
  readonly mark: string
  readonly name: string
  readonly expected: string
  readonly found: string
  readonly remedy: string | null
}

function checkLines({ check, verdict, ...words }: Check, paint: Paint): readonly string[] {
  const line = { mark: paint(colours[verdict], marks[verdict]), name: check.padEnd(11), ...words }
  return verdict === 'passed' ? [briefLine(line)] : fullLines(line, paint)
}

function wayLines({ steps }: Explanation, paint: Paint): readonly string[] {
  const unreached = steps.filter(({ verdict }) => verdict === 'unreached').map(({ step }) => step)
  const width = Math.max(...steps.map(({ step }) => step.length))
  const lines = steps.flatMap(({ step, verdict, ...words }) => {
    const name = step.padEnd(width)
    if (verdict === 'unreached') return []
    if (verdict === 'passed') return [briefLine({ mark: paint('green', '✓'), name, ...words })]
    return fullLines({ mark: paint('red', '✗'), name, ...words }, paint)
  })
  if (unreached.length === 0) return lines
  return [...lines, paint('dim', `  · ${'not reached'.padEnd(width)}  ${unreached.join(', ')}`)]
}

/** What is as it should be takes one line. */
function briefLine({ mark, name, found }: Line): string {
  return `  ${mark} ${name}  ${found}`
}

function fullLines({ mark, name, expected, found, remedy }: Line, paint: Paint): readonly string[] {
  const indent = ' '.repeat(name.length + 6)
  return [
    `  ${mark} ${name}  ${paint('dim', 'expected')}  ${expected}`,
    `${indent}${paint('dim', 'found')}     ${found}`,
    ...(remedy === null ? [] : [`${indent}${paint('dim', 'do')}        ${remedy}`]),
  ]
}

function conclusion({ outcome, explanation }: Report, paint: Paint): string {
  const mark = outcome === 'good' ? paint('green', '✓') : paint('red', '✗')
  const about = explanation === null ? aboutSettings[outcome] : aboutToken(explanation, outcome)
  return `${mark} ${paint('bold', about)}`
}

const aboutSettings = {
  good: 'All is well.',
  faulty: 'Something is wrong: see above.',
  outage: 'The keys cannot be had now: see above.',
} as const

function aboutToken({ outcome, code, status }: Explanation, whole: Report['outcome']): string {
  if (outcome !== 'accepted') return `Refused: ${code ?? ''}, which is answered with ${status ?? ''}.`
  return whole === 'good' ? 'Accepted.' : 'Accepted, and yet something is wrong: see above.'
}
