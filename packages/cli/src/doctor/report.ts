import type { Explanation } from '@claimcheck/core'
import type { Check, Verdict } from './check.ts'
import type { ListedSetting } from './list-settings.ts'

/** What the doctor found; plain data, in which nothing secret stands. */
export interface Report {
  /** `faulty`: something is wrong, or the token is refused; `outage`: nothing can be told now. */
  readonly outcome: 'good' | 'faulty' | 'outage'
  readonly settings: readonly ListedSetting[]
  readonly checks: readonly Check[]
  /** The way of the token; null where there was none, or no server would start. */
  readonly explanation: Explanation | null
}

/** Makes a report of what was found: a fault counts more than an outage, for it will still be there. */
export function createReport(
  settings: readonly ListedSetting[],
  checks: readonly Check[],
  explanation: Explanation | null,
): Report {
  return { outcome: outcomeOf(checks, explanation), settings, checks, explanation }
}

function outcomeOf(checks: readonly Check[], explanation: Explanation | null): Report['outcome'] {
  const has = (verdict: Verdict) => checks.some((check) => check.verdict === verdict)
  const isRefused = explanation !== null && explanation.outcome !== 'accepted'
  const isOutage = explanation?.status === 503
  if (has('failed') || (isRefused && !isOutage)) return 'faulty'
  return has('outage') || isOutage ? 'outage' : 'good'
}
