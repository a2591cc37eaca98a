import { hasOwn } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { needsOriginCheck, checkOrigin } from './cross-site.ts'
import { cookieLine, headerLine, joinsLines } from './headers.ts'
import type { RequestLike } from './headers.ts'

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

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/
/** How nearly all clients write it. */
const usualStart = 'Bearer '
const parameter = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+[ \t]*=/
const joined = new AuthFailure('request_malformed', 'the authorization header has more than one value')
/** A scheme is an RFC 9110 token; what does not begin with one names no scheme at all. */
const scheme = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]*/

/**
 * Takes the credentials of a bearer token (RFC 6750 section 2.1) from their line, or null where there are none. Another
 * scheme than Bearer is not ours to judge; a second line, or anything but blanks after `Bearer`, is refused. Whether
 * they are one token is for `isToken68`. `Headers` and some gateways join two lines with a comma: that is refused too,
 * because otherwise a token behind another scheme would pass as a request without one.
 */
export function extractCredentials(request: RequestLike): string | null | AuthFailure {
  const value = headerLine(request, 'authorization')
  if (value === null || value instanceof AuthFailure) return value
  if (value.startsWith(usualStart) && value[usualStart.length] !== ' ') return value.slice(usualStart.length)
  const name = scheme.exec(value)?.[0] ?? ''
  if (name.toLowerCase() !== 'bearer') return hasSecondCredentials(value) ? joined : null
  let start = name.length
  while (value[start] === ' ') start++
  if (start > name.length) return value.slice(start)
  return new AuthFailure('request_malformed', 'the scheme must be followed by a space and a token')
}

/**
 * Whether a comma is followed by anything but a parameter of the first scheme (RFC 9110 section 11.4). Reads every
 * character once, because the client chooses the length.
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

/** `name=value`, or nothing, which lists may contain (RFC 9110 section 5.6.1.2). */
function isParameter(element: string): boolean {
  const text = element.trim()
  return text === '' || parameter.test(text)
}

/** Whether the credentials are one token68 (RFC 9110 section 11.2). */
export function isToken68(credentials: string): boolean {
  return token68.test(credentials)
}

const standsTwice = new AuthFailure('request_malformed', 'the cookie appears more than once')
const mayBeJoined = new AuthFailure(
  'request_malformed',
  'the cookie follows a comma, so there may be two Cookie headers',
)

/**
 * The value of a cookie, to the letter: nothing is decoded, unquoted or trimmed, and a name that differs in case or by
 * a blank is another name. A second cookie of that name may be of another host or path; neither is taken. Behind a comma
 * it is refused if the platform joins lines with commas: it may have been on a line of its own.
 */
export function findCookie(request: RequestLike, name: string): string | null | AuthFailure {
  const line = cookieLine(request)
  if (line === null || line instanceof AuthFailure) return line
  const start = `${name}=`
  let value: string | null = null
  for (let at = line.indexOf(start); at !== -1; at = line.indexOf(start, at + start.length)) {
    if (!beginsPair(line, at)) {
      if (beginsPair(line, at, ',') && joinsLines(request)) return mayBeJoined
      continue
    }
    if (value !== null) return standsTwice
    const end = line.indexOf(';', at)
    value = line.slice(at + start.length, end === -1 ? line.length : end)
  }
  return value
}

/** Whether nothing but blanks stands between the place and the semicolon in front of it. */
function beginsPair(line: string, at: number, separator = ';'): boolean {
  let before = at - 1
  while (line[before] === ' ' || line[before] === '\t') before--
  return before < 0 || line[before] === separator
}
