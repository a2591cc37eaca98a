import { generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIssuer, createSessionStore, importSigningKey } from '../src/index.ts'
import type { LoginClaims, SessionStore } from '../src/index.ts'
import { Clock, names } from './settings.ts'
import { calls, keys, methods, setUp, summaryOf, unavailable } from './store-calls.ts'
import type { Outcome } from './store-calls.ts'

describe('a call that never responds', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** The state of a call just before the timeout, and its outcome at the timeout. `reached` resolves when the timeout has started. */
  async function outcomeAfter(
    seconds: number,
    reached: Promise<void>,
    call: Promise<unknown>,
  ): Promise<readonly unknown[]> {
    const outcome = call.then(
      () => 'accepted' as const,
      (caught: unknown) => ({ caught }),
    )
    await reached
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1)
    const before = await Promise.race([outcome, Promise.resolve('pending')])
    await vi.advanceTimersByTimeAsync(1)
    return [before, await outcome]
  }

  function never() {
    let reach: () => void = () => undefined
    const reached = new Promise<void>((resolve) => (reach = resolve))
    const call = () => {
      reach()
      return new Promise<never>(() => undefined)
    }
    return { reached, call }
  }

  it.each(methods)(
    'reports an outage after five seconds if the %s method of the store does not respond',
    async (method) => {
      const { inner, refreshToken } = await setUp()
      const { reached, call } = never()
      const { clock } = await setUp()
      const issuer = createIssuer({ ...names, keys, now: clock.now, store: { ...inner, [method]: call } })
      const [before, after] = await outcomeAfter(5, reached, calls[method](issuer, refreshToken))
      expect(before).toBe('pending')
      expect(summaryOf(after as Outcome, `store.${method}`)).toEqual(unavailable)
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  it('reports an outage after five seconds if revokeSession does not respond', async () => {
    const { reached, call } = never()
    const nothing = async () => undefined
    const revocation = { revokeToken: nothing, revokeSubject: nothing, revokeSession: call }
    const { issuer, refreshToken } = await setUp({ revocation })
    const [before, after] = await outcomeAfter(5, reached, issuer.logout(refreshToken))
    expect(before).toBe('pending')
    expect(summaryOf(after as Outcome, 'revocation.revokeSession')).toEqual(unavailable)
  })

  it('reports an outage after ten seconds if renewClaims does not respond, and the refresh token stays valid', async () => {
    const { reached, call } = never()
    let responds = false
    const renewClaims = (claims: LoginClaims) => (responds ? claims : call())
    const { issuer, refreshToken } = await setUp({ renewClaims })
    const [before, after] = await outcomeAfter(10, reached, issuer.refresh(refreshToken))
    expect(before).toBe('pending')
    expect(summaryOf(after as Outcome, 'renewClaims')).toEqual(unavailable)
    responds = true
    expect(await issuer.refresh(refreshToken)).toMatchObject({ expiresIn: 300 })
  })

  it('reports an outage after ten seconds if the sign function of a key does not respond', async () => {
    const { reached, call } = never()
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { issuer } = await setUp({ keys: await importSigningKey({ publicKey, sign: call }) })
    const [before, after] = await outcomeAfter(10, reached, issuer.login({ sub: 'john' }))
    expect(before).toBe('pending')
    expect(summaryOf(after as Outcome, 'sign')).toEqual(unavailable)
  })

  it('reports an outage after storeTimeoutSeconds if the store does not respond', async () => {
    const { inner, refreshToken } = await setUp()
    const { reached, call } = never()
    const { issuer } = await setUp({ store: { ...inner, find: call }, storeTimeoutSeconds: 0.5 })
    const [before, after] = await outcomeAfter(0.5, reached, issuer.refresh(refreshToken))
    expect(before).toBe('pending')
    expect(summaryOf(after as Outcome, 'store.find')).toEqual(unavailable)
  })

  it('leaves the client with a valid token if the store rotated it but did not respond', async () => {
    const { inner, refreshToken, clock } = await setUp()
    const { reached, call } = never()
    let responds = false
    const rotate: SessionStore['rotate'] = async (rotation) => {
      const rotated = await inner.rotate(rotation)
      return responds ? rotated : call()
    }
    const issuer = createIssuer({ ...names, keys, now: clock.now, store: { ...inner, rotate } })
    const [, after] = await outcomeAfter(5, reached, issuer.refresh(refreshToken))
    expect(summaryOf(after as Outcome, 'store.rotate')).toEqual(unavailable)
    clock.seconds += 5
    responds = true
    expect(await issuer.refresh((await issuer.refresh(refreshToken)).refreshToken)).toMatchObject({ expiresIn: 300 })
  })

  it('ignores a rejection of the store after the timeout', async () => {
    const { inner, refreshToken } = await setUp()
    const { issuer } = await setUp({
      store: {
        ...inner,
        find: () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error('late')), 6000)),
      },
    })
    const outcome = issuer.refresh(refreshToken).catch((error: unknown) => error)
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(2))
    await vi.advanceTimersByTimeAsync(7000)
    expect(await outcome).toMatchObject({ status: 503 })
  })
})

it('starts the grace period of a refresh token when it is replaced, however long signing took', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const clock = new Clock()
  const key = await importSigningKey({
    publicKey,
    sign: async (input) => {
      clock.seconds += 9
      return signBytes('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    },
  })
  const store = createSessionStore()
  const slow = createIssuer({ ...names, keys: key, now: clock.now, store })
  const { refreshToken } = await slow.login({ sub: 'john' })
  const next = await slow.refresh(refreshToken)
  clock.seconds += 9
  const other = createIssuer({ ...names, keys, now: clock.now, store })
  expect((await other.refresh(refreshToken)).refreshToken).toBe(next.refreshToken)
})

it.each([
  ['storeTimeoutSeconds', 0],
  ['storeTimeoutSeconds', 61],
  ['storeTimeoutSeconds', Number.NaN],
  ['callbackTimeoutSeconds', 0],
  ['callbackTimeoutSeconds', 61],
  ['callbackTimeoutSeconds', null],
])('throws a ConfigError if the option %s is %j', async (option, value) => {
  const options = { ...names, keys, store: createSessionStore(), [option]: value }
  expect(() => createIssuer(options)).toThrow(expect.objectContaining({ name: 'ConfigError', option }) as Error)
})
