import { STATUS_CODES } from 'node:http'
import { toErrorResponse } from '@claimcheck/core'
import type { AuthError } from '@claimcheck/core'
import type { HttpResponse, HeaderLine } from './response.ts'

/** Headers that the server sets, and that the contract does not compare. */
const serverHeaders: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'keep-alive'])

/** Converts a response to sorted lines for comparison. An unexpected header shows as an additional line. */
export function responseLines({ status, reason, headers, body }: HttpResponse): readonly string[] {
  return toLines(`${status} ${reason}`, headers, body.toString('latin1'))
}

/** Converts the error response of an AuthError to the same lines. */
export function toErrorResponseLines(error: AuthError): readonly string[] {
  const { status, headers, body } = toErrorResponse(error)
  return toLines(`${status} ${STATUS_CODES[status]}`, Object.entries(headers), body)
}

function toLines(status: string, headers: readonly HeaderLine[], body: string): readonly string[] {
  const lines = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !serverHeaders.has(name))
    .map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status}`, ...lines.toSorted(), '', body]
}
