import { AuthError, createCookieReader } from '@claimcheck/core'
import type { CookiePlace, RequestLike } from '@claimcheck/core'
import { readFields } from '@claimcheck/core/settings'
import { checkAge, checkToken, readName, setCookie } from './set-cookie.ts'

/** What of a login goes into the cookie. */
export interface RefreshCookieTokens {
  readonly refreshToken: string
}

export interface RefreshCookieOptions {
  /** It begins with `__Host-`. @default '__Host-refresh' */
  readonly name?: string
}

const defaultName = '__Host-refresh'

/**
 * Writes the `Set-Cookie` value that hands a refresh token to a browser, for so many seconds: no longer than the session
 * may be idle. Only pages of its own site make a browser send it. Throws a TypeError for a token that no cookie can carry.
 */
export function refreshCookie(
  tokens: RefreshCookieTokens,
  options: RefreshCookieOptions & { readonly maxAgeSeconds: number },
): string
/** Writes the `Set-Cookie` value that ends the cookie. */
export function refreshCookie(tokens: null, options?: RefreshCookieOptions): string
export function refreshCookie(
  tokens: RefreshCookieTokens | null,
  options: RefreshCookieOptions & { readonly maxAgeSeconds?: number } = {},
): string {
  const fields = readFields('', options, ['name', 'maxAgeSeconds'])
  const name = fields.has('name') ? readName(fields.get('name')) : defaultName
  if (tokens === null) return setCookie({ name, token: '', maxAgeSeconds: 0, sameSite: 'strict' })
  const token = checkToken('refreshToken', tokens.refreshToken)
  const maxAgeSeconds = checkAge('maxAgeSeconds', fields.get('maxAgeSeconds'))
  return setCookie({ name, token, maxAgeSeconds, sameSite: 'strict' })
}

export interface RefreshTokenReaderOptions extends RefreshCookieOptions {
  /** The origins that may refresh and log out, beside the own one. @default none */
  readonly origins?: NonNullable<CookiePlace['origins']>
}

/**
 * Makes a reader of the refresh token in the cookie of a request. It throws the AuthError of a request without one
 * (`token_missing`), with two (`request_malformed`), or of elsewhere (`cross_site_request`), whatever its method.
 */
export function createRefreshTokenReader(options: RefreshTokenReaderOptions = {}): (request: RequestLike) => string {
  const fields = readFields('', options, ['name', 'origins'])
  const cookie = fields.has('name') ? readName(fields.get('name')) : defaultName
  const { origins } = options
  const read = createCookieReader(origins === undefined ? { cookie } : { cookie, origins })
  return (request) => {
    const token = read(request)
    if (token === null || token === '')
      throw new AuthError('token_missing', { detail: 'there is no cookie of a refresh token' })
    return token
  }
}
