import type { Explanation } from '@claimcheck/core'
import type { StyleText } from '../terminal/style.ts'
import type { Check, Verdict } from './check.ts'
import type { ListedSetting } from './variables.ts'

/** The result of the doctor. It is plain data without secrets. */
export interface Report {
  /** `failed`: a check failed, or the token is rejected. `outage`: no result is possible now. */
  readonly outcome: 'ok' | 'failed' | 'outage'
  readonly settings: readonly ListedSetting[]
  readonly checks: readonly Check[]
  /** The steps of the token; null if there was no token, or if a server would not start with the settings. */
  readonly explanation: Explanation | null
}

/** Creates a report. A failure counts more than an outage, because it does not go away by itself. */
export function createReport(
  settings: readonly ListedSetting[],
  checks: readonly Check[],
  explanation: Explanation | null,
): Report {
  const has = (verdict: Verdict) => checks.some((check) => check.verdict === verdict)
  const isRejected = explanation !== null && explanation.outcome !== 'accepted'
  const isOutage = explanation?.status === 503
  const isFailed = has('failed') || (isRejected && !isOutage)
  const outcome = isFailed ? 'failed' : has('outage') || isOutage ? 'outage' : 'ok'
  return { outcome, settings, checks, explanation }
}

const marks = { passed: '✓', warned: '!', failed: '✗', outage: '✗' } as const
const colors = { passed: 'green', warned: 'yellow', failed: 'red', outage: 'red' } as const

/** Formats the report for people. */
export function formatReport(report: Report, style: StyleText): string {
  const { settings, checks, explanation } = report
  return [
    style('bold', 'Settings'),
    ...formatSettings(settings, style),
    '',
    style('bold', 'Checks'),
    ...checks.flatMap((check) => formatCheck(check, style)),
    ...(explanation === null ? [] : ['', style('bold', 'Token'), ...formatSteps(explanation, style)]),
    '',
    formatConclusion(report, style),
  ].join('\n')
}

function formatSettings(settings: readonly ListedSetting[], style: StyleText): readonly string[] {
  const nameWidth = Math.max(...settings.map(({ name }) => name.length))
  const width = Math.max(...settings.map(({ value }) => value.length))
  return settings.map(({ name, value, source }) => {
    const text = source === null ? value : `${value.padEnd(width)}  ${style('dim', source)}`
    return `  ${style('cyan', name.padEnd(nameWidth))}  ${text}`
  })
}

interface Line {
  readonly mark: string
  readonly name: string
  readonly expected: string
  readonly found: string
  readonly remedy: string | null
}

function formatCheck({ check, verdict, ...texts }: Check, style: StyleText): readonly string[] {
  const line = { mark: style(colors[verdict], marks[verdict]), name: check.padEnd(11), ...texts }
  return verdict === 'passed' ? [formatPassed(line)] : formatProblem(line, style)
}

function formatSteps({ steps }: Explanation, style: StyleText): readonly string[] {
  const notReached = steps.filter(({ verdict }) => verdict === 'not_reached').map(({ step }) => step)
  const width = Math.max(...steps.map(({ step }) => step.length))
  const lines = steps.flatMap(({ step, verdict, ...texts }) => {
    const name = step.padEnd(width)
    if (verdict === 'not_reached') return []
    if (verdict === 'passed') return [formatPassed({ mark: style('green', '✓'), name, ...texts })]
    return formatProblem({ mark: style('red', '✗'), name, ...texts }, style)
  })
  if (notReached.length === 0) return lines
  return [...lines, style('dim', `  · ${'not reached'.padEnd(width)}  ${notReached.join(', ')}`)]
}

function formatPassed({ mark, name, found }: Line): string {
  return `  ${mark} ${name}  ${found}`
}

function formatProblem({ mark, name, expected, found, remedy }: Line, style: StyleText): readonly string[] {
  const indent = ' '.repeat(name.length + 6)
  return [
    `  ${mark} ${name}  ${style('dim', 'expected')}  ${expected}`,
    `${indent}${style('dim', 'found')}     ${found}`,
    ...(remedy === null ? [] : [`${indent}${style('dim', 'fix')}       ${remedy}`]),
  ]
}

const settingsConclusions = {
  ok: 'No problems found.',
  failed: 'Problems found: see above.',
  outage: 'The keys are unavailable now: see above.',
} as const

function formatConclusion({ outcome, explanation }: Report, style: StyleText): string {
  const mark = outcome === 'ok' ? style('green', '✓') : style('red', '✗')
  const text = explanation === null ? settingsConclusions[outcome] : tokenConclusion(explanation, outcome)
  return `${mark} ${style('bold', text)}`
}

function tokenConclusion({ outcome, code, status }: Explanation, overall: Report['outcome']): string {
  if (outcome !== 'accepted') return `Rejected: ${status ?? ''} ${code ?? ''}`
  return overall === 'ok' ? 'Accepted.' : 'Accepted, but there are other problems: see above.'
}
