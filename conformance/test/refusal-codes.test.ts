import { authErrorCodes } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { rejectionCases } from '@claimcheck/testing/contract/rejections'

it('provokes every refusal code on every adapter', () => {
  const provoked = new Set(rejectionCases.map(({ code }) => code))
  expect(authErrorCodes.filter((code) => !provoked.has(code))).toEqual([])
})
