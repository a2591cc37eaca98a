import { inspect } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, createAuth } from '../src/index.ts'
import type { RequestLike } from '../src/index.ts'
import { authWith, bearer, issuer, now, refusalOf, secret, sign, signText } from './tokens.ts'

describe('authenticate, identify and verifyToken', () => {
  it('differ for a request without a token alone', async () => {
    const auth = authWith()
    const nothing = { headers: {} }
    expect(await refusalOf(auth.authenticate(nothing))).toBe('token_missing')
    expect(await auth.identify(nothing)).toBeNull()
    const bad = bearer('garbage')
    expect(await refusalOf(auth.authenticate(bad))).toBe('token_malformed')
    expect(await refusalOf(auth.identify(bad))).toBe('token_malformed')
    expect(await refusalOf(auth.verifyToken('garbage'))).toBe('token_malformed')
    const token = await sign()
    const subjects = await Promise.all([
      auth.authenticate(bearer(token)),
      auth.identify(bearer(token)),
      auth.verifyToken(token),
    ])
    expect(subjects.map((principal) => principal?.subject)).toEqual(['john', 'john', 'john'])
  })

  it('need no this', async () => {
    const { verifyToken } = authWith()
    expect((await verifyToken(await sign())).subject).toBe('john')
  })

  it('serve a hundred callers at once, each its own', async () => {
    const auth = authWith()
    const tokens = await Promise.all(Array.from({ length: 100 }, (_, index) => sign({ sub: `user-${index}` })))
    const principals = await Promise.all(tokens.map((token) => auth.authenticate(bearer(token))))
    expect(principals.map(({ subject }) => subject)).toEqual(tokens.map((_, index) => `user-${index}`))
  })
})

describe('the well-known sample', () => {
  const header = '{"alg":"HS256","typ":"JWT"}'
  const payload = '{"sub":"1234567890","name":"John Doe","admin":true,"iat":1613527842,"exp":1613537842}'
  const options = { issuer: null, audience: null, keys: { secret } } as const

  it('verifies by the clock of its day, and gives the role admin', async () => {
    const auth = createAuth({ ...options, now: () => 1_613_527_900_000 })
    const principal = await auth.verifyToken(await signText(header, payload))
    expect(principal).toMatchObject({ subject: '1234567890', roles: ['admin'], claims: { name: 'John Doe' } })
  })

  it('has expired today', async () => {
    expect(await refusalOf(createAuth(options).verifyToken(await signText(header, payload)))).toBe('token_expired')
  })
})

describe('onAuthError', () => {
  it('is told of each refusal, with its request', async () => {
    const told: [AuthError, RequestLike | null][] = []
    const auth = authWith({
      onAuthError: (error: AuthError, request: RequestLike | null) => told.push([error, request]),
    })
    const request = bearer('garbage')
    await refusalOf(auth.authenticate(request))
    await refusalOf(auth.verifyToken('garbage'))
    await auth.identify({ headers: {} })
    await auth.verifyToken(await sign())
    expect(told.map(([error, from]) => [error.code, from])).toEqual([
      ['token_malformed', request],
      ['token_malformed', null],
    ])
    expect(told[0]?.[0].logDetail).toBe('not a compact JWS (expected three parts)')
  })

  it('may fail: what it throws or rejects with is ignored', async () => {
    const throws = () => {
      throw new Error('the log is full')
    }
    for (const onAuthError of [throws, async () => throws()]) {
      expect(await refusalOf(authWith({ onAuthError }).verifyToken('garbage'))).toBe('token_malformed')
    }
  })

  it('is not told of bugs', async () => {
    const onAuthError = vi.fn()
    const rule = () => {
      throw new RangeError('a bug')
    }
    const auth = authWith({ onAuthError, roles: { admin: rule } })
    expect(await refusalOf(auth.verifyToken(await sign()))).toBeInstanceOf(RangeError)
    expect(onAuthError).not.toHaveBeenCalled()
  })
})

describe('isRevoked', () => {
  const outcome = async (isRevoked: unknown) => refusalOf(authWith({ isRevoked }).verifyToken(await sign()))
  afterEach(() => vi.useRealTimers())

  it('is asked last, with the principal, for every request', async () => {
    const isRevoked = vi.fn(() => false)
    const auth = authWith({ isRevoked })
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    await refusalOf(auth.verifyToken(await sign({ aud: 'x' })))
    expect(isRevoked).toHaveBeenCalledTimes(2)
    expect(isRevoked).toHaveBeenCalledWith(expect.objectContaining({ subject: 'john', issuer }))
  })

  it('refuses what it says was revoked, at once or later', async () => {
    expect(await outcome(() => true)).toBe('token_revoked')
    expect(await outcome(async () => true)).toBe('token_revoked')
    expect(await outcome(() => false)).toBe('accepted')
    expect(await outcome(async () => false)).toBe('accepted')
  })

  it.each([
    ['"false"', 'false'],
    ['0', 0],
    ['null', null],
    ['undefined', undefined],
    ['an object', {}],
  ])('is an outage when it answers %s', async (_name, answer) => {
    expect(await outcome(() => answer)).toBe('revocation_unavailable')
    expect(await outcome(async () => answer)).toBe('revocation_unavailable')
  })

  it('is an outage when it throws, rejects, or refuses by itself', async () => {
    const throws = () => {
      throw new Error('store down')
    }
    expect(await outcome(throws)).toBe('revocation_unavailable')
    expect(await outcome(async () => throws())).toBe('revocation_unavailable')
    expect(await outcome(() => Promise.reject(new AuthError('token_revoked')))).toBe('revocation_unavailable')
  })

  it('is an outage after 2 seconds without an answer', async () => {
    const token = await sign()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let hangs: () => Promise<boolean> = () => Promise.resolve(false)
    const asked = new Promise<void>((resolve) => {
      hangs = () => {
        resolve()
        return new Promise(() => undefined)
      }
    })
    const result = refusalOf(authWith({ isRevoked: () => hangs() }).verifyToken(token))
    await asked
    vi.advanceTimersByTime(1999)
    expect(await Promise.race([result, Promise.resolve('waiting')])).toBe('waiting')
    vi.advanceTimersByTime(1)
    expect(await result).toBe('revocation_unavailable')
  })

  it('is an outage after that time too when it answers by a promise of another making', async () => {
    const token = await sign()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tried
    const never = { then: () => undefined }
    const result = refusalOf(authWith({ isRevoked: () => never }).verifyToken(token))
    await vi.waitUntil(() => vi.getTimerCount() > 0)
    vi.advanceTimersByTime(2000)
    expect(await result).toBe('revocation_unavailable')
  })

  it('leaves no timer behind', async () => {
    const token = await sign()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await authWith({ isRevoked: async () => false }).verifyToken(token)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('an Auth', () => {
  it('shows nothing of its secrets', () => {
    const auth = authWith()
    expect(inspect(auth, { depth: 9, showHidden: true }) + JSON.stringify(auth)).not.toContain(secret)
  })

  it('is frozen', () => {
    expect(Object.isFrozen(authWith())).toBe(true)
  })

  it('knows the state of its keys, and closes what needs no closing', async () => {
    const auth = createAuth({ issuer, audience: null, keys: { secret }, now })
    expect(auth.keyStatus()).toEqual([{ issuer, fetchedAt: null, nextRefreshAt: null, lastError: null }])
    expect(await auth.ready()).toEqual([{ issuer, fetchedAt: null, nextRefreshAt: null, lastError: null }])
    expect(() => auth.close()).not.toThrow()
  })
})
