import { AuthFailure } from '../failure/auth-failure.ts'
import { cookieLine, joinsLines } from './headers.ts'
import type { RequestLike } from './request-like.ts'

const standsTwice = new AuthFailure('request_malformed', 'the cookie stands more than once')
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
