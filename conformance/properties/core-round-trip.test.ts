import { isDeepStrictEqual } from 'node:util'
import { createAuth, createVerificationKey } from '@claimcheck/core'
import type { KeyQuery, KeySource } from '@claimcheck/core'
import { array, asyncProperty, constantFrom, jsonValue, oneof, string, tuple } from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { goodClaims, hmacOptions, secret, signHmac } from '../src/hmac-issuer.ts'
import { checkProperty } from './holds.ts'
import { signers } from './signers.ts'

const names = oneof(
  string({ unit: 'binary' }),
  constantFrom('__proto__', 'constructor', 'toString', 'length', '0', 'scope', 'roles', 'https://claims.example/a.b'),
)

/** Claims with any name except those that a rule reads, and any JSON value. */
const arbitraryClaims: Arbitrary<object> = array(tuple(names, jsonValue({ maxDepth: 6 })), { maxLength: 8 }).map(
  (entries) => ({ ...Object.fromEntries(entries), ...goodClaims }),
)

const auths = signers.map(({ options, sign }) => ({ auth: createAuth({ ...options, maxTokenBytes: 65_536 }), sign }))

it('the claims of a principal are those that were signed, with every algorithm', async () => {
  await checkProperty(
    600,
    asyncProperty(constantFrom(...auths), arbitraryClaims, async ({ auth, sign }, claims) => {
      const token = await sign(JSON.stringify(claims))
      const principal = await auth.verifyToken(token)
      expect(JSON.stringify(principal.claims)).toBe(JSON.stringify(claims))
      expect(principal.token).toBe(token)
    }),
  )
})

it('the claims of a principal are those that jose wrote into the token', async () => {
  const auth = createAuth({ ...hmacOptions, maxTokenBytes: 65_536 })
  await checkProperty(
    600,
    asyncProperty(arbitraryClaims, async (claims) => {
      const token = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      const principal = await auth.verifyToken(await token.sign(new TextEncoder().encode(secret)))
      // Values that JSON cannot express, such as minus zero, are lost when the token is written.
      expect(isDeepStrictEqual(principal.claims, JSON.parse(JSON.stringify(claims)))).toBe(true)
    }),
  )
})

it('a key source receives the alg and the kid that were signed', async () => {
  const calls: KeyQuery[] = []
  const key = createVerificationKey({ secret, algorithm: 'HS256' })
  const keys: KeySource = { find: (query) => (calls.push(query), key), has: () => true }
  const auth = createAuth({ ...hmacOptions, keys, algorithms: ['HS256'], maxTokenBytes: 65_536 })
  let tokens = 0
  await checkProperty(
    300,
    asyncProperty(string({ unit: 'binary' }), async (kid) => {
      calls.length = 0
      const claims = { ...goodClaims, jti: String((tokens += 1)) } // no token is sent twice, so that none is cached
      await auth.verifyToken(signHmac(JSON.stringify(claims), JSON.stringify({ alg: 'HS256', kid })))
      expect(calls).toEqual([{ alg: 'HS256', kid: JSON.parse(JSON.stringify(kid)) }])
    }),
  )
})
