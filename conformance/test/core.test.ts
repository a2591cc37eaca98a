import { authorize, createAuth, isAuthError } from '@claimcheck/core'
import type { RequestLike } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { HeaderLine } from '../src/answer.ts'
import { refusalToLines } from '../src/contract/answer-lines.ts'
import { accepting } from '../src/contract/issuer.ts'
import { named } from '../src/contract/refusal-case.ts'
import type { RefusalCase, RequestCase } from '../src/contract/refusal-case.ts'
import { refusalLines } from '../src/contract/refusal-lines.ts'
import { refusalCases } from '../src/contract/refusals.ts'
import { goodRequests } from '../src/contract/request-refusals.ts'

type ToRequest = (lines: readonly HeaderLine[]) => RequestLike

/** A request as the platforms hand it over. */
const requests: readonly (readonly [string, ToRequest, readonly RefusalCase[]])[] = [
  ['a request of Node', ofNode, refusalCases],
  ['a request of Fetch', ofFetch, refusalCases.filter(({ needsLines }) => needsLines !== true)],
]

describe.each(requests)('core, on %s', (_name, toRequest, cases) => {
  it.each(named(cases))('refuses %s', async (_case, { code, lines = refusalLines[code], ...request }) => {
    expect(await outcomeOf(request, toRequest)).toEqual(lines)
  })

  it.each(named(goodRequests))('accepts %s', async (_case, request) => {
    expect(await outcomeOf(request, toRequest)).toBe('john')
  })
})

async function outcomeOf({ headers, options, guards = [] }: RequestCase, toRequest: ToRequest): Promise<unknown> {
  try {
    const principal = await createAuth(accepting(options)).authenticate(toRequest(headers))
    for (const policy of guards) authorize(principal, policy)
    return principal.subject
  } catch (error) {
    return isAuthError(error) ? refusalToLines(error) : error
  }
}

/** Node lets the first of two Authorization lines stand, and trims the values. */
function ofNode(lines: readonly HeaderLine[]): RequestLike {
  const headers: Record<string, string> = {}
  for (const [name, value] of lines) headers[name.toLowerCase()] ??= value.trim()
  return { headers, rawHeaders: lines.flat() }
}

/** Fetch joins lines of one name to one value. */
function ofFetch(lines: readonly HeaderLine[]): RequestLike {
  return { headers: new Headers(lines.map(([name, value]) => [name, value])) }
}
