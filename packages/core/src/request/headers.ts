import { classProperty, hasMethod } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'

/** The part of a request that is read. Node's `IncomingMessage` and the Fetch `Request` both have it. */
export interface RequestLike {
  /** Null if there are none, as in some events of AWS Lambda. */
  readonly headers: Headers | Readonly<Record<string, string | string[] | undefined>> | null
  /** All lines as Node received them: `headers` contains only the first of two Authorization lines. */
  readonly rawHeaders?: readonly string[] | undefined
  /** If it is unknown, a request with a cookie is treated as one that may change something. */
  readonly method?: string | undefined
  /** For logs. It can be relative. No decision depends on it. */
  readonly url?: string | undefined
  /** For logs: the URL before a router removed its mount path from `url`, as Express does. */
  readonly originalUrl?: string | undefined
}

/**
 * Returns the value of a header, or null. Returns a failure if the header appears twice: a proxy could check one of
 * them and this server use the other, which would let an attacker bypass the proxy's check.
 */
export function headerLine(request: RequestLike, name: string): string | null | AuthFailure {
  const rawHeaders = rawHeadersOf(request)
  if (rawHeaders !== undefined && countLines(rawHeaders, name) > 1) return duplicateHeader(name)
  const value = headerValue(request, rawHeaders, name)
  if (!Array.isArray(value)) return value
  return value.length > 1 ? duplicateHeader(name) : (value[0] ?? null)
}

/** Returns the cookies of a request as one line. HTTP/2 may split them into several lines (RFC 9113 section 8.2.3). */
export function cookieLine(request: RequestLike): string | null | AuthFailure {
  const value = headerValue(request, rawHeadersOf(request), 'cookie')
  return Array.isArray(value) ? value.join('; ') : value
}

/** Whether the platform joins the lines of a header with commas, even those of cookies, as the `Headers` of Fetch do. */
export function joinsLines(request: RequestLike): boolean {
  const headers = headersOf(request)
  return headers !== null && headers !== undefined && isHeaders(headers)
}

type RawHeaders = RequestLike['rawHeaders']

function headerValue(
  request: RequestLike,
  rawHeaders: RawHeaders,
  name: string,
): string | string[] | null | AuthFailure {
  const headers = headersOf(request)
  if (headers === null || headers === undefined) return null
  // Only Node has rawHeaders, and its names are in lower case.
  if (rawHeaders !== undefined && hasHeader(headers, name)) return readValue(headers[name], name)
  if (isHeaders(headers)) return readValue(headers.get(name), name)
  return readValue(findInAnyCase(isMap(headers) ? Object.fromEntries(headers) : headers, name), name)
}

type HeaderRecord = Readonly<Record<string, string | string[] | undefined>>

function hasHeader(headers: object, name: string): headers is HeaderRecord {
  return Object.hasOwn(headers, name)
}

/** A list may contain `undefined`. A line that is not a string is rejected, because other code could convert it differently. */
function readValue(value: unknown, name: string): string | string[] | null | AuthFailure {
  if (typeof value === 'string' || value instanceof AuthFailure) return value
  if (!Array.isArray(value)) return null
  const lines = value.filter((line: unknown) => !isAbsent(line))
  if (lines.every((line) => typeof line === 'string')) return lines
  return new AuthFailure('request_malformed', `the ${name} header has a line that is not a string`)
}

type PresentHeaders = NonNullable<RequestLike['headers']>

/** Whether these are `Headers`, even of another realm. A Map has the same methods, but its names are case-sensitive. */
function isHeaders(headers: PresentHeaders): headers is Headers {
  return hasMethod(headers, 'get') && !isMap(headers)
}

function isMap(headers: object): headers is ReadonlyMap<string, string> {
  return Object.prototype.toString.call(headers) === '[object Map]'
}

/** Shows whether a property is polluted. `Object.hasOwn` on each request would be several times slower. */
const objectPrototype = Object.prototype as { readonly headers?: unknown; readonly rawHeaders?: unknown }

/** Reads from the request or its class, never from a polluted `Object.prototype`. */
function headersOf(request: RequestLike): RequestLike['headers'] {
  if (objectPrototype.headers === undefined) return request.headers
  return classProperty(request, 'headers') as RequestLike['headers']
}

function rawHeadersOf(request: RequestLike): RawHeaders {
  if (objectPrototype.rawHeaders === undefined) return request.rawHeaders
  return classProperty(request, 'rawHeaders') as RawHeaders
}

function countLines(rawHeaders: readonly string[], name: string): number {
  let lines = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (isNamed(rawHeaders[at], name)) lines++
  }
  return lines
}

/** Finds a header whatever the case of its name: Node's names are in lower case, those of some gateways are not. */
function findInAnyCase(headers: Readonly<Record<string, string | string[] | undefined>>, name: string) {
  let found: string | undefined
  for (const key of Object.keys(headers)) {
    if (!isNamed(key, name) || isAbsent(headers[key])) continue
    if (found !== undefined) return duplicateHeader(name)
    found = key
  }
  return found === undefined ? undefined : headers[found]
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function isNamed(candidate: string | undefined, name: string): boolean {
  return candidate?.length === name.length && candidate.toLowerCase() === name
}

function duplicateHeader(name: string): AuthFailure {
  return new AuthFailure('request_malformed', `the ${name} header appears more than once`)
}
