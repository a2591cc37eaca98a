/** `outage`: no result is possible now. `warned`: it works now, but should be changed. */
export type Verdict = 'passed' | 'warned' | 'failed' | 'outage'

/** The names of all checks, in the order of the report. They are public API, and docs/cli.md lists them. */
export const checkNames = [
  'settings',
  'discovery',
  'key set',
  'kids',
  'algorithms',
  'certificate',
  'clock',
  'audit',
] as const

/** The result of one check. */
export interface Check {
  readonly check: (typeof checkNames)[number]
  readonly verdict: Verdict
  readonly expected: string
  readonly found: string
  /** What to do; null if nothing. */
  readonly remedy: string | null
}

/** Creates a check that passed. */
export function passed(check: Check['check'], expected: string, found: string): Check {
  return { check, verdict: 'passed', expected, found, remedy: null }
}
