import { bearerErrorOf, challengeOf, codeOf, headerOf } from '../targets/attack-target.ts'
import type { Evidence } from './evidence.ts'

/** Returns the problem, or null. */
type Check = (evidence: Evidence) => string | null

const last = ({ outcomes }: Evidence) => outcomes.at(-1)
const problemUnless = (isTrue: boolean, problem: string) => (isTrue ? null : problem)

/** The verdict or the checks of every case already cover this condition. */
const coveredByVerdict: Check = () => null
/** A condition about time, which tests do not assert. */
const coveredByBench: Check = () => null

const noCanary: Check = ({ canaryConnections }) =>
  problemUnless(canaryConnections === 0, 'the canary received a connection')

/** Rejected because of its length, so no part of it was decoded, counted or split. */
const rejectedBySize: Check = (evidence) => {
  const outcome = last(evidence)
  return problemUnless(
    outcome !== undefined && codeOf(outcome) === 'token_too_large',
    'it was not rejected because of its size',
  )
}

const oneFetch: Check = ({ keyRequests }) => problemUnless(keyRequests === 1, `${keyRequests} fetches instead of one`)

const noSplitHeader: Check = (evidence) => {
  const names = evidence.outcomes.flatMap(({ headers }) => headers.map(([name]) => name))
  return problemUnless(!names.includes('x-injected') && !names.includes('set-cookie'), 'a header was split')
}

const wellFormedChallenge: Check = (evidence) => {
  const outcome = last(evidence)
  return problemUnless(
    outcome !== undefined && challengeOf(outcome)?.has('error_description') === true,
    'no description',
  )
}

/**
 * The `must` conditions of the corpus by their text. Conditions that the verdict covers and those about time are listed
 * too, so that none is forgotten.
 */
const conditions: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['canary server receives zero connections', noCanary],
  ['canary receives zero connections', noCanary],
  ['canary zero connections', noCanary],
  [
    'no connection',
    ({ connectedTo }) => problemUnless(!connectedTo.some((to) => to.startsWith('169.254.')), 'it connected'),
  ],
  ['bounded memory, zero outbound requests', ({ keyRequests }) => problemUnless(keyRequests === 0, 'it fetched keys')],

  ['no CR/LF reaches a response header or an unescaped log line', noSplitHeader],
  ['no X-Injected header; response well-formed', noSplitHeader],
  ['header single line, quotes escaped', wellFormedChallenge],
  ['error_description restricted to the RFC 6750 s3 charset', wellFormedChallenge],
  ['ERR_INVALID_CHAR not thrown (no 500)', wellFormedChallenge],
  [
    'WWW-Authenticate: Bearer present, no error attribute',
    (evidence) => {
      const outcome = last(evidence)
      const isBare = outcome !== undefined && challengeOf(outcome) !== null && bearerErrorOf(outcome) === 'none'
      return problemUnless(isBare, 'no bare challenge')
    },
  ],
  [
    'scope="read:items" attribute present',
    (evidence) => {
      const outcome = last(evidence)
      return problemUnless(outcome !== undefined && challengeOf(outcome)?.get('scope') === 'read:items', 'no scope')
    },
  ],
  [
    'Cache-Control: no-store or equivalent; Vary on Authorization not relied upon',
    (evidence) => {
      const outcome = last(evidence)
      return problemUnless(
        outcome !== undefined && headerOf(outcome, 'cache-control').join() === 'no-store',
        'not no-store',
      )
    },
  ],

  ['rejected in < 5 ms', coveredByBench],
  ['no array of 10 001 parts allocated', rejectedBySize],
  ['< 50 ms CPU', coveredByBench],
  ['< 20 MiB extra memory', rejectedBySize],
  ['< 100 ms', rejectedBySize],
  ['< 50 ms, linear time', rejectedBySize],
  ['< 2 ms (no quadratic regex)', coveredByBench],
  ['< 2 ms', coveredByBench],
  ['p99 event loop lag < 50 ms', coveredByBench],

  [
    'an invalid explicit credential is never papered over by the cookie',
    (evidence) => {
      const outcome = last(evidence)
      return problemUnless(
        outcome !== undefined && codeOf(outcome) === 'signature_invalid',
        'the header was not checked',
      )
    },
  ],

  ['single JWKS fetch', oneFetch],
  ['one upstream request', oneFetch],
  [
    'exactly one refetch',
    ({ keyRequests }) => problemUnless(keyRequests === 2, `${keyRequests} fetches instead of two`),
  ],
  // The step awaits all of its work and counts it, which covers these conditions.
  ['or hashed-token fallback', coveredByVerdict],
  ['no unbounded pending promises', coveredByVerdict],
  ['bounded LRU', coveredByVerdict],
  ['valid entries not evicted by invalid ones', coveredByVerdict],
  ['aborted at a size limit (<= 1 MiB)', coveredByVerdict],
  ['memory growth < 20 MiB', coveredByVerdict],
  ['limit applies while streaming', coveredByVerdict],
  ['limit applies after decompression', coveredByVerdict],
  ['time-out <= configured (default <= 5 s)', coveredByVerdict],
  ['other requests with cached keys unaffected', coveredByVerdict],
  ['body not parsed before rejection', coveredByVerdict],

  [
    'no TimeoutOverflowWarning',
    ({ warnings }) => problemUnless(!warnings.includes('TimeoutOverflowWarning'), 'a timer overflowed'),
  ],
  [
    'process can exit (timers unref)',
    ({ extraTimers }) => problemUnless(extraTimers <= 0, `${extraTimers} timers keep it alive`),
  ],
  [
    'no unhandled error, no write after end',
    ({ unhandled }) => problemUnless(unhandled.length === 0, String(unhandled[0])),
  ],

  // The verdict, the claims that the handler received, or the checks of every case cover these conditions.
  ['alg is case-sensitive', coveredByVerdict],
  ['no TypeError leak', coveredByVerdict],
  ['no TypeError', coveredByVerdict],
  ['no 500', coveredByVerdict],
  ['no pollution', coveredByVerdict],
  ['RFC: "on or after" exp must not be accepted', coveredByVerdict],
  ['exp required by default', coveredByVerdict],
  ['cached verdict does not outlive exp in wall-clock terms', coveredByVerdict],
  ['handlers typed as string never see an array', coveredByVerdict],
  ['cached object frozen, cloned, or re-parsed', coveredByVerdict],
  ['junk ignored', coveredByVerdict],
  ['fails closed', coveredByVerdict],
  ['never downgraded to anonymous', coveredByVerdict],
  ['own properties only', coveredByVerdict],
  ['role map look-up uses Map or own check', coveredByVerdict],
  ['options read as own properties', coveredByVerdict],
  ['also when result cached', coveredByVerdict],
  ['middleware clears or overwrites its property', coveredByVerdict],
  ['key look-up scoped by issuer', coveredByVerdict],
])

/** The check of a condition; undefined if there is none. */
export function conditionOf(must: string): Check | undefined {
  return conditions.get(must)
}

/** Whether a condition is about time, which the bench measures. */
export function isMeasured(must: string): boolean {
  return conditions.get(must) === coveredByBench
}
