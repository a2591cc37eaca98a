import { describe, expect, it, vi } from 'vitest'
import { createOneTimeValues } from '../src/one-time.ts'
import { createRevocations } from '../src/revocation.ts'
import { authWith, nowSeconds, refusalOf, secret, sign } from './tokens.ts'

const clocks: readonly (readonly [string, () => unknown])[] = [
  ['NaN', () => Number.NaN],
  ['Infinity', () => Infinity],
  ['-Infinity', () => -Infinity],
  ['a string', () => `${nowSeconds * 1000}`],
  ['a bigint', () => BigInt(nowSeconds * 1000)],
  ['a Date', () => new Date(nowSeconds * 1000)],
  ['null', () => null],
  ['nothing', () => undefined],
]
const throwing = () => {
  throw new Error('no time')
}

describe.each([...clocks, ['an error', throwing] as const])('a clock that gives %s', (_name, broken) => {
  /** A clock that works for a while: what it let in before must not stay open. */
  const breaking = () => {
    const now = vi.fn<() => number>(() => nowSeconds * 1000)
    return { now, break: () => now.mockImplementation(broken as () => number) }
  }

  it('verifies no token, cached or not', async () => {
    const clock = breaking()
    const auth = authWith({ now: clock.now })
    const [cached, fresh] = [await sign({ jti: 'a' }), await sign({ jti: 'b' })]
    await auth.verifyToken(cached)
    clock.break()
    for (const token of [cached, fresh]) expect(await refusalOf(auth.verifyToken(token))).toBeInstanceOf(Error)
  })

  it('takes no one-time value, seen or not', async () => {
    const clock = breaking()
    const values = createOneTimeValues({ now: clock.now })
    expect(await values.addIfAbsent('seen', nowSeconds + 60)).toBe(true)
    clock.break()
    await expect(values.addIfAbsent('seen', nowSeconds + 60)).rejects.toThrow(Error)
    await expect(values.addIfAbsent('new', nowSeconds + 60)).rejects.toThrow(Error)
  })

  it('lets no revoked token in and revokes nothing', async () => {
    const clock = breaking()
    const revocation = createRevocations({ now: clock.now })
    const auth = authWith({ keys: { secret }, revocation })
    const token = await sign({ jti: 'revoked' })
    await revocation.revokeToken({ issuer: null, jti: 'other', until: nowSeconds + 60 })
    await revocation.revokeToken({ issuer: 'https://issuer.example', jti: 'revoked', until: nowSeconds + 600 })
    clock.break()
    expect(await refusalOf(auth.verifyToken(token))).toBe('revocation_unavailable')
    await expect(revocation.revokeToken({ issuer: null, jti: 'b', until: nowSeconds + 60 })).rejects.toThrow(Error)
  })

  it('asks no key server for a token', async () => {
    const fetch = vi.fn(async () => new Response('{"keys":[]}'))
    const auth = authWith({ keys: { jwksUrl: 'https://keys.example/clock' }, fetch, now: broken })
    expect(await refusalOf(auth.verifyToken(await sign({}, { alg: 'HS256' })))).toBeInstanceOf(Error)
    expect(fetch).not.toHaveBeenCalled()
  })
})
