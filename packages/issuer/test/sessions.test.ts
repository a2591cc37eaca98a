import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createIssuer, createSessionStore, generateKeys, RefreshError } from '../src/index.ts'
import type { SessionDetails, SessionIssuerOptions } from '../src/index.ts'
import { Clock, names } from './settings.ts'

const keys = await generateKeys('ES256')

function sessionIssuer(more: Partial<SessionIssuerOptions> = {}) {
  const clock = new Clock()
  return { clock, issuer: createIssuer({ ...names, keys, now: clock.now, store: createSessionStore(), ...more }) }
}

describe('createSessionStore', () => {
  it('rejects a login when the store is full, keeps all live sessions, and accepts logins again when one has expired', async () => {
    const { clock, issuer } = sessionIssuer({
      store: createSessionStore({ max: 3 }),
      sessionIdleSeconds: 60,
      accessTokenSeconds: 50,
    })
    const live = [await issuer.login({ sub: 'a' }), await issuer.login({ sub: 'b' })]
    const last = await issuer.login({ sub: 'c' })
    await expect(issuer.login({ sub: 'd' })).rejects.toMatchObject({
      name: 'SessionStoreUnavailableError',
      cause: { name: 'SessionStoreFullError', message: expect.stringContaining('full (max 3)') as unknown },
    })
    clock.seconds += 59
    for (const { refreshToken } of live) await issuer.refresh(refreshToken)
    clock.seconds += 1
    await expect(issuer.refresh(last.refreshToken)).rejects.toMatchObject({ reason: 'unknown' })
    await expect(issuer.login({ sub: 'd' })).resolves.toMatchObject({ expiresIn: 50 })
    expect(await issuer.sessions('a')).toHaveLength(1)
  })

  it('counts only live sessions towards the max of createSessionStore', async () => {
    const store = createSessionStore({ max: 50 })
    const { clock, issuer } = sessionIssuer({ store, sessionIdleSeconds: 60, accessTokenSeconds: 50 })
    for (let turn = 0; turn < 300; turn++) {
      await issuer.login({ sub: `user-${turn}` })
      clock.seconds += 2
    }
    expect(await issuer.sessions('user-299')).toHaveLength(1)
    expect(await issuer.sessions('user-0')).toHaveLength(0)
  })

  it.each([0, -1, 20_000_000, Number.NaN, '5'])(
    'throws a ConfigError if the max of createSessionStore is %j',
    (max) => {
      expect(() => createSessionStore({ max: max as number })).toThrow(
        expect.objectContaining({ name: 'ConfigError', option: 'max' }) as Error,
      )
    },
  )
})

describe('issuer.refresh', () => {
  it.each(['', 'x', 'A'.repeat(63), 'A'.repeat(65), `${'A'.repeat(63)}=`, `${'A'.repeat(63)}+`, 7, null, undefined])(
    'rejects the malformed refresh token %j without calling the store',
    async (text) => {
      const store = { ...createSessionStore(), rotate: () => Promise.reject(new Error('called')) }
      const { issuer } = sessionIssuer({ store })
      await expect(issuer.refresh(text as string)).rejects.toMatchObject({ reason: 'malformed', session: null })
    },
  )

  it('rejects every invalid refresh token with the same response and never shows the token', async () => {
    const { issuer } = sessionIssuer({ reuseGraceSeconds: 0 })
    const { refreshToken } = await issuer.login({ sub: 'john' })
    await issuer.refresh(refreshToken)
    const errors = await Promise.all(
      ['x', 'A'.repeat(64), refreshToken].map(async (text) => issuer.refresh(text).catch((error: unknown) => error)),
    )
    expect(errors.map((error) => error instanceof RefreshError && error.reason)).toEqual([
      'malformed',
      'unknown',
      'reused',
    ])
    expect(new Set(errors.map((error) => JSON.stringify(error)))).toEqual(
      new Set(['{"error":"invalid_grant","error_description":"The refresh token is not valid"}']),
    )
    expect(errors[2]).toMatchObject({ status: 400, session: { sub: 'john' } })
    expect(inspect(errors, { depth: 9, showHidden: true })).not.toContain(refreshToken.slice(0, 16))
  })
})

