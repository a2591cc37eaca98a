import { createAuth } from '@claimcheck/core'
import { describe, expect, it, vi } from 'vitest'
import { createIssuer, createSessionStore, generateKeys } from '../src/index.ts'
import { Clock, issuerOf, names, start } from './settings.ts'

const key = await generateKeys('ES256')
const accepted = { issuer: names.issuer, audience: names.audience }

describe('a clock that returns 0, as Workers do at global scope', () => {
  it('accepts a key schedule while the clock returns 0, as Workers do at global scope', async () => {
    const clock = new Clock()
    clock.seconds = 0
    const later = { ...(await generateKeys('ES256')), signsFrom: start + 1000 }
    const issuer = issuerOf([{ ...key, signsFrom: start - 1000 }, later], { now: clock.now })
    const auth = createAuth({ ...accepted, keys: issuer.keySource(), now: clock.now })
    clock.seconds = start
    const { accessToken } = await issuer.login({ sub: 'john' })
    expect((await auth.verifyToken(accessToken)).subject).toBe('john')
  })

  it('throws a ConfigError if no key signs now, unless the clock returns 0', () => {
    const keys = { ...key, signsFrom: start + 1000 }
    const clock = new Clock()
    expect(() => issuerOf(keys, { now: clock.now })).toThrow('a list of keys that sign later')
    clock.seconds = 0
    const issuer = issuerOf(keys, { now: clock.now })
    clock.seconds = start
    return expect(issuer.login({ sub: 'john' })).rejects.toThrow('before the first signsFrom')
  })

  it('creates an issuer with sessions at global scope without a timer or a random value', async () => {
    const forbidden = () => {
      throw new Error('Disallowed operation called within global scope')
    }
    const clock = new Clock()
    clock.seconds = 0
    vi.stubGlobal('setTimeout', forbidden)
    const spies = [vi.spyOn(crypto, 'getRandomValues'), vi.spyOn(crypto, 'randomUUID')]
    for (const spy of spies) spy.mockImplementation(forbidden)
    const issuer = createIssuer({ ...names, keys: key, store: createSessionStore(), now: clock.now })
    vi.unstubAllGlobals()
    for (const spy of spies) spy.mockRestore()
    clock.seconds = start
    const { refreshToken } = await issuer.login({ sub: 'john' })
    expect((await issuer.refresh(refreshToken)).expiresIn).toBe(300)
  })
})
