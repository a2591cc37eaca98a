import { parseCookiePlace } from './token-location.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { findCookie } from '../request/credentials.ts'
import { checkOrigin } from '../request/cross-site.ts'
import type { RequestLike } from '../request/headers.ts'
import type { CookieLocation } from '../request/credentials.ts'

/**
 * Makes a reader of a cookie by which a request always acts, such as that of a refresh token: its text to the letter, or
 * null where there is none. Throws an AuthError where it stands twice (`request_malformed`), or where the request does not
 * come from the own origin or one of the list (`cross_site_request`), whatever its method. Throws ConfigError at the start.
 */
export function createCookieReader(place: CookieLocation): (request: RequestLike) => string | null {
  const { cookie, origins } = parseCookiePlace('', place)
  return (request) => {
    const found = findCookie(request, cookie)
    const outcome = typeof found === 'string' ? (checkOrigin(request, origins) ?? found) : found
    if (outcome instanceof AuthFailure) throw outcome.toError()
    return outcome
  }
}
