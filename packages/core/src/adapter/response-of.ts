import { carriedResponse } from '../failure/error-response.ts'
import type { ResponseParts } from '../failure/error-response.ts'
import { isAuthError } from '../failure/errors.ts'
import { toErrorResponse } from '../http/response.ts'

/** What an adapter writes in place of the response that a handler had begun. */
export interface ThrownResponse extends ResponseParts {
  /** Whether the fault is the server's, so that the framework's log must have the error too. */
  readonly isOutage: boolean
}

/**
 * The response to what a handler threw: to an AuthError, and to an error that carries its own response. Null for every
 * other value, whatever its `status` and `headers` say, and if the response is not one that a server can write.
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
 * Headers that describe a body, or the resource that was to be sent. An adapter removes those that a handler had set
 * before it threw: they are not true of the error's body.
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
  // Without a prototype: what was added to Object.prototype must not become a response.
  return Object.assign(Object.create(null), typeof value === 'object' ? value : null)
}

/** A field name and a value of one line (RFC 9110 section 5.5), which no server refuses to write. */
function isHeaderLine(line: [string, unknown]): line is [string, string] {
  const [name, value] = line
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7E\x80-\xFF]*$/.test(value)
}
