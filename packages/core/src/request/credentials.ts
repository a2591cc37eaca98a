import { hasOwn } from '../lib/properties.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import { extractCredentials } from './bearer-token.ts'
import { findCookie } from './cookie.ts'
import { needsOriginCheck, checkOrigin } from './cross-site.ts'
import { headerLine } from './headers.ts'
import type { RequestLike } from './request-like.ts'

/** A header that holds the bare token. */
export interface HeaderLocation {
  readonly header: string
}

/** A cookie that holds the token. A browser sends it by itself, so what acts by it must tell where it comes from. */
export interface CookieLocation {
  /** The exact name. With `__Host-` in front, browsers let no other host and no plain http set it. */
  readonly cookie: string
  /** The origins that may act by it, beside the own one: `https://app.example.com`. @default none */
  readonly origins?: string | readonly string[]
}

/** A bearer token (RFC 6750 section 2.1), or a header or a cookie that holds the token. */
export type TokenLocation = 'authorization' | HeaderLocation | CookieLocation

/** Where the token is taken from: one place, or several that are asked in turn, of which a cookie is the last. */
export type TokenSource = TokenLocation | readonly [TokenLocation, ...TokenLocation[]]

/** A cookie place, parsed. */
export interface TokenCookie {
  readonly cookie: string
  readonly origins: ReadonlySet<string>
}

/** A place, parsed; the name of a header is in lower case. */
export type ParsedPlace = 'authorization' | HeaderLocation | TokenCookie

/** Takes the credentials from the first place that holds any, good or bad; the places behind it are not read. */
export function findCredentials(request: RequestLike, places: readonly ParsedPlace[]): string | null | AuthFailure {
  for (const place of places) {
    const credentials = credentialsIn(request, place)
    if (credentials !== null) return credentials
  }
  return null
}

function credentialsIn(request: RequestLike, place: ParsedPlace): string | null | AuthFailure {
  if (place === 'authorization') return extractCredentials(request)
  if (hasOwn(place, 'header')) return headerLine(request, place.header)
  const found = findCookie(request, place.cookie)
  return typeof found === 'string' && needsOriginCheck(request) ? (checkOrigin(request, place.origins) ?? found) : found
}
