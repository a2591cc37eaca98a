import { createAuth } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { bitsOf, expectFlipRefused } from './bit-flips.ts'
import { encryptedTokens } from './encrypted-tokens.ts'
import { goodClaims } from './hmac-issuer.ts'
import { signers } from './signers.ts'

it.each(signers)('refuses a token of $algorithm whichever bit of it is turned over', async ({ options, sign }) => {
  const auth = createAuth(options)
  const token = await sign(JSON.stringify(goodClaims), { typ: 'JWT' })
  expect((await auth.verifyToken(token)).subject).toBe('john')
  for (let bit = 0; bit < bitsOf(token); bit++) await expectFlipRefused(auth, token, bit)
})

it.each(encryptedTokens)(
  'refuses a token encrypted by $kind as malformed whichever bit of it is turned over',
  async ({ auth, token }) => {
    expect((await auth.verifyToken(token)).subject).toBe('john')
    for (let bit = 0; bit < bitsOf(token); bit++) await expectFlipRefused(auth, token, bit, 'token_malformed')
  },
)