describe('a session store that fails', () => {
  it('reports a failing session store with status 503, not as an invalid token', async () => {
    const cause = new Error('no connection')
    const { issuer } = sessionIssuer({ store: { ...createSessionStore(), rotate: () => Promise.reject(cause) } })
    const { refreshToken } = await issuer.login({ sub: 'john' })
    const error: unknown = await issuer.refresh(refreshToken).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'SessionStoreUnavailableError', status: 503, cause })
    expect(JSON.stringify(error)).toBe(
      '{"error":"temporarily_unavailable","error_description":"Sessions are not available; try again"}',
    )
  })

  it.each([
    ['nothing', undefined],
    ['an unknown outcome', { outcome: 'rotate', session: { sub: 'admin' } }],
    ['null', null],
  ])('reports an outage and issues no tokens if the rotate method of the store returns %s', async (_what, result) => {
    const { issuer } = sessionIssuer({ store: { ...createSessionStore(), rotate: async () => result as never } })
    const { refreshToken } = await issuer.login({ sub: 'john' })
    await expect(issuer.refresh(refreshToken)).rejects.toMatchObject({
      name: 'SessionStoreUnavailableError',
      status: 503,
    })
  })

  it.each(['begin', 'find', 'rotate', 'end', 'endAll'] as const)(
    'reports an outage if the %s method of the store throws synchronously',
    async (method) => {
      const good = createSessionStore()
      const throwing = {
        [method]: () => {
          throw new Error('synchronous')
        },
      }
      const { issuer } = sessionIssuer({ store: { ...good, ...(method === 'begin' ? {} : throwing) } })
      const broken = sessionIssuer({ store: { ...good, ...throwing } }).issuer
      const { refreshToken } = await issuer.login({ sub: 'john' })
      const call = {
        begin: () => broken.login({ sub: 'john' }),
        find: () => broken.refresh(refreshToken),
        rotate: () => broken.refresh(refreshToken),
        end: () => broken.logout(refreshToken),
        endAll: () => broken.logoutAll('john'),
      }[method]
      await expect(call()).rejects.toMatchObject({
        name: 'SessionStoreUnavailableError',
        cause: { message: 'synchronous' },
      })
    },
  )

  it('leaves the client with a valid token if the response of rotate was lost', async () => {
    let fails = true
    const inner = createSessionStore()
    const { issuer } = sessionIssuer({
      store: {
        ...inner,
        rotate: async (rotation) => {
          const rotated = await inner.rotate(rotation)
          if (fails) throw new Error('the response was lost')
          return rotated
        },
      },
    })
    const { refreshToken } = await issuer.login({ sub: 'john' })
    await expect(issuer.refresh(refreshToken)).rejects.toMatchObject({ status: 503 })
    fails = false
    expect(await issuer.refresh((await issuer.refresh(refreshToken)).refreshToken)).toMatchObject({ expiresIn: 300 })
  })
})

describe('issuer.login', () => {
  it.each([
    [
      'a label that is too long',
      { label: 'a'.repeat(257) },
      /^label must be null or Unicode text of 1 to 256 characters$/,
    ],
    ['an empty label', { label: '' }, /^label must be/],
    ['a device that is not a string', { device: 7 }, /^device must be/],
    ['a device with half of a surrogate pair', { device: 'a\ud800' }, /^device must be/],
    ['an unknown property', { lable: 'Work laptop' }, /^The details of a session can only have/],
    ['a string', 'Work laptop', /^The details of a session must be an object/],
    ['null', null, /^The details of a session must be an object/],
    ['a list', ['Work laptop'], /^The details of a session must be an object/],
  ])('rejects session details with %s, and creates no session', async (_what, details, message) => {
    const { issuer } = sessionIssuer()
    const error: unknown = await issuer
      .login({ sub: 'john' }, details as SessionDetails)
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: expect.stringMatching(message) as unknown })
    expect(await issuer.sessions('john')).toEqual([])
  })

  it('ignores inherited session details', async () => {
    const { issuer } = sessionIssuer()
    await issuer.login({ sub: 'john' }, Object.create({ label: 'inherited' }) as SessionDetails)
    expect(await issuer.sessions('john')).toMatchObject([{ label: null, device: null }])
  })
})

