import { describe, expect, it, vi } from 'vitest'
import { createOneTimeValues } from '../src/one-time.ts'
import { createRevocations } from '../src/revocation.ts'
import { authWith, nowSeconds, resultOf, secret, sign } from './tokens.ts'

const clocks: readonly (readonly [string, () => unknown])[] = [
  ['returns NaN', () => Number.NaN],
  ['returns Infinity', () => Infinity],
  ['returns -Infinity', () => -Infinity],
  ['returns a string', () => `${nowSeconds * 1000}`],
  ['returns a bigint', () => BigInt(nowSeconds * 1000)],
  ['returns a Date', () => new Date(nowSeconds * 1000)],
  ['returns null', () => null],
  ['returns undefined', () => undefined],
]
const throwing = () => {
  throw new Error('no time')
}

describe.each([...clocks, ['throws', throwing] as const])('a clock that %s', (fault, broken) => {
  /** A clock that works at first, so that tokens are cached and revocations added before it breaks. */
  const breakableClock = () => {
    const now = vi.fn<() => number>(() => nowSeconds * 1000)
    return { now, break: () => now.mockImplementation(broken as () => number) }
  }

  it(`rejects cached and new tokens if the clock ${fault}`, async () => {
    const clock = breakableClock()
    const auth = authWith({ now: clock.now })
    const [cached, fresh] = [await sign({ jti: 'a' }), await sign({ jti: 'b' })]
    await auth.verifyToken(cached)
    clock.break()
    for (const token of [cached, fresh]) expect(await resultOf(auth.verifyToken(token))).toBeInstanceOf(Error)
  })

  it('makes a store of one-time values reject both used and new keys', async () => {
    const clock = breakableClock()
    const values = createOneTimeValues({ now: clock.now })
    expect(await values.addIfAbsent('used', nowSeconds + 60)).toBe(true)
    clock.break()
    await expect(values.addIfAbsent('used', nowSeconds + 60)).rejects.toThrow(Error)
    await expect(values.addIfAbsent('new', nowSeconds + 60)).rejects.toThrow(Error)
  })

  it(`rejects a revoked token, and does not revoke, if the clock ${fault}`, async () => {
    const clock = breakableClock()
    const revocation = createRevocations({ now: clock.now })
    const auth = authWith({ keys: { secret }, revocation })
    const token = await sign({ jti: 'revoked' })
    await revocation.revokeToken({ issuer: null, jti: 'other', until: nowSeconds + 60 })
    await revocation.revokeToken({ issuer: 'https://issuer.example', jti: 'revoked', until: nowSeconds + 600 })
    clock.break()
    expect(await resultOf(auth.verifyToken(token))).toBe('revocation_unavailable')
    await expect(revocation.revokeToken({ issuer: null, jti: 'b', until: nowSeconds + 60 })).rejects.toThrow(Error)
  })

  it(`does not fetch keys if the clock ${fault}`, async () => {
    const fetch = vi.fn(async () => new Response('{"keys":[]}'))
    const auth = authWith({ keys: { jwksUrl: 'https://keys.example/clock' }, fetch, now: broken })
    expect(await resultOf(auth.verifyToken(await sign({}, { alg: 'HS256' })))).toBeInstanceOf(Error)
    expect(fetch).not.toHaveBeenCalled()
  })
})
