import { describe, expect, it } from 'vitest'
import { createRevocations } from '../src/revocation.ts'
import { authWith, nowSeconds, resultOf, sign } from './tokens.ts'

const years = 365 * 86_400

describe('iat in the future', () => {
  const future = { iat: nowSeconds + 9 * years, exp: nowSeconds + 9 * years + 300, jti: 'one' }

  it.each([
    ['maxLifetimeSeconds', { maxLifetimeSeconds: 300 }],
    ['maxTokenAgeSeconds', { maxTokenAgeSeconds: 300 }],
    ['revocation', { revocation: createRevocations({ now: () => nowSeconds * 1000 }) }],
    ['maxLifetimeSeconds beside a profile', { profile: 'at+jwt', maxLifetimeSeconds: 300 }],
  ])('rejects a token with an iat in the future if %s limits its lifetime', async (_name, options) => {
    const header = 'profile' in options ? { typ: 'at+jwt' } : {}
    const token = await sign({ ...future, client_id: 'web' }, header)
    expect(await resultOf(authWith(options).verifyToken(token))).toBe('token_not_active')
  })

  it('accepts an iat in the future up to the clock tolerance, and rejects one that is a second later', async () => {
    const auth = authWith({ maxLifetimeSeconds: 300 })
    const within = await sign({ iat: nowSeconds + 5, exp: nowSeconds + 100 })
    const beyond = await sign({ iat: nowSeconds + 6, exp: nowSeconds + 100 })
    expect(await resultOf(auth.verifyToken(within))).toBe('accepted')
    expect(await resultOf(auth.verifyToken(beyond))).toBe('token_not_active')
  })

  it('rejects a cached token if the clock is set back to before its iat', async () => {
    let time = nowSeconds
    const auth = authWith({ maxLifetimeSeconds: 300, now: () => time * 1000 })
    const token = await sign({ iat: nowSeconds, exp: nowSeconds + 100 })
    expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
    time -= 60
    expect(await resultOf(auth.verifyToken(token))).toBe('token_not_active')
  })

  it('accepts an iat in the future if nothing limits the lifetime', async () => {
    const token = await sign({ iat: nowSeconds + 3600, exp: nowSeconds + 7200 })
    expect(await resultOf(authWith().verifyToken(token))).toBe('accepted')
    expect(await resultOf(authWith({ maxLifetimeSeconds: null }).verifyToken(token))).toBe('accepted')
  })
})
