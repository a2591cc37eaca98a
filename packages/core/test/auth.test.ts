import { inspect } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, createAuth } from '../src/index.ts'
import type { RequestLike } from '../src/index.ts'
import { authWith, bearer, issuer, now, resultOf, secret, sign, signText } from './tokens.ts'

describe('authenticate, identify and verifyToken', () => {
  it('authenticate, identify and verifyToken differ only for a request without a token', async () => {
    const auth = authWith()
    const nothing = { headers: {} }
    expect(await resultOf(auth.authenticate(nothing))).toBe('token_missing')
    expect(await auth.identify(nothing)).toBeNull()
    const bad = bearer('garbage')
    expect(await resultOf(auth.authenticate(bad))).toBe('token_malformed')
    expect(await resultOf(auth.identify(bad))).toBe('token_malformed')
    expect(await resultOf(auth.verifyToken('garbage'))).toBe('token_malformed')
    const token = await sign()
    const subjects = await Promise.all([
      auth.authenticate(bearer(token)),
      auth.identify(bearer(token)),
      auth.verifyToken(token),
    ])
    expect(subjects.map((principal) => principal?.subject)).toEqual(['john', 'john', 'john'])
  })

  it('works when methods are destructured', async () => {
    const { verifyToken } = authWith()
    expect((await verifyToken(await sign())).subject).toBe('john')
  })

  it('returns each of a hundred concurrent callers its own principal', async () => {
    const auth = authWith()
    const tokens = await Promise.all(Array.from({ length: 100 }, (_, index) => sign({ sub: `user-${index}` })))
    const principals = await Promise.all(tokens.map((token) => auth.authenticate(bearer(token))))
    expect(principals.map(({ subject }) => subject)).toEqual(tokens.map((_, index) => `user-${index}`))
  })
})

describe('the sample token of jwt.io', () => {
  const header = '{"alg":"HS256","typ":"JWT"}'
  const payload = '{"sub":"1234567890","name":"John Doe","admin":true,"iat":1613527842,"exp":1613537842}'
  const options = { issuer: null, audience: null, keys: { secret } } as const

  it('accepts the well-known sample token at the time it was issued, and maps the role admin', async () => {
    const auth = createAuth({ ...options, now: () => 1_613_527_900_000 })
    const principal = await auth.verifyToken(await signText(header, payload))
    expect(principal).toMatchObject({ subject: '1234567890', roles: ['admin'], claims: { name: 'John Doe' } })
  })

  it('rejects the well-known sample token today, because it has expired', async () => {
    expect(await resultOf(createAuth(options).verifyToken(await signText(header, payload)))).toBe('token_expired')
  })
})

describe('onAuthError', () => {
  it('calls onAuthError with the error and the request', async () => {
    const calls: [AuthError, RequestLike | null][] = []
    const auth = authWith({
      onAuthError: (error: AuthError, request: RequestLike | null) => calls.push([error, request]),
    })
    const request = bearer('garbage')
    await resultOf(auth.authenticate(request))
    await resultOf(auth.verifyToken('garbage'))
    await auth.identify({ headers: {} })
    await auth.verifyToken(await sign())
    expect(calls.map(([error, from]) => [error.code, from])).toEqual([
      ['token_malformed', request],
      ['token_malformed', null],
    ])
    expect(calls[0]?.[0].logDetail).toBe('not a compact JWS (expected three parts)')
  })

  it('ignores an error that onAuthError throws or rejects with', async () => {
    const throws = () => {
      throw new Error('the log is full')
    }
    for (const onAuthError of [throws, async () => throws()]) {
      expect(await resultOf(authWith({ onAuthError }).verifyToken('garbage'))).toBe('token_malformed')
    }
  })

  it('does not call onAuthError for a bug', async () => {
    const onAuthError = vi.fn()
    const rule = () => {
      throw new RangeError('a bug')
    }
    const auth = authWith({ onAuthError, roles: { admin: rule } })
    expect(await resultOf(auth.verifyToken(await sign()))).toBeInstanceOf(RangeError)
    expect(onAuthError).not.toHaveBeenCalled()
  })
})

describe('isRevoked', () => {
  const outcome = async (isRevoked: unknown) => resultOf(authWith({ isRevoked }).verifyToken(await sign()))
  afterEach(() => vi.useRealTimers())

  it('calls isRevoked last, with the principal, for every request', async () => {
    const isRevoked = vi.fn(() => false)
    const auth = authWith({ isRevoked })
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    await resultOf(auth.verifyToken(await sign({ aud: 'x' })))
    expect(isRevoked).toHaveBeenCalledTimes(2)
    expect(isRevoked).toHaveBeenCalledWith(expect.objectContaining({ subject: 'john', issuer }))
  })

  it('rejects a token if isRevoked returns true or a promise for true', async () => {
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
  ])('rejects with revocation_unavailable if isRevoked returns %s', async (_name, result) => {
    expect(await outcome(() => result)).toBe('revocation_unavailable')
    expect(await outcome(async () => result)).toBe('revocation_unavailable')
  })

  it('rejects with revocation_unavailable if isRevoked throws or rejects, even with an AuthError', async () => {
    const throws = () => {
      throw new Error('store down')
    }
    expect(await outcome(throws)).toBe('revocation_unavailable')
    expect(await outcome(async () => throws())).toBe('revocation_unavailable')
    expect(await outcome(() => Promise.reject(new AuthError('token_revoked')))).toBe('revocation_unavailable')
  })

  it('rejects with revocation_unavailable if isRevoked does not resolve within 2 seconds', async () => {
    const token = await sign()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let hangs: () => Promise<boolean> = () => Promise.resolve(false)
    const called = new Promise<void>((resolve) => {
      hangs = () => {
        resolve()
        return new Promise(() => undefined)
      }
    })
    const result = resultOf(authWith({ isRevoked: () => hangs() }).verifyToken(token))
    await called
    vi.advanceTimersByTime(1999)
    expect(await Promise.race([result, Promise.resolve('waiting')])).toBe('waiting')
    vi.advanceTimersByTime(1)
    expect(await result).toBe('revocation_unavailable')
  })

  it('rejects with revocation_unavailable if a thenable from isRevoked does not resolve within 2 seconds', async () => {
    const token = await sign()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    // oxlint-disable-next-line unicorn/no-thenable -- the test needs a thenable
    const never = { then: () => undefined }
    const result = resultOf(authWith({ isRevoked: () => never }).verifyToken(token))
    await vi.waitUntil(() => vi.getTimerCount() > 0)
    vi.advanceTimersByTime(2000)
    expect(await result).toBe('revocation_unavailable')
  })

  it('leaves no timer behind after isRevoked resolves', async () => {
    const token = await sign()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await authWith({ isRevoked: async () => false }).verifyToken(token)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('Auth', () => {
  it('does not reveal its secret when an Auth is inspected or serialized', () => {
    const auth = authWith()
    expect(inspect(auth, { depth: 9, showHidden: true }) + JSON.stringify(auth)).not.toContain(secret)
  })

  it('createAuth returns a frozen Auth', () => {
    expect(Object.isFrozen(authWith())).toBe(true)
  })

  it('reports the status of a secret, and closes an Auth that has nothing to close', async () => {
    const auth = createAuth({ issuer, audience: null, keys: { secret }, now })
    expect(auth.keyStatus()).toEqual([{ issuer, fetchedAt: null, nextRefreshAt: null, lastError: null }])
    expect(await auth.ready()).toEqual([{ issuer, fetchedAt: null, nextRefreshAt: null, lastError: null }])
    expect(() => auth.close()).not.toThrow()
  })
})
