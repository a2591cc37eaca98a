import { authErrorCodes } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { refusalCases } from '@claimcheck/testing/contract/refusals'

it('provokes every refusal code on every adapter', () => {
  const provoked = new Set(refusalCases.map(({ code }) => code))
  expect(authErrorCodes.filter((code) => !provoked.has(code))).toEqual([])
})
