import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createIssuer, createSessionStore, generateKeys, RefreshError } from '../src/index.ts'
import type { SessionIssuerOptions } from '../src/index.ts'
import { Clock, names } from './settings.ts'

const keys = await generateKeys('ES256')

function sessionIssuer(more: Partial<SessionIssuerOptions> = {}) {
  const clock = new Clock()
  return { clock, issuer: createIssuer({ ...names, keys, now: clock.now, store: createSessionStore(), ...more }) }
}

describe('the store of one process', () => {
  it('refuses a login that it has no room for, drops no session that lives, and has room again when one is over', async () => {
    const { clock, issuer } = sessionIssuer({
      store: createSessionStore({ max: 3 }),
      sessionIdleSeconds: 60,
      accessTokenSeconds: 50,
    })
    const live = [await issuer.login({ sub: 'a' }), await issuer.login({ sub: 'b' })]
    const last = await issuer.login({ sub: 'c' })
    await expect(issuer.login({ sub: 'd' })).rejects.toMatchObject({
      name: 'SessionStoreUnavailableError',
      cause: { name: 'SessionStoreFullError', message: expect.stringContaining('holds 3 sessions') as unknown },
    })
    clock.seconds += 59
    for (const { refreshToken } of live) await issuer.refresh(refreshToken)
    clock.seconds += 1
    await expect(issuer.refresh(last.refreshToken)).rejects.toMatchObject({ reason: 'unknown' })
    await expect(issuer.login({ sub: 'd' })).resolves.toMatchObject({ expiresIn: 50 })
    expect(await issuer.sessions('a')).toHaveLength(1)
  })

  it('holds no more than the sessions that live, however many there were', async () => {
    const store = createSessionStore({ max: 50 })
    const { clock, issuer } = sessionIssuer({ store, sessionIdleSeconds: 60, accessTokenSeconds: 50 })
    for (let turn = 0; turn < 300; turn++) {
      await issuer.login({ sub: `user-${turn}` })
      clock.seconds += 2
    }
    expect(await issuer.sessions('user-299')).toHaveLength(1)
    expect(await issuer.sessions('user-0')).toHaveLength(0)
  })

  it.each([0, -1, 20_000_000, Number.NaN, '5'])('has bounds that are checked: max %j', (max) => {
    expect(() => createSessionStore({ max: max as number })).toThrow(/^max must be/)
  })
})

describe('a refresh token that is refused', () => {
  it.each(['', 'x', 'A'.repeat(63), 'A'.repeat(65), `${'A'.repeat(63)}=`, `${'A'.repeat(63)}+`, 7, null, undefined])(
    'costs the store nothing where it is malformed: %j',
    async (text) => {
      const store = { ...createSessionStore(), rotate: () => Promise.reject(new Error('asked')) }
      const { issuer } = sessionIssuer({ store })
      await expect(issuer.refresh(text as string)).rejects.toMatchObject({ reason: 'malformed', session: null })
    },
  )

  it('is told in one way, whatever the reason, and shows nothing of itself', async () => {
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

describe('a store that fails', () => {
  it('is an outage, told apart from a bad token', async () => {
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
    ['an outcome that is none', { outcome: 'rotate', session: { sub: 'admin' } }],
    ['null', null],
  ])('is one that answers %s to a rotation, and nobody is let in', async (_what, answer) => {
    const { issuer } = sessionIssuer({ store: { ...createSessionStore(), rotate: async () => answer as never } })
    const { refreshToken } = await issuer.login({ sub: 'john' })
    await expect(issuer.refresh(refreshToken)).rejects.toMatchObject({
      name: 'SessionStoreUnavailableError',
      status: 503,
    })
  })

  it.each(['begin', 'find', 'rotate', 'end', 'endAll'] as const)('is one whose %s throws at once', async (method) => {
    const good = createSessionStore()
    const throwing = {
      [method]: () => {
        throw new Error('at once')
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
    await expect(call()).rejects.toMatchObject({ name: 'SessionStoreUnavailableError', cause: { message: 'at once' } })
  })

  it('leaves a client whose answer was lost with a token that is good', async () => {
    let fails = true
    const inner = createSessionStore()
    const { issuer } = sessionIssuer({
      store: {
        ...inner,
        rotate: async (rotation) => {
          const rotated = await inner.rotate(rotation)
          if (fails) throw new Error('the answer was lost')
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

describe('a logout', () => {
  it.each([undefined, null, 7, { refreshToken: 'x' }])('of what is no text is told so: %j', async (value) => {
    const { issuer } = sessionIssuer()
    await expect(issuer.logout(value as unknown as string)).rejects.toMatchObject({
      name: 'RefreshError',
      reason: 'malformed',
    })
  })

  it('of one session says whether there was one', async () => {
    const { issuer } = sessionIssuer()
    await issuer.login({ sub: 'john' })
    const [session] = await issuer.sessions('john')
    expect(await issuer.endSession(session?.sid ?? '', 'john')).toBe(false)
    expect(await issuer.endSession('john', session?.sid ?? '')).toBe(true)
  })
})

describe('the settings of sessions', () => {
  const revocation = { revokeToken: nothing, revokeSession: nothing, revokeSubject: nothing }
  it.each([
    ['a lifetime without a store', { store: undefined, sessionIdleSeconds: 60 }, 'store'],
    ['a store that lacks a method', { store: { ...createSessionStore(), rotate: undefined } }, 'store'],
    ['no store', { store: null }, 'store'],
    ['a list that lacks a method', { revocation: { ...revocation, revokeSession: 1 } }, 'revocation'],
    [
      'a list that forgets before tokens end',
      { revocation: { ...revocation, maxTokenLifetimeSeconds: 299 } },
      'accessTokenSeconds',
    ],
    [
      'a list whose memory is no number',
      { revocation: { ...revocation, maxTokenLifetimeSeconds: Number.NaN } },
      'revocation.maxTokenLifetimeSeconds',
    ],
    [
      'a list whose memory is text',
      { revocation: { ...revocation, maxTokenLifetimeSeconds: '60' } },
      'revocation.maxTokenLifetimeSeconds',
    ],
    ['no session for anybody', { maxSessionsPerSubject: 0 }, 'maxSessionsPerSubject'],
    ['a longer grace than a minute', { reuseGraceSeconds: 61 }, 'reuseGraceSeconds'],
    ['more idle time than there is', { sessionIdleSeconds: 400, sessionAbsoluteSeconds: 399 }, 'sessionIdleSeconds'],
    ['tokens that outlive their session', { sessionIdleSeconds: 309 }, 'accessTokenSeconds'],
    ['a session of seconds', { sessionAbsoluteSeconds: 59 }, 'sessionAbsoluteSeconds'],
    ['claims that are no function', { renewClaims: {} }, 'renewClaims'],
  ])('are refused with %s', (_what, more, field) => {
    expect(() => sessionIssuer(more as unknown as Partial<SessionIssuerOptions>)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }) as Error,
    )
  })

  it('need a store for any of them', () => {
    const options = { ...names, keys, reuseGraceSeconds: 5 }
    expect(() => createIssuer(options)).toThrow(/^reuseGraceSeconds must be beside a store/)
  })
})

async function nothing(): Promise<void> {
  await Promise.resolve()
}
