import { createAuth } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { bitsOf, expectFlipRejected } from './expect-rejection.ts'
import { encryptedTokens } from './encrypted-tokens.ts'
import { goodClaims } from '../src/hmac-issuer.ts'
import { signers } from './signers.ts'

it.each(signers)('a token of $algorithm is rejected if any one of its bits is flipped', async ({ options, sign }) => {
  const auth = createAuth(options)
  const token = await sign(JSON.stringify(goodClaims), { typ: 'JWT' })
  expect((await auth.verifyToken(token)).subject).toBe('john')
  for (let bit = 0; bit < bitsOf(token); bit++) await expectFlipRejected(auth, token, bit)
})

it.each(encryptedTokens)(
  'a token encrypted with $kind is rejected as malformed if any one of its bits is flipped',
  async ({ auth, token }) => {
    expect((await auth.verifyToken(token)).subject).toBe('john')
    for (let bit = 0; bit < bitsOf(token); bit++) await expectFlipRejected(auth, token, bit, 'token_malformed')
  },
)
