import { hasOwn } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { needsOriginCheck, checkOrigin } from './cross-site.ts'
import { cookieLine, headerLine, joinsLines } from './headers.ts'
import type { RequestLike } from './headers.ts'

/** A header that contains the token alone, without a scheme. */
export interface HeaderLocation {
  readonly header: string
}

/**
 * A cookie that contains the token. Because browsers also attach it to requests that other sites trigger (CSRF), a request
 * that may change something must prove its origin: by `Sec-Fetch-Site`, or by an `Origin` in `origins`.
 */
export interface CookieLocation {
  /** The exact name. With the prefix `__Host-`, browsers do not let another host, or a page over plain HTTP, set it. */
  readonly cookie: string
  /**
   * Origins that can send requests with the cookie, in addition to the API's own, such as `https://app.example.com`.
   * @default none
   */
  readonly origins?: string | readonly string[]
}

/** Where a token is read: the bearer token of `Authorization` (RFC 6750 section 2.1), a custom header, or a cookie. */
export type TokenLocation = 'authorization' | HeaderLocation | CookieLocation

/** One location, or several that are read in turn. A cookie must be the last one. */
export type TokenSource = TokenLocation | readonly [TokenLocation, ...TokenLocation[]]

/** A parsed cookie location. */
export interface ParsedCookieLocation {
  readonly cookie: string
  readonly origins: ReadonlySet<string>
}

/** A parsed location. The name of a header is in lower case. */
export type ParsedLocation = 'authorization' | HeaderLocation | ParsedCookieLocation

/**
 * Returns the credentials of the first location that has any, or null. A malformed value counts as well: a later location
 * is not read, so that no request authenticates as a caller other than the one it names first.
 */
export function findCredentials(
  request: RequestLike,
  locations: readonly ParsedLocation[],
): string | null | AuthFailure {
  for (const location of locations) {
    const credentials = credentialsIn(request, location)
    if (credentials !== null) return credentials
  }
  return null
}

function credentialsIn(request: RequestLike, location: ParsedLocation): string | null | AuthFailure {
  if (location === 'authorization') return extractCredentials(request)
  if (hasOwn(location, 'header')) return headerLine(request, location.header)
  const found = findCookie(request, location.cookie)
  if (typeof found !== 'string' || !needsOriginCheck(request)) return found
  return checkOrigin(request, location.origins) ?? found
}

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/
/** The spelling of nearly all clients. */
const usualPrefix = 'Bearer '
const parameter = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+[ \t]*=/
const joinedCredentials = new AuthFailure('request_malformed', 'the authorization header has more than one value')
/** A scheme is an RFC 9110 token. A value that does not start with one has no scheme. */
const scheme = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]*/

/**
 * Returns what follows `Bearer` in the authorization header (RFC 6750 section 2.1); null without the header and for other
 * schemes, which other middleware may handle. `isToken68` checks later whether it is one token. Returns a failure for a
 * second header line, and if `Bearer` is not followed by a space. `Headers` and some gateways join two lines with a comma.
 * Such a value is rejected as well, because a bearer token after another scheme would otherwise count as no token.
 */
export function extractCredentials(request: RequestLike): string | null | AuthFailure {
  const value = headerLine(request, 'authorization')
  if (value === null || value instanceof AuthFailure) return value
  if (value.startsWith(usualPrefix) && value[usualPrefix.length] !== ' ') return value.slice(usualPrefix.length)
  const name = scheme.exec(value)?.[0] ?? ''
  if (name.toLowerCase() !== 'bearer') return hasSecondCredentials(value) ? joinedCredentials : null
  let start = name.length
  while (value[start] === ' ') start++
  if (start > name.length) return value.slice(start)
  return new AuthFailure('request_malformed', 'the scheme must be followed by a space and a token')
}

/**
 * Whether any comma is followed by something other than a parameter of the first scheme (RFC 9110 section 11.4). Reads each
 * character once: the client chooses the length, so a slower algorithm would let it block the event loop.
 */
function hasSecondCredentials(line: string): boolean {
  if (!line.includes(',')) return false
  let start = -1
  let isQuoted = false
  for (let at = 0; at <= line.length; at++) {
    const character = line[at]
    if (isQuoted && character === '\\') at++
    else if (character === '"') isQuoted = !isQuoted
    else if (character === undefined || (character === ',' && !isQuoted)) {
      if (start !== -1 && !isParameter(line.slice(start, at))) return true
      start = at + 1
    }
  }
  return isQuoted
}

/** `name=value`, or an empty element, which a list may contain (RFC 9110 section 5.6.1.2). */
function isParameter(element: string): boolean {
  const trimmed = element.trim()
  return trimmed === '' || parameter.test(trimmed)
}

/** Whether the credentials are a single token68 (RFC 9110 section 11.2). */
export function isToken68(credentials: string): boolean {
  return token68.test(credentials)
}

const duplicateCookie = new AuthFailure('request_malformed', 'the cookie appears more than once')
const possiblyJoinedCookies = new AuthFailure(
  'request_malformed',
  'the cookie follows a comma, so there may be two Cookie headers',
)

/**
 * Returns the value of a cookie, or null. The value is not decoded, unquoted or trimmed, and the name is compared exactly.
 * Returns a failure for two cookies of that name: an attacker on another subdomain or path can set one of them, and
 * nothing shows which one that is. A cookie after a comma is rejected if the platform joins header lines with commas,
 * because it may have been the first cookie of a second line.
 */
export function findCookie(request: RequestLike, name: string): string | null | AuthFailure {
  const line = cookieLine(request)
  if (line === null || line instanceof AuthFailure) return line
  const start = `${name}=`
  let value: string | null = null
  for (let at = line.indexOf(start); at !== -1; at = line.indexOf(start, at + start.length)) {
    if (!isAtPairStart(line, at)) {
      if (isAtPairStart(line, at, ',') && joinsLines(request)) return possiblyJoinedCookies
      continue
    }
    if (value !== null) return duplicateCookie
    const end = line.indexOf(';', at)
    value = line.slice(at + start.length, end === -1 ? line.length : end)
  }
  return value
}

/** Whether only spaces and tabs separate the position from the separator before it, or from the start of the line. */
function isAtPairStart(line: string, at: number, separator = ';'): boolean {
  let before = at - 1
  while (line[before] === ' ' || line[before] === '\t') before--
  return before < 0 || line[before] === separator
}
