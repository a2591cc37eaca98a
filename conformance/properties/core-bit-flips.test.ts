import { createAuth } from '@claimcheck/core'
import { asyncProperty, nat } from 'fast-check'
import { expect, it } from 'vitest'
import { bitsOf, expectFlipRejected } from './expect-rejection.ts'
import { encryptedTokens } from './encrypted-tokens.ts'
import { goodClaims } from '../src/hmac-issuer.ts'
import { checkProperty } from './holds.ts'
import { signers } from './signers.ts'

it.each(signers)('a token of $algorithm is rejected if a random bit is flipped', async ({ options, sign }) => {
  const auth = createAuth(options)
  const token = await sign(JSON.stringify(goodClaims), { typ: 'JWT' })
  expect((await auth.verifyToken(token)).subject).toBe('john')
  await checkProperty(
    300,
    asyncProperty(nat(bitsOf(token) - 1), (bit) => expectFlipRejected(auth, token, bit)),
  )
})

it.each(encryptedTokens)(
  'a token encrypted with $kind is rejected as malformed if a random bit is flipped',
  async ({ auth, token }) => {
    expect((await auth.verifyToken(token)).subject).toBe('john')
    await checkProperty(
      300,
      asyncProperty(nat(bitsOf(token) - 1), (bit) => expectFlipRejected(auth, token, bit, 'token_malformed')),
    )
  },
)
