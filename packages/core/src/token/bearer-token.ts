import { Refused } from '../refused.ts'

/** What is read of a request. Node's IncomingMessage and the Fetch Request both fit. */
export interface RequestLike {
  readonly headers: Headers | Readonly<Record<string, string | string[] | undefined>>
  /** Node keeps only the first of two Authorization lines in `headers`; these tell. */
  readonly rawHeaders?: readonly string[] | undefined
  readonly method?: string | undefined
}

/** Where the token is taken from: a bearer token (RFC 6750 section 2.1), or a header that holds the bare token. */
export type TokenFrom = 'authorization' | { readonly header: string }

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/
/** How nearly all clients write it. */
const usualStart = 'Bearer '
/** A scheme is an RFC 9110 token; what does not begin with one names no scheme at all. */
const scheme = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]*/

/**
 * Takes the credentials from their header line, or null where there are none. Another scheme than Bearer is not ours to
 * judge; a second line, or anything but blanks after `Bearer`, is refused. Whether they are one token is for `isToken68`.
 */
export function extractCredentials(request: RequestLike, from: TokenFrom): string | null | Refused {
  if (from !== 'authorization') return headerLine(request, from.header)
  const value = headerLine(request, 'authorization')
  if (value === null || value instanceof Refused) return value
  if (value.startsWith(usualStart) && value[usualStart.length] !== ' ') return value.slice(usualStart.length)
  const name = scheme.exec(value)?.[0] ?? ''
  if (name.toLowerCase() !== 'bearer') return null
  let start = name.length
  while (value[start] === ' ') start++
  return start === name.length ? malformed('nothing but a blank may follow the scheme') : value.slice(start)
}

/** Whether the credentials are one token68 (RFC 9110 section 11.2). */
export function isToken68(credentials: string): boolean {
  return token68.test(credentials)
}

function headerLine(request: RequestLike, name: string): string | null | Refused {
  if (request.rawHeaders !== undefined && linesNamed(request.rawHeaders, name) > 1) return standsTwice(name)
  const { headers } = request
  if (isHeaders(headers)) return headers.get(name)
  // Node writes names in lower case, and tells by rawHeaders that it is Node.
  const isPlain = request.rawHeaders === undefined || !Object.hasOwn(headers, name)
  const value = isPlain ? anyCase(headers, name) : headers[name]
  if (value instanceof Refused || typeof value === 'string') return value
  if (!Array.isArray(value)) return null
  return value.length > 1 ? standsTwice(name) : (value[0] ?? null)
}

function isHeaders(headers: RequestLike['headers']): headers is Headers {
  return typeof headers.get === 'function'
}

function linesNamed(rawHeaders: readonly string[], name: string): number {
  let lines = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const candidate = rawHeaders[at]
    if (candidate?.length === name.length && candidate.toLowerCase() === name) lines++
  }
  return lines
}

/** Node gives header names in lower case; some gateways do not. */
function anyCase(headers: Readonly<Record<string, string | string[] | undefined>>, name: string) {
  const found = Object.keys(headers).filter((key) => key.toLowerCase() === name)
  if (found.length > 1) return standsTwice(name)
  return found[0] === undefined ? undefined : headers[found[0]]
}

function standsTwice(name: string): Refused {
  return malformed(`the header ${name} stands more than once`)
}

function malformed(detail: string): Refused {
  return new Refused('request_malformed', detail)
}
