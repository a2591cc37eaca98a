import { AuthFailure } from '../failure/auth-failure.ts'
import { headerLine } from './headers.ts'
import type { RequestLike } from './request-like.ts'

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/
/** How nearly all clients write it. */
const usualStart = 'Bearer '
const parameter = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+[ \t]*=/
const joined = new AuthFailure('request_malformed', 'the header authorization has more than one value')
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
  return new AuthFailure('request_malformed', 'nothing but a blank may follow the scheme')
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
