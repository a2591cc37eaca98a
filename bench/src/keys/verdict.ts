import type { Sent } from './stage.ts'

/**
 * What an answer says: the caller may pass; the token is refused; the keys cannot be had now; something is wrong, and
 * nobody says what; or it said nothing within a minute.
 */
export type Verdict = 'passed' | 'refused' | 'outage' | 'unexplained' | 'no answer'
export type Tally = Readonly<Record<Verdict, number>>

const patience = 60_000
const refusals = /^ERR_(JWT|JWS|JOSE_ALG|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE)/

export function verdictOf({ at, answer, answeredAt }: Sent): Verdict {
  if (answer === null || answeredAt - at > patience) return 'no answer'
  if (answer === 'ok') return 'passed'
  if ('status' in answer) {
    if (answer.status < 500) return 'refused'
    return [502, 503, 504].includes(answer.status) ? 'outage' : 'unexplained'
  }
  if (answer.reason === 'ERR_JWKS_TIMEOUT') return 'outage'
  return refusals.test(answer.reason) ? 'refused' : 'unexplained'
}

export function tallyOf(sent: readonly Sent[]): Tally {
  const tally = { passed: 0, refused: 0, outage: 0, unexplained: 0, 'no answer': 0 }
  for (const one of sent) tally[verdictOf(one)]++
  return tally
}
