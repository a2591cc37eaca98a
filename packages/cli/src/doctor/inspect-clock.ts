import { decodeToken } from '../decode/decode-token.ts'
import { durationInWords, looksLikeMilliseconds, relativeTime } from '../lib/time.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import type { Exchange } from './record-fetch.ts'
import { redactUrl } from './shown-url.ts'

/** What servers allow clocks to differ by, unless they are told otherwise. */
const toleranceMilliseconds = 5000
/** As `Sun, 06 Nov 1994 08:49:37 GMT`: whoever sends another form may mean anything (RFC 9110 section 5.6.7). */
const fixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
/** No cache keeps an answer for longer than a year, in seconds. */
const longestAge = 366 * 86_400
const expected = 'the same time as at the server, within 5 seconds'

/** Compares this machine's clock with the `Date` of the last answer that has one; null where none has. */
export function checkClock(exchanges: readonly Exchange[]): Check | null {
  const dated = exchanges.flatMap((exchange) => {
    const offset = offsetOf(exchange)
    return offset === null ? [] : [{ offset, host: redactUrl(exchange.url) }]
  })
  const last = dated.at(-1)
  if (last === undefined) return null
  const { offset, host } = last
  if (Math.abs(offset) <= toleranceMilliseconds) return passed('clock', expected, `the time of ${host}`)
  const difference = durationInWords(offset / 1000)
  return {
    check: 'clock',
    verdict: 'failed',
    expected,
    found: `this machine is ${difference} ${offset > 0 ? 'behind' : 'ahead of'} ${host}`,
    remedy: `Have the clock set by the network (NTP). Until then tokens ${offset > 0 ? 'seem not active yet, and live too long' : 'end too early'}.`,
  }
}

/**
 * How many milliseconds the server is ahead, at least; 0 where the clocks may agree: a `Date` has whole seconds
 * (RFC 9110 section 6.6.1), a cache adds its `Age`, and the answer took its time.
 */
function offsetOf({ askedAt, answeredAt, headers }: Exchange): number | null {
  if (headers.date === null || answeredAt === null) return null
  const date = fixdate.test(headers.date) ? Date.parse(headers.date) : Number.NaN
  if (Number.isNaN(date)) return null
  const seconds = /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) : 0
  const age = seconds > longestAge ? 0 : seconds * 1000
  const [earliest, latest] = [date + age, date + age + 1000]
  if (earliest > answeredAt) return earliest - answeredAt
  return latest < askedAt ? latest - askedAt : 0
}

/** Warns of a token from the future, of which one clock must be wrong, and of one that hardly ends; of no other. */
export function checkTokenTimes(token: string | null, nowMilliseconds: number): readonly Check[] {
  const decoded = token === null ? null : decodeToken(token)
  if (decoded === null || 'fault' in decoded) return []
  const { exp, iat } = decoded.claims ?? {}
  const checks: Check[] = []
  if (typeof iat === 'number' && iat * 1000 > nowMilliseconds + toleranceMilliseconds) {
    checks.push({
      check: 'clock',
      verdict: 'warned',
      expected: 'a token that was issued by now',
      found: `it will be issued ${relativeTime(iat, nowMilliseconds / 1000)}`,
      remedy: "This machine's clock is behind, or the issuer's is ahead: have both set by the network (NTP).",
    })
  }
  if (typeof exp === 'number' && looksLikeMilliseconds(exp)) {
    checks.push({
      check: 'clock',
      verdict: 'warned',
      expected: 'an exp in seconds since 1970',
      found: `exp ${exp}, which looks like milliseconds: the token ends in thousands of years`,
      remedy: 'Have the issuer divide it by 1000.',
    })
  }
  return checks
}
