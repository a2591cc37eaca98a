import { classProperty } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { headerLine } from './headers.ts'
import type { RequestLike } from './headers.ts'

const foreign = (detail: string) => new AuthFailure('cross_site_request', detail)
const ambiguous = foreign('Sec-Fetch-Site or Origin appears more than once')
const untold = foreign('Sec-Fetch-Site and Origin are missing')
const elsewhere = foreign('Sec-Fetch-Site is not same-origin, and Origin is not in the list of origins')

/**
 * Whether a request may do more than read (RFC 9110 section 9.2.1). An upgrade may, whatever its method: what follows it
 * is no request any more, and the same-origin policy does not hold for it.
 */
export function needsOriginCheck(request: RequestLike): boolean {
  const method = classProperty(request, 'method')
  return (method !== 'GET' && method !== 'HEAD') || headerLine(request, 'upgrade') !== null
}

/**
 * Refuses a request unless its browser says that it comes from the own origin, or names an origin of the list. Scripts
 * can write neither of the two headers.
 */
export function checkOrigin(request: RequestLike, origins: ReadonlySet<string>): AuthFailure | null {
  const site = oneValue(request, 'sec-fetch-site')
  const origin = oneValue(request, 'origin')
  if (site instanceof AuthFailure || origin instanceof AuthFailure) return ambiguous
  if (site === 'same-origin') return null
  if (origin !== null && origins.has(origin)) return null
  return site === null && origin === null ? untold : elsewhere
}

/** Neither header can hold a comma: where one does, the platform has joined two lines. */
function oneValue(request: RequestLike, name: string): string | null | AuthFailure {
  const line = headerLine(request, name)
  return typeof line === 'string' && line.includes(',') ? ambiguous : line
}
