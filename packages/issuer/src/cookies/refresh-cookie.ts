import { AuthError, createCookieReader } from '@claimcheck/core'
import type { CookieLocation, RequestLike } from '@claimcheck/core'
import { readFields, readNumber } from '@claimcheck/core/internal'
import { maxCookieAgeSeconds, readCookieName, readToken, serializeTokenCookie } from './set-cookie.ts'

/** The part of `Tokens` that the cookie needs. */
export interface RefreshCookieTokens {
  readonly refreshToken: string
}

export interface RefreshCookieOptions {
  /** It must start with `__Host-`. @default '__Host-refresh' */
  readonly name?: string
  /** How long the browser keeps the cookie: the issuer's `sessionIdleSeconds`. @default 1,209,600: two weeks */
  readonly maxAgeSeconds?: number
}

const defaultName = '__Host-refresh'
const twoWeeks = 1_209_600

/**
 * Returns the `Set-Cookie` value that stores a refresh token in the browser, which sends it only with requests from pages
 * of the same site. `null` deletes the cookie. Throws a TypeError for an invalid token.
 */
export function serializeRefreshCookie(tokens: RefreshCookieTokens | null, options: RefreshCookieOptions = {}): string {
  const fields = readFields('', options, ['name', 'maxAgeSeconds'])
  const name = fields.has('name') ? readCookieName(fields.get('name')) : defaultName
  const maxAgeSeconds = fields.has('maxAgeSeconds')
    ? Math.floor(readNumber('maxAgeSeconds', fields.get('maxAgeSeconds'), 1, maxCookieAgeSeconds))
    : twoWeeks
  if (tokens === null) return serializeTokenCookie({ name, token: '', maxAgeSeconds: 0, sameSite: 'strict' })
  return serializeTokenCookie({ name, token: readToken(tokens, 'refreshToken'), maxAgeSeconds, sameSite: 'strict' })
}

export interface RefreshTokenReaderOptions extends Pick<RefreshCookieOptions, 'name'> {
  /** Origins that can refresh and log out, in addition to the origin of the server. @default none */
  readonly origins?: NonNullable<CookieLocation['origins']>
}

/**
 * Creates a function that returns the refresh token in the cookie of a request. It throws an AuthError if the request has
 * no such cookie (`token_missing`), has two (`request_malformed`), or comes from another site (`cross_site_request`),
 * whatever its method is.
 */
export function createRefreshTokenReader(options: RefreshTokenReaderOptions = {}): (request: RequestLike) => string {
  const fields = readFields('', options, ['name', 'origins'])
  const cookie = fields.has('name') ? readCookieName(fields.get('name')) : defaultName
  const origins = fields.has('origins')
    ? { origins: fields.get('origins') as NonNullable<CookieLocation['origins']> }
    : {}
  const read = createCookieReader({ cookie, ...origins })
  return (request) => {
    const token = read(request)
    if (token === null || token === '') {
      throw new AuthError('token_missing', { logDetail: 'the request has no refresh token cookie' })
    }
    return token
  }
}
