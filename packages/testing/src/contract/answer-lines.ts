import { STATUS_CODES } from 'node:http'
import { toErrorResponse } from '@claimcheck/core'
import type { AuthError } from '@claimcheck/core'
import type { Answer, HeaderLine } from './answer.ts'

/** Headers of the connection and of the server, which the contract leaves to them. */
const ofTheServer: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'keep-alive'])

/** An answer to compare, line by line; a header that the contract does not know stands among the lines. */
export function answerLines({ status, reason, headers, body }: Answer): readonly string[] {
  return toLines(`${status} ${reason}`, headers, body.toString('latin1'))
}

/** What a server is told to write of a refusal, as the lines that would go over the wire. */
export function refusalToLines(error: AuthError): readonly string[] {
  const { status, headers, body } = toErrorResponse(error)
  return toLines(`${status} ${STATUS_CODES[status]}`, Object.entries(headers), body)
}

function toLines(status: string, headers: readonly HeaderLine[], body: string): readonly string[] {
  const lines = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !ofTheServer.has(name))
    .map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status}`, ...lines.toSorted(), '', body]
}
