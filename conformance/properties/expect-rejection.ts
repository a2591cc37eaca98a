import { authErrorCodes, toErrorResponse } from '@claimcheck/core'
import type { Auth, AuthError, AuthErrorCode } from '@claimcheck/core'
import { expect } from 'vitest'
import { verdictOf } from '../src/outcome.ts'
import { flipBit } from './arbitrary-token.ts'

/** A header value on one line without request data. */
const printable = /^[\x20-\x7E]+$/
const outages: readonly string[] = ['keys_unavailable', 'revocation_unavailable']

/** Expects a response that every server can write: a status of the table, valid header lines, a problem body. */
export function expectPlainError(error: AuthError): void {
  const { status, headers, body } = toErrorResponse(error)
  expect(authErrorCodes).toContain(error.code)
  // This code is for logs only.
  expect(error.code).not.toBe('key_not_found')
  // No dependency failed, and input must never look like an outage.
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

/** The number of bits of a token's text. */
export function bitsOf(token: string): number {
  return token.length * 8
}

/** Expects that the token is rejected if this bit is flipped, with this code, if any. */
export async function expectFlipRejected(auth: Auth, token: string, bit: number, code?: AuthErrorCode): Promise<void> {
  const flipped = flipBit(Math.floor(bit / 8), bit % 8)(token)
  const { error } = await verdictOf(auth.verifyToken(flipped))
  if (error === null) expect.fail(`bit ${bit} of ${token} is turned over, and it is accepted`)
  expectPlainError(error)
  if (code !== undefined && error.code !== code) expect.fail(`bit ${bit} of ${token}: ${error.code}`)
}