describe('issuer.logout', () => {
  it.each([undefined, null, 7, { refreshToken: 'x' }])(
    'rejects a logout with a value that is not a string: %j',
    async (value) => {
      const { issuer } = sessionIssuer()
      await expect(issuer.logout(value as unknown as string)).rejects.toMatchObject({
        name: 'RefreshError',
        reason: 'malformed',
      })
    },
  )

  it('returns from endSession whether the user had that session', async () => {
    const { issuer } = sessionIssuer()
    await issuer.login({ sub: 'john' })
    const [session] = await issuer.sessions('john')
    expect(await issuer.endSession(session?.sid ?? '', 'john')).toBe(false)
    expect(await issuer.endSession('john', session?.sid ?? '')).toBe(true)
  })
})

describe('the session options of createIssuer', () => {
  const revocation = { revokeToken: nothing, revokeSession: nothing, revokeSubject: nothing }
  it.each([
    ['a lifetime without a store', { store: undefined, sessionIdleSeconds: 60 }, 'store'],
    ['a store that lacks a method', { store: { ...createSessionStore(), rotate: undefined } }, 'store'],
    ['no store', { store: null }, 'store'],
    ['a revocation list that lacks a method', { revocation: { ...revocation, revokeSession: 1 } }, 'revocation'],
    [
      'a revocation list that forgets entries before tokens expire',
      { revocation: { ...revocation, maxTokenLifetimeSeconds: 299 } },
      'accessTokenSeconds',
    ],
    [
      'a revocation list whose maxTokenLifetimeSeconds is NaN',
      { revocation: { ...revocation, maxTokenLifetimeSeconds: Number.NaN } },
      'revocation.maxTokenLifetimeSeconds',
    ],
    [
      'a revocation list whose maxTokenLifetimeSeconds is a string',
      { revocation: { ...revocation, maxTokenLifetimeSeconds: '60' } },
      'revocation.maxTokenLifetimeSeconds',
    ],
    ['a maximum of 0 sessions', { maxSessionsPerSubject: 0 }, 'maxSessionsPerSubject'],
    ['a grace period of more than a minute', { reuseGraceSeconds: 61 }, 'reuseGraceSeconds'],
    [
      'an idle time longer than the absolute time',
      { sessionIdleSeconds: 400, sessionAbsoluteSeconds: 399 },
      'sessionIdleSeconds',
    ],
    ['tokens that outlive their session', { sessionIdleSeconds: 309 }, 'accessTokenSeconds'],
    ['an absolute time of less than a minute', { sessionAbsoluteSeconds: 59 }, 'sessionAbsoluteSeconds'],
    ['a renewClaims that is not a function', { renewClaims: {} }, 'renewClaims'],
  ])('throws a ConfigError that names the invalid session option for %s', (_what, more, option) => {
    expect(() => sessionIssuer(more as unknown as Partial<SessionIssuerOptions>)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option }) as Error,
    )
  })

  it('throws a ConfigError for a session option without a store', () => {
    const options = { ...names, keys, reuseGraceSeconds: 5 }
    expect(() => createIssuer(options)).toThrow('Option "reuseGraceSeconds" requires the option "store"')
  })
})

async function nothing(): Promise<void> {
  await Promise.resolve()
}
