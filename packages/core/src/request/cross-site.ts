import { classProperty } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { headerLine } from './headers.ts'
import type { RequestLike } from './headers.ts'

const crossSite = (detail: string) => new AuthFailure('cross_site_request', detail)
const ambiguous = crossSite('Sec-Fetch-Site or Origin appears more than once')
const missingOrigin = crossSite('Sec-Fetch-Site and Origin are missing')
const crossOrigin = crossSite('Sec-Fetch-Site is not same-origin, and Origin is not in the list of origins')

/**
 * Whether a request may do more than read (RFC 9110 section 9.2.1). An upgrade counts, whatever its method, because the
 * same-origin policy does not apply to a WebSocket: any page could open one with the user's cookie.
 */
export function needsOriginCheck(request: RequestLike): boolean {
  const method = classProperty(request, 'method')
  return (method !== 'GET' && method !== 'HEAD') || headerLine(request, 'upgrade') !== null
}

/**
 * Prevents cross-site request forgery: returns a failure unless the browser reports that the request comes from the API's
 * own origin, or from an origin of the list. Scripts cannot set `Sec-Fetch-Site` or `Origin`.
 */
export function checkOrigin(request: RequestLike, origins: ReadonlySet<string>): AuthFailure | null {
  const site = oneValue(request, 'sec-fetch-site')
  const origin = oneValue(request, 'origin')
  if (site instanceof AuthFailure || origin instanceof AuthFailure) return ambiguous
  if (site === 'same-origin') return null
  if (origin !== null && origins.has(origin)) return null
  return site === null && origin === null ? missingOrigin : crossOrigin
}

/** Neither header can contain a comma. If one does, the platform has joined two lines. */
function oneValue(request: RequestLike, name: string): string | null | AuthFailure {
  const line = headerLine(request, name)
  return typeof line === 'string' && line.includes(',') ? ambiguous : line
}
