import { createAuth } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { bitsOf, expectFlipRefused } from './bit-flips.ts'
import { goodClaims } from './hmac-issuer.ts'
import { signers } from './signers.ts'

it.each(signers)('refuses a token of $algorithm whichever bit of it is turned over', async ({ options, sign }) => {
  const auth = createAuth(options)
  const token = await sign(JSON.stringify(goodClaims), { typ: 'JWT' })
  expect((await auth.verifyToken(token)).subject).toBe('john')
  for (let bit = 0; bit < bitsOf(token); bit++) await expectFlipRefused(auth, token, bit)
})
