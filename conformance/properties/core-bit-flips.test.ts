import { createAuth } from '@claimcheck/core'
import { asyncProperty, nat } from 'fast-check'
import { expect, it } from 'vitest'
import { bitsOf, expectFlipRefused } from './bit-flips.ts'
import { encryptedTokens } from './encrypted-tokens.ts'
import { goodClaims } from './hmac-issuer.ts'
import { holds } from './holds.ts'
import { signers } from './signers.ts'

it.each(signers)('refuses a token of $algorithm when one bit of it is turned over', async ({ options, sign }) => {
  const auth = createAuth(options)
  const token = await sign(JSON.stringify(goodClaims), { typ: 'JWT' })
  expect((await auth.verifyToken(token)).subject).toBe('john')
  await holds(
    300,
    asyncProperty(nat(bitsOf(token) - 1), (bit) => expectFlipRefused(auth, token, bit)),
  )
})

it.each(encryptedTokens)(
  'refuses a token encrypted by $kind as malformed when one bit of it is turned over',
  async ({ auth, token }) => {
    expect((await auth.verifyToken(token)).subject).toBe('john')
    await holds(
      300,
      asyncProperty(nat(bitsOf(token) - 1), (bit) => expectFlipRefused(auth, token, bit, 'token_malformed')),
    )
  },
)
