import { AuthError } from '../errors.ts'

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
/** A scheme is an RFC 9110 token; what does not begin with one names no scheme at all. */
const scheme = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]*/

/**
 * Takes the token from its header line, or null where there is none. Another scheme than Bearer is not ours to judge;
 * a second line, or anything but blanks and one token68 after `Bearer`, is refused.
 */
export function extractToken(request: RequestLike, from: TokenFrom): string | null {
  if (from !== 'authorization') {
    const value = headerLine(request, from.header)
    return value === null ? null : wellFormed(value)
  }
  const value = headerLine(request, 'authorization')
  if (value === null) return null
  const name = scheme.exec(value)?.[0] ?? ''
  if (name.toLowerCase() !== 'bearer') return null
  let start = name.length
  while (value[start] === ' ') start++
  if (start === name.length) throw malformed('nothing but a blank may follow the scheme')
  return wellFormed(value.slice(start))
}

function wellFormed(value: string): string {
  if (!token68.test(value)) throw malformed('the credentials are not one token68')
  return value
}

function headerLine(request: RequestLike, name: string): string | null {
  if (request.rawHeaders !== undefined && linesNamed(request.rawHeaders, name) > 1) {
    throw malformed(`the header ${name} stands more than once`)
  }
  const { headers } = request
  if (isHeaders(headers)) return headers.get(name)
  // Node writes names in lower case, and tells by rawHeaders that it is Node.
  const isPlain = request.rawHeaders === undefined || !Object.hasOwn(headers, name)
  const value = isPlain ? anyCase(headers, name) : headers[name]
  if (!Array.isArray(value)) return value ?? null
  if (value.length > 1) throw malformed(`the header ${name} stands more than once`)
  return value[0] ?? null
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
  if (found.length > 1) throw malformed(`the header ${name} stands more than once`)
  return found[0] === undefined ? undefined : headers[found[0]]
}

function malformed(detail: string): AuthError {
  return new AuthError('request_malformed', { detail })
}
