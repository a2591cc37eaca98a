import { classProperty, hasMethod } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'

/** The part of a request that is read. Node's IncomingMessage and the Fetch Request both have it. */
export interface RequestLike {
  /** `null` when there are none, as in some events of AWS Lambda. */
  readonly headers: Headers | Readonly<Record<string, string | string[] | undefined>> | null
  /** Node keeps only the first of two Authorization lines in `headers`; these tell. */
  readonly rawHeaders?: readonly string[] | undefined
  /** Where it is not known, a request by cookie is taken for one that acts. */
  readonly method?: string | undefined
  /** For logs; it may be relative. Decisions never depend on it. */
  readonly url?: string | undefined
  /** For logs: the URL before a router removed its mount path from `url`, as Express does. */
  readonly originalUrl?: string | undefined
}

/** The value of a header that may stand once; null where it does not stand, a refusal where it stands twice. */
export function headerLine(request: RequestLike, name: string): string | null | AuthFailure {
  const rawHeaders = rawHeadersOf(request)
  if (rawHeaders !== undefined && linesNamed(rawHeaders, name) > 1) return standsTwice(name)
  const value = valueOf(request, rawHeaders, name)
  if (!Array.isArray(value)) return value
  return value.length > 1 ? standsTwice(name) : (value[0] ?? null)
}

/** The cookies of a request; their lines are one list, which HTTP/2 may split (RFC 9113 section 8.2.3). */
export function cookieLine(request: RequestLike): string | null | AuthFailure {
  const value = valueOf(request, rawHeadersOf(request), 'cookie')
  return Array.isArray(value) ? value.join('; ') : value
}

/** Whether the platform joins the lines of a header with commas, as the `Headers` of Fetch do, those of cookies included. */
export function joinsLines(request: RequestLike): boolean {
  const headers = headersOf(request)
  return headers !== null && headers !== undefined && isHeaders(headers)
}

type RawHeaders = RequestLike['rawHeaders']

function valueOf(request: RequestLike, rawHeaders: RawHeaders, name: string): string | string[] | null | AuthFailure {
  const headers = headersOf(request)
  if (headers === null || headers === undefined) return null
  // Node writes names in lower case, and tells by rawHeaders that it is Node.
  if (rawHeaders !== undefined && hasHeader(headers, name)) return readValue(headers[name], name)
  if (isHeaders(headers)) return readValue(headers.get(name), name)
  return readValue(anyCase(isMap(headers) ? Object.fromEntries(headers) : headers, name), name)
}

type HeaderRecord = Readonly<Record<string, string | string[] | undefined>>

function hasHeader(headers: object, name: string): headers is HeaderRecord {
  return Object.hasOwn(headers, name)
}

/** A list may have `undefined` in it. A line that is not a string could be read in two ways. */
function readValue(value: unknown, name: string): string | string[] | null | AuthFailure {
  if (typeof value === 'string' || value instanceof AuthFailure) return value
  if (!Array.isArray(value)) return null
  const lines = value.filter((line: unknown) => !isAbsent(line))
  if (lines.every((line) => typeof line === 'string')) return lines
  return new AuthFailure('request_malformed', `the ${name} header has a line that is not a string`)
}

type PresentHeaders = NonNullable<RequestLike['headers']>

/** Of this realm or another; a Map has the same methods and compares names by case. */
function isHeaders(headers: PresentHeaders): headers is Headers {
  return hasMethod(headers, 'get') && !isMap(headers)
}

function isMap(headers: object): headers is ReadonlyMap<string, string> {
  return Object.prototype.toString.call(headers) === '[object Map]'
}

/** Read by name and not by `Object.hasOwn`, which takes several times as long: this is done for every request. */
const polluted = Object.prototype as { readonly headers?: unknown; readonly rawHeaders?: unknown }

/** Of the request itself or of its class, and never of a polluted `Object.prototype`. */
function headersOf(request: RequestLike): RequestLike['headers'] {
  if (polluted.headers === undefined) return request.headers
  return classProperty(request, 'headers') as RequestLike['headers']
}

function rawHeadersOf(request: RequestLike): RawHeaders {
  if (polluted.rawHeaders === undefined) return request.rawHeaders
  return classProperty(request, 'rawHeaders') as RawHeaders
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
    if (!isNamed(key, name) || isAbsent(headers[key])) continue
    if (found !== undefined) return standsTwice(name)
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

function standsTwice(name: string): AuthFailure {
  return new AuthFailure('request_malformed', `the ${name} header appears more than once`)
}
