import { authErrorCodes, createAuth, isAuthError } from '@claimcheck/core'
import type { RequestLike } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { HeaderLine } from '@claimcheck/testing/contract/response'
import { toErrorResponseLines } from '@claimcheck/testing/contract/response-lines'
import { authOptions } from '@claimcheck/testing/contract/issuer'
import { named } from '@claimcheck/testing/contract/rejection-case'
import type { RejectionCase, RequestCase } from '@claimcheck/testing/contract/rejection-case'
import { errorResponses } from '@claimcheck/testing/contract/error-responses'
import { acceptedCases, rejectionCases } from '@claimcheck/testing/contract/rejections'

type ToRequest = (lines: readonly HeaderLine[], method: string) => RequestLike

/** A request as the platforms represent it. */
const requests: readonly (readonly [string, ToRequest, readonly RejectionCase[]])[] = [
  ['a request of Node', ofNode, rejectionCases],
  ['a request of Fetch', ofFetch, rejectionCases.filter(({ needsLines }) => needsLines !== true)],
]

describe.each(requests)('core, on %s', (_name, toRequest, cases) => {
  it.each(named(cases))('rejects %s', async (_case, { code, lines = errorResponses[code], ...request }) => {
    expect(await outcomeOf(request, toRequest)).toEqual(lines)
  })

  it.each(named(acceptedCases))('accepts %s', async (_case, request) => {
    expect(await outcomeOf(request, toRequest)).toBe('john')
  })
})

async function outcomeOf(
  { method = 'GET', headers, options, guards = [] }: RequestCase,
  toRequest: ToRequest,
): Promise<unknown> {
  try {
    const auth = createAuth(authOptions(options))
    const principal = await auth.authenticate(toRequest(headers, method))
    for (const policy of guards) await auth.authorize(principal, policy)
    return principal.subject
  } catch (error) {
    return isAuthError(error) ? toErrorResponseLines(error) : error
  }
}

/** Node keeps the first of two Authorization headers, joins those of cookies and most others, and trims the values. */
function ofNode(lines: readonly HeaderLine[], method: string): RequestLike {
  const headers: Record<string, string> = {}
  for (const [name, value] of lines) {
    const key = name.toLowerCase()
    const separator = key === 'cookie' ? '; ' : ', '
    const before = headers[key]
    if (before === undefined) headers[key] = value.trim()
    else if (key !== 'authorization') headers[key] = before + separator + value.trim()
  }
  return { method, headers, rawHeaders: lines.flat() }
}

/** Fetch joins headers with the same name. */
function ofFetch(lines: readonly HeaderLine[], method: string): RequestLike {
  return { method, headers: new Headers(lines.map(([name, value]) => [name, value])) }
}

it('the contract provokes every error code on every adapter', () => {
  const provoked = new Set(rejectionCases.map(({ code }) => code))
  expect(authErrorCodes.filter((code) => !provoked.has(code))).toEqual([])
})
