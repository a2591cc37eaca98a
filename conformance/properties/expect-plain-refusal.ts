import { authErrorCodes, toErrorResponse } from '@claimcheck/core'
import type { AuthError } from '@claimcheck/core'
import { expect } from 'vitest'

/** A header value that takes one line and has nothing of a request in it. */
const printable = /^[\x20-\x7E]+$/
const outages: readonly string[] = ['keys_unavailable', 'revocation_unavailable']

/** Expects an answer that any server can write: a status of the table, whole header lines, a problem body. */
export function expectPlainRefusal(error: AuthError): void {
  const { status, headers, body } = toErrorResponse(error)
  expect(authErrorCodes).toContain(error.code)
  // Which keys there are is for logs alone.
  expect(error.code).not.toBe('key_not_found')
  // Nothing was out: what a caller sends is never to look like an outage.
  expect(outages).not.toContain(error.code)
  expect([400, 401, 403]).toContain(status)
  for (const line of Object.entries(headers).flat()) expect(line).toMatch(printable)
  expect(JSON.parse(body)).toEqual({
    type: 'about:blank',
    title: expect.any(String),
    status,
    detail: error.message,
    code: error.code,
  })
}
