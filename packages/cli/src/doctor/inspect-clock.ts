import { decodeToken } from '../decode/decode-token.ts'
import { formatDuration, formatRelativeTime, looksLikeMilliseconds } from '../lib/time.ts'
import { redactUrl } from '../terminal/redact.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import type { Exchange } from './record-fetch.ts'

/** The default clock tolerance of an API. */
const toleranceMilliseconds = 5000
/** `Sun, 06 Nov 1994 08:49:37 GMT`; other forms are ambiguous and ignored (RFC 9110 section 5.6.7). */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
/** In seconds. No cache keeps a response for more than a year, so a higher Age is invalid. */
const maxAge = 366 * 86_400
const expected = 'the same time as on the server, within 5 seconds'

/** Compares the local clock with the last response that has a `Date` header. Returns null if none has one. */
export function inspectClock(exchanges: readonly Exchange[]): Check | null {
  const dated = exchanges.flatMap((exchange) => {
    const offset = clockOffset(exchange)
    return offset === null ? [] : [{ offset, url: redactUrl(exchange.url) }]
  })
  const last = dated.at(-1)
  if (last === undefined) return null
  const { offset, url } = last
  if (Math.abs(offset) <= toleranceMilliseconds) return passed('clock', expected, `same time as ${url}`)
  const difference = formatDuration(offset / 1000)
  const isBehind = offset > 0
  return {
    check: 'clock',
    verdict: 'failed',
    expected,
    found: `the local clock is ${difference} ${isBehind ? 'behind' : 'ahead of'} ${url}`,
    remedy: `Set the local clock with NTP. Until then, tokens ${isBehind ? 'are accepted too late and expire too late' : 'expire too early'}.`,
  }
}

/**
 * The smallest difference in milliseconds that explains the response; positive if the server is ahead, 0 if the clocks may
 * agree. `Date` has whole seconds (RFC 9110 section 6.6.1), `Age` is the time in a cache, and the request took time.
 */
function clockOffset({ requestedAt, respondedAt, headers }: Exchange): number | null {
  if (headers.date === null || respondedAt === null) return null
  const date = httpDate.test(headers.date) ? Date.parse(headers.date) : Number.NaN
  if (Number.isNaN(date)) return null
  const seconds = /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) : 0
  const age = seconds > maxAge ? 0 : seconds * 1000
  const [earliest, latest] = [date + age, date + age + 1000]
  if (earliest > respondedAt) return earliest - respondedAt
  return latest < requestedAt ? latest - requestedAt : 0
}

/** Warns if the token was issued in the future, because one clock must be wrong, or if its `exp` is in milliseconds. */
export function inspectTokenTimes(token: string | null, nowMilliseconds: number): readonly Check[] {
  const decoded = token === null ? null : decodeToken(token)
  if (decoded === null || 'fault' in decoded) return []
  const { exp, iat } = decoded.claims ?? {}
  const checks: Check[] = []
  if (typeof iat === 'number' && iat * 1000 > nowMilliseconds + toleranceMilliseconds) {
    checks.push({
      check: 'clock',
      verdict: 'warned',
      expected: 'a token that was issued in the past',
      found: `iat is ${formatRelativeTime(iat, nowMilliseconds / 1000)}`,
      remedy: "The local clock is behind, or the issuer's clock is ahead. Set both with NTP.",
    })
  }
  if (typeof exp === 'number' && looksLikeMilliseconds(exp)) {
    checks.push({
      check: 'clock',
      verdict: 'warned',
      expected: 'exp in seconds since 1970',
      found: `exp ${exp}, which looks like milliseconds; the token will not expire for thousands of years`,
      remedy: 'The issuer must divide it by 1000.',
    })
  }
  return checks
}
