import { Refused } from '../refused.ts'
import type { RequestLike } from './request-like.ts'

/** The value of a header that may stand once; null where it does not stand, a refusal where it stands twice. */
export function headerLine(request: RequestLike, name: string): string | null | Refused {
  if (request.rawHeaders !== undefined && linesNamed(request.rawHeaders, name) > 1) return standsTwice(name)
  const value = valueOf(request, name)
  if (!Array.isArray(value)) return value
  return value.length > 1 ? standsTwice(name) : (value[0] ?? null)
}

/** The cookies of a request; their lines are one list, which HTTP/2 may split (RFC 9113 section 8.2.3). */
export function cookieLine(request: RequestLike): string | null | Refused {
  const value = valueOf(request, 'cookie')
  return Array.isArray(value) ? value.join('; ') : value
}

function valueOf({ headers, rawHeaders }: RequestLike, name: string): string | string[] | null | Refused {
  if (isHeaders(headers)) return headers.get(name)
  // Node writes names in lower case, and tells by rawHeaders that it is Node.
  const isPlain = rawHeaders === undefined || !Object.hasOwn(headers, name)
  const value = isPlain ? anyCase(headers, name) : headers[name]
  return typeof value === 'string' || Array.isArray(value) || value instanceof Refused ? value : null
}

function isHeaders(headers: RequestLike['headers']): headers is Headers {
  return typeof headers.get === 'function'
}

function linesNamed(rawHeaders: readonly string[], name: string): number {
  let lines = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (isNamed(rawHeaders[at], name)) lines++
  }
  return lines
}

/** Node gives header names in lower case; some gateways do not. */
function anyCase(headers: Readonly<Record<string, string | string[] | undefined>>, name: string) {
  let found: string | undefined
  for (const key of Object.keys(headers)) {
    if (!isNamed(key, name)) continue
    if (found !== undefined) return standsTwice(name)
    found = key
  }
  return found === undefined ? undefined : headers[found]
}

function isNamed(candidate: string | undefined, name: string): boolean {
  return candidate?.length === name.length && candidate.toLowerCase() === name
}

function standsTwice(name: string): Refused {
  return new Refused('request_malformed', `the header ${name} stands more than once`)
}
