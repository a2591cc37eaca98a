import { AuthError, createCookieReader } from '@claimcheck/core'
import type { CookieLocation, RequestLike } from '@claimcheck/core'
import { readFields, readNumber } from '@claimcheck/core/internal'
import { checkToken, longestAgeSeconds, memberOf, readName, setCookie } from './set-cookie.ts'

/** What of a login goes into the cookie. */
export interface RefreshCookieTokens {
  readonly refreshToken: string
}

export interface RefreshCookieOptions {
  /** It begins with `__Host-`. @default '__Host-refresh' */
  readonly name?: string
  /** How long a browser keeps it: the issuer's `sessionIdleSeconds`. @default 1,209,600: two weeks */
  readonly maxAgeSeconds?: number
}

const defaultName = '__Host-refresh'

/**
 * Writes the `Set-Cookie` value that hands a refresh token to a browser, which sends it for pages of its own site alone;
 * null ends the cookie. Throws a TypeError for a token that no cookie can carry.
 */
export function serializeRefreshCookie(tokens: RefreshCookieTokens | null, options: RefreshCookieOptions = {}): string {
  const fields = readFields('', options, ['name', 'maxAgeSeconds'])
  const name = fields.has('name') ? readName(fields.get('name')) : defaultName
  const lasting = fields.has('maxAgeSeconds')
    ? readNumber('maxAgeSeconds', fields.get('maxAgeSeconds'), 1, longestAgeSeconds)
    : 1_209_600
  const token = tokens === null ? '' : checkToken('refreshToken', memberOf(tokens, 'refreshToken'))
  return setCookie({ name, token, maxAgeSeconds: tokens === null ? 0 : Math.floor(lasting), sameSite: 'strict' })
}

export interface RefreshTokenReaderOptions extends Pick<RefreshCookieOptions, 'name'> {
  /** The origins that may refresh and log out, beside the own one. @default none */
  readonly origins?: NonNullable<CookieLocation['origins']>
}

/**
 * Makes a reader of the refresh token in the cookie of a request. It throws the AuthError of a request without one
 * (`token_missing`), with two (`request_malformed`), or of elsewhere (`cross_site_request`), whatever its method.
 */
export function createRefreshTokenReader(options: RefreshTokenReaderOptions = {}): (request: RequestLike) => string {
  const fields = readFields('', options, ['name', 'origins'])
  const cookie = fields.has('name') ? readName(fields.get('name')) : defaultName
  const origins = fields.has('origins')
    ? { origins: fields.get('origins') as NonNullable<CookieLocation['origins']> }
    : {}
  const read = createCookieReader({ cookie, ...origins })
  return (request) => {
    const token = read(request)
    if (token === null || token === '')
      throw new AuthError('token_missing', { logDetail: 'there is no cookie of a refresh token' })
    return token
  }
}
