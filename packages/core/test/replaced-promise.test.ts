import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAuth } from '../src/index.ts'
import { createGate } from '../src/adapter/adapter.ts'
import { audience, bearer, issuer, keyPair, now, resultOf, sign } from './tokens.ts'

// Bluebird, zone.js and async instrumentation replace Promise. Async functions still return native promises.
const native = globalThis.Promise
beforeEach(() => {
  globalThis.Promise = class extends native<unknown> {} as PromiseConstructor
})
afterEach(() => {
  globalThis.Promise = native
})

const { jwk, publicKey, privateKey } = await keyPair('ES256', 'k1')
const spki = await crypto.subtle.exportKey('spki', publicKey)
const sealed = await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
const token = await sign({ admin: true }, { alg: 'ES256', kid: 'k1' }, privateKey)
const forged = `${token.slice(0, token.lastIndexOf('.') + 1)}${Buffer.alloc(64, 7).toString('base64url')}`

it.each([
  ['a JWK', { jwks: { keys: [jwk] } }],
  ['a key that only Web Crypto can use', { publicKey: sealed }],
])('rejects a forged signature if globalThis.Promise is replaced, with %s', async (_case, keys) => {
  const auth = createAuth({ issuer, audience, keys, now })
  const gate = createGate(auth)
  expect(await resultOf(auth.verifyToken(forged))).toBe('signature_invalid')
  expect(await gate.admit({}, bearer(forged))).toMatchObject({ principal: null, rejection: {} })
  expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
  expect(await gate.admit({}, bearer(token))).toMatchObject({ principal: { subject: 'john' }, rejection: null })
})

it.each([
  [true, 'token_revoked'],
  [false, 'accepted'],
])('waits for a promise of isRevoked if globalThis.Promise is replaced: %j', async (isRevoked, outcome) => {
  const auth = createAuth({ issuer, audience, keys: { publicKey }, now, isRevoked: async () => isRevoked })
  expect(await resultOf(auth.verifyToken(token))).toBe(outcome)
})
