/** What came of a check: an outage says that nothing can be told now, a warning that it works and should not stay so. */
export type Verdict = 'passed' | 'warned' | 'failed' | 'outage'

/** Everything that is looked at beside the token, in its order: public API, and docs/cli.md lists it. */
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

/** One thing that was looked at. */
export interface Check {
  readonly check: (typeof checkNames)[number]
  readonly verdict: Verdict
  readonly expected: string
  readonly found: string
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null
}

/** A check that found what it expected. */
export function passed(check: Check['check'], expected: string, found: string): Check {
  return { check, verdict: 'passed', expected, found, remedy: null }
}
