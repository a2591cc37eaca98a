import { bearerErrorOf, challengeOf, codeOf, headerOf } from '../servers/outcome.ts'
import type { Evidence } from './evidence.ts'

/** Says what is wrong, or null. */
type Check = (evidence: Evidence) => string | null

const last = ({ outcomes }: Evidence) => outcomes.at(-1)
const unless = (holds: boolean, problem: string) => (holds ? null : problem)

/** The verdict, or the checks that every case passes, say it already. */
const byVerdict: Check = () => null
/** A matter of time, which no test asserts. */
const byBench: Check = () => null

const noCanary: Check = ({ canaryConnections }) => unless(canaryConnections === 0, 'the canary was connected to')

/** Refused by its length, so no part of it was decoded, counted or split. */
const bySize: Check = (evidence) => {
  const outcome = last(evidence)
  return unless(outcome !== undefined && codeOf(outcome) === 'token_too_large', 'it was not refused by its size')
}

const oneFetch: Check = ({ timesKeysAsked }) => unless(timesKeysAsked === 1, `${timesKeysAsked} fetches, not one`)

const noSplitHeader: Check = (evidence) => {
  const names = evidence.outcomes.flatMap(({ headers }) => headers.map(([name]) => name))
  return unless(!names.includes('x-injected') && !names.includes('set-cookie'), 'a header was split')
}

const wellFormedChallenge: Check = (evidence) => {
  const outcome = last(evidence)
  return unless(outcome !== undefined && challengeOf(outcome)?.has('error_description') === true, 'no description')
}

/**
 * The `must` of the corpus, each by its words. Those that the verdict says already, and those of time, are here too, so
 * that none is overlooked.
 */
const conditions: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['canary server receives zero connections', noCanary],
  ['canary receives zero connections', noCanary],
  ['canary zero connections', noCanary],
  ['no connection', ({ connectedTo }) => unless(!connectedTo.some((to) => to.startsWith('169.254.')), 'it connected')],
  ['bounded memory, zero outbound requests', ({ timesKeysAsked }) => unless(timesKeysAsked === 0, 'it fetched keys')],

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
      return unless(isBare, 'no bare challenge')
    },
  ],
  [
    'scope="read:items" attribute present',
    (evidence) => {
      const outcome = last(evidence)
      return unless(outcome !== undefined && challengeOf(outcome)?.get('scope') === 'read:items', 'no scope')
    },
  ],
  [
    'Cache-Control: no-store or equivalent; Vary on Authorization not relied upon',
    (evidence) => {
      const outcome = last(evidence)
      return unless(outcome !== undefined && headerOf(outcome, 'cache-control').join() === 'no-store', 'not no-store')
    },
  ],

  ['rejected in < 5 ms', byBench],
  ['no array of 10 001 parts allocated', bySize],
  ['< 50 ms CPU', byBench],
  ['< 20 MiB extra memory', bySize],
  ['< 100 ms', bySize],
  ['< 50 ms, linear time', bySize],
  ['< 2 ms (no quadratic regex)', byBench],
  ['< 2 ms', byBench],
  ['p99 event loop lag < 50 ms', byBench],

  [
    'an invalid explicit credential is never papered over by the cookie',
    (evidence) => {
      const outcome = last(evidence)
      return unless(
        outcome !== undefined && codeOf(outcome) === 'signature_invalid',
        'it was not the header that was judged',
      )
    },
  ],

  ['single JWKS fetch', oneFetch],
  ['one upstream request', oneFetch],
  ['exactly one refetch', ({ timesKeysAsked }) => unless(timesKeysAsked === 2, `${timesKeysAsked} fetches, not two`)],
  // What is awaited in the step, and what it counts, is all there is.
  ['or hashed-token fallback', byVerdict],
  ['no unbounded pending promises', byVerdict],
  ['bounded LRU', byVerdict],
  ['valid entries not evicted by invalid ones', byVerdict],
  ['aborted at a size limit (<= 1 MiB)', byVerdict],
  ['memory growth < 20 MiB', byVerdict],
  ['limit applies while streaming', byVerdict],
  ['limit applies after decompression', byVerdict],
  ['time-out <= configured (default <= 5 s)', byVerdict],
  ['other requests with cached keys unaffected', byVerdict],
  ['body not parsed before rejection', byVerdict],

  [
    'no TimeoutOverflowWarning',
    ({ warnings }) => unless(!warnings.includes('TimeoutOverflowWarning'), 'a timer overflowed'),
  ],
  ['process can exit (timers unref)', ({ timersHeld }) => unless(timersHeld <= 0, `${timersHeld} timers hold it`)],
  ['no unhandled error, no write after end', ({ unhandled }) => unless(unhandled.length === 0, String(unhandled[0]))],

  // Each of these is what the verdict, the claims that the handler saw, or the checks of every case say.
  ['alg is case-sensitive', byVerdict],
  ['no TypeError leak', byVerdict],
  ['no TypeError', byVerdict],
  ['no 500', byVerdict],
  ['no pollution', byVerdict],
  ['RFC: "on or after" exp must not be accepted', byVerdict],
  ['exp required by default', byVerdict],
  ['cached verdict does not outlive exp in wall-clock terms', byVerdict],
  ['handlers typed as string never see an array', byVerdict],
  ['cached object frozen, cloned, or re-parsed', byVerdict],
  ['junk ignored', byVerdict],
  ['fails closed', byVerdict],
  ['never downgraded to anonymous', byVerdict],
  ['own properties only', byVerdict],
  ['role map look-up uses Map or own check', byVerdict],
  ['options read as own properties', byVerdict],
  ['also when result cached', byVerdict],
  ['middleware clears or overwrites its property', byVerdict],
  ['key look-up scoped by issuer', byVerdict],
])

/** The check of a condition; undefined for one that nobody has thought about. */
export function conditionOf(must: string): Check | undefined {
  return conditions.get(must)
}

/** Whether a condition is one of time, which the bench measures. */
export function isMeasured(must: string): boolean {
  return conditions.get(must) === byBench
}
