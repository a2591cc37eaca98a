import { carriedResponse } from '../failure/error-response.ts'
import type { ResponseParts } from '../failure/error-response.ts'
import { isAuthError } from '../failure/errors.ts'
import { toErrorResponse } from '../http/response.ts'

/** The response that an adapter writes after a handler threw. */
export interface ThrownResponse extends ResponseParts {
  /** Whether it is the server's fault (5xx). The adapter must then pass the error to the framework's log as well. */
  readonly isOutage: boolean
}

/**
 * Returns the response to a thrown AuthError, or to an error with an attached response. Returns null for any other value,
 * whatever its `status` and `headers` are, because these can contain internal data, and for a response that no server can
 * write.
 */
export function responseOf(error: unknown): ThrownResponse | null {
  if (!(error instanceof Error)) return null
  const { status, headers, body } = ownProperties(isAuthError(error) ? toErrorResponse(error) : carriedResponse(error))
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599) return null
  if (typeof body !== 'string' || typeof headers !== 'object' || headers === null) return null
  const lines = Object.entries(headers)
  if (!lines.every(isHeaderLine)) return null
  return { status, headers: Object.fromEntries(lines), body, isOutage: status >= 500 }
}

/**
 * Headers that describe a body or its resource. An adapter removes those that a handler set before it threw, because they
 * are wrong for the body of the error.
 */
export const bodyHeaders: readonly string[] = Object.freeze([
  'Accept-Ranges',
  'Content-Digest',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Location',
  'Content-MD5',
  'Content-Range',
  'Content-Type',
  'Digest',
  'ETag',
  'Expires',
  'Last-Modified',
  'Repr-Digest',
  'Trailer',
  'Transfer-Encoding',
])

function ownProperties(value: unknown): { readonly [name in keyof ResponseParts]?: unknown } {
  // Without a prototype, so that properties of a polluted Object.prototype do not become a response.
  return Object.assign(Object.create(null), typeof value === 'object' ? value : null)
}

/** A valid field name and a value of one line (RFC 9110 section 5.5): a line break would let a value add a header. */
function isHeaderLine(line: [string, unknown]): line is [string, string] {
  const [name, value] = line
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7E\x80-\xFF]*$/.test(value)
}
