import { decodeToken } from '../decode/decode-token.ts'
import { durationInWords, relativeTime } from '../decode/time-in-words.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import type { Exchange } from './record-fetch.ts'
import { shownUrl } from './shown-url.ts'

/** What servers allow clocks to differ by, unless they are told otherwise. */
const toleranceMilliseconds = 5000
const expected = 'the same time as at the server, within 5 seconds'

/** Compares this machine's clock with the `Date` of the last answer that has one; null where none has. */
export function checkClock(exchanges: readonly Exchange[]): Check | null {
  const dated = exchanges.flatMap((exchange) => {
    const offset = offsetOf(exchange)
    return offset === null ? [] : [{ offset, host: shownUrl(exchange.url) }]
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
  const date = Date.parse(headers.date)
  if (Number.isNaN(date)) return null
  const age = /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) * 1000 : 0
  const [earliest, latest] = [date + age, date + age + 1000]
  if (earliest > answeredAt) return earliest - answeredAt
  return latest < askedAt ? latest - askedAt : 0
}

/** Warns of a token from the future, of which one clock must be wrong; nothing of one that is as it should be. */
export function checkIssuedAt(token: string | null, nowMilliseconds: number): readonly Check[] {
  const decoded = token === null ? null : decodeToken(token)
  if (decoded === null || 'fault' in decoded) return []
  const iat = decoded.claims?.['iat']
  if (typeof iat !== 'number' || iat * 1000 <= nowMilliseconds + toleranceMilliseconds) return []
  return [
    {
      check: 'clock',
      verdict: 'warned',
      expected: 'a token that was issued by now',
      found: `it will be issued ${relativeTime(iat, nowMilliseconds / 1000)}`,
      remedy: "This machine's clock is behind, or the issuer's is ahead: have both set by the network (NTP).",
    },
  ]
}
