import { createAuth, isAuthError, authErrorCodes } from '@claimcheck/core'
import type { AuthError } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { named } from '@claimcheck/testing/contract/rejection-case'
import { canaryRejections } from './canary-rejections.ts'
import type { CanaryRejection } from './canary-rejections.ts'
import { canaryOptions } from './canary-token.ts'
import { leaksIn } from './canary.ts'
import { viewsOfCauses, viewsOfError } from './views.ts'

describe('an AuthError', () => {
  it.each(named(canaryRejections))(
    'an error reveals nothing of the request, the keys or the network: %s',
    async (_name, { code, canaries, causeReveals, ...request }) => {
      const reported: AuthError[] = []
      const error = await errorOf(request, (authError) => void reported.push(authError))
      expect(error.logCode).toBe(code)
      expect(reported).toEqual([error])
      const views = [...viewsOfError(error), ...(causeReveals === true ? [] : viewsOfCauses(error))]
      const leaks = views.flatMap(([view, shown]) => leaksIn(shown, canaries).map((leaked) => `${leaked} in ${view}`))
      expect(leaks).toEqual([])
      // Otherwise the row does not provoke what it is meant to.
      if (causeReveals === true)
        expect(viewsOfCauses(error).flatMap(([, shown]) => leaksIn(shown, canaries))).not.toEqual([])
    },
  )
})

it('the rows provoke every code', () => {
  const provoked = new Set(canaryRejections.map(({ code }) => code))
  expect(authErrorCodes.filter((code) => !provoked.has(code))).toEqual([])
})

type Request = Omit<CanaryRejection, 'code' | 'canaries' | 'causeReveals'>

async function errorOf(
  { method, headers, options = {}, guards = [] }: Request,
  onAuthError: (error: AuthError) => void,
): Promise<AuthError> {
  try {
    const rawHeaders = headers.flat()
    const first = Object.fromEntries(headers.toReversed().map(([name, value]) => [name.toLowerCase(), value]))
    const auth = createAuth({ ...canaryOptions, onAuthError, ...options })
    const principal = await auth.authenticate({ method, headers: first, rawHeaders })
    for (const policy of guards) await auth.authorize(principal, policy)
  } catch (error) {
    if (isAuthError(error)) return error
    throw error
  }
  return expect.fail('The request was not rejected')
}
