import { inspect } from 'node:util'
import { generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createIssuer,
  createSessionStore,
  generateKeys,
  importSigningKey,
  SessionStoreUnavailableError,
} from '../src/index.ts'
import type { LoginClaims, SessionIssuer, SessionIssuerOptions, SessionStore } from '../src/index.ts'
import { Clock, names, start } from './settings.ts'

const keys = await generateKeys('ES256')
const canary = 'CANARY'
const methods = ['begin', 'find', 'rotate', 'end', 'endSession', 'endAll', 'list'] as const
type Method = (typeof methods)[number]
type Outcome = { readonly caught: unknown }

/** Calls the issuer method that calls a method of the store. */
const calls: Readonly<Record<Method, (issuer: SessionIssuer, refreshToken: string) => Promise<unknown>>> = {
  begin: (issuer) => issuer.login({ sub: 'john' }),
  find: (issuer, refreshToken) => issuer.refresh(refreshToken),
  rotate: (issuer, refreshToken) => issuer.refresh(refreshToken),
  end: (issuer, refreshToken) => issuer.logout(refreshToken),
  endSession: (issuer) => issuer.endSession('john', 'sid'),
  endAll: (issuer) => issuer.logoutAll('john'),
  list: (issuer) => issuer.sessions('john'),
}

const session = {
  issuer: names.issuer,
  sid: 'sid',
  sub: 'john',
  claims: '{"sub":"john"}',
  label: 'Work laptop',
  device: null,
  createdAt: start,
  refreshedAt: start,
  expiresAt: start + 3600,
  accessTokensExpireAt: start + 300,
}
const lists: readonly Method[] = ['begin', 'endAll', 'list']

/** A valid result of a method that contains the given session. */
function resultOf(method: Method, value: unknown): unknown {
  if (method === 'find') return { session: value, isCurrent: true }
  if (method === 'rotate') return { outcome: 'rotated', session: value }
  return lists.includes(method) ? [value] : value
}

async function setUp(more: Partial<SessionIssuerOptions> = {}) {
  const inner = createSessionStore()
  const clock = new Clock()
  const settings = { ...names, keys, now: clock.now }
  const { refreshToken } = await createIssuer({ ...settings, store: inner }).login({ sub: 'john' })
  return { inner, clock, refreshToken, issuer: createIssuer({ ...settings, store: inner, ...more }) }
}

async function callWith(method: Method, result: () => unknown): Promise<Outcome | 'accepted'> {
  const { inner } = await setUp()
  const store = { ...inner, [method]: result }
  const { issuer } = await setUp({ store })
  const { refreshToken } = await createIssuer({ ...names, keys, now: new Clock().now, store: inner }).login({
    sub: 'john',
  })
  return calls[method](issuer, refreshToken).then(
    () => 'accepted',
    (caught: unknown) => ({ caught }),
  )
}

/** What every SessionStoreUnavailableError must have: status and delay for the client, the method, and no value. */
function summaryOf(outcome: Outcome | 'accepted', name: string): unknown {
  if (outcome === 'accepted') return outcome
  const { caught } = outcome
  if (!(caught instanceof SessionStoreUnavailableError)) return caught
  const { status, retryAfterSeconds, message } = caught
  const showsValue = inspect(caught, { depth: 9, showHidden: true }).includes(canary)
  return { status, retryAfterSeconds, namesMethod: message.includes(name), showsValue }
}

const unavailable = { status: 503, retryAfterSeconds: 10, namesMethod: true, showsValue: false }

const throwing = new Proxy({}, { get: () => raise(), has: () => raise(), getOwnPropertyDescriptor: () => raise() })

/** A promise of a library that does not use native promises. */
function thenable(then: (resolve: (value: unknown) => void) => void): object {
  // oxlint-disable-next-line unicorn/no-thenable -- it is the subject of this test
  return Object.defineProperty({}, 'then', { value: then })
}

function transferred(): Uint8Array {
  const bytes = new Uint8Array(64)
  structuredClone(bytes, { transfer: [bytes.buffer] })
  return bytes
}

function raise(): never {
  throw new Error('a getter')
}

const invalidResults: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['true', true],
  ['false', false],
  ['zero', 0],
  ['NaN', Number.NaN],
  ['a number', -1],
  ['a bigint', 1n],
  ['a symbol', Symbol(canary)],
  ['an empty string', ''],
  ['a string', canary],
  ['a function', () => session],
  ['an empty object', {}],
  ['an object of other properties', { [canary]: canary, ok: true }],
  ['a list in a list', [[session]]],
  ['a list with null', [null]],
  ['a list with undefined', [undefined]],
  ['a list with a hole', Array.from({ length: 1 })],
  ['a list with a string', [canary]],
  ['an object that inherits from a session', Object.create(session) as unknown],
  ['a list of such objects', [Object.create(session) as unknown]],
  ['an object whose getters throw', throwing],
  ['a list of objects whose getters throw', [throwing]],
  ['an error', new Error('returned, not thrown')],
  ['a response of another method', { outcome: 'rotated', isCurrent: 'yes', session: { ...session, sub: 7 } }],
]

/** Claims that make the token longer than APIs accept. */
const longClaims = { sub: 'john', name: canary.repeat(1200) }

const invalidStrings = [undefined, null, 7, true, '', {}, [], [canary], canary.repeat(10_000)]
const invalidDetails = [undefined, 7, true, '', {}, [], 'a'.repeat(257)]
const invalidTimes = [undefined, null, '1700000000', true, {}, [], Number.NaN, -1, Infinity, 1e300, 1n]
const fields = [
  ...(['issuer', 'sid', 'sub', 'claims'] as const).map((name) => [name, invalidStrings] as const),
  ...(['label', 'device'] as const).map((name) => [name, invalidDetails] as const),
  ...(['createdAt', 'refreshedAt', 'expiresAt', 'accessTokensExpireAt'] as const).map(
    (name) => [name, invalidTimes] as const,
  ),
]

describe.each(methods)('the result of store.%s', (method) => {
  it('accepts a result of the store that has the type of the interface', async () => {
    expect(await callWith(method, async () => resultOf(method, session))).toBe('accepted')
    if (method === 'end' || method === 'endSession') expect(await callWith(method, async () => null)).toBe('accepted')
    if (lists.includes(method)) expect(await callWith(method, async () => [])).toBe('accepted')
  })

  it.each(invalidResults)(
    'reports an outage if the store returns %s, directly or by any kind of promise',
    async (_what, result) => {
      const returns = [
        () => result,
        async () => result,
        () => Promise.resolve(Promise.resolve(result)),
        () => thenable((resolve) => resolve(result)),
        () => thenable((resolve) => resolve(Promise.resolve(result))),
      ]
      for (const each of returns)
        expect(summaryOf(await callWith(method, each), `store.${method}`)).toEqual(unavailable)
    },
  )

  it('reports an outage if the store returns null or an empty list, unless the interface allows that', async () => {
    const others: unknown[] = [...(lists.includes(method) ? [null] : [[]]), ...(method === 'rotate' ? [null] : [])]
    for (const other of others)
      expect(summaryOf(await callWith(method, async () => other), `store.${method}`)).toEqual(unavailable)
  })

  it.each(fields)(
    'reports an outage if the property %s of a stored session has an invalid value',
    async (field, values) => {
      for (const value of values) {
        const invalid = resultOf(method, { ...session, [field]: value })
        expect(summaryOf(await callWith(method, async () => invalid), `store.${method}`)).toEqual(unavailable)
      }
      const getter = Object.defineProperty({ ...session }, field, { get: raise })
      expect(summaryOf(await callWith(method, async () => resultOf(method, getter)), `store.${method}`)).toEqual(
        unavailable,
      )
    },
  )

  it('reports an outage if a method of the store throws or rejects', async () => {
    const failures = [raise, async () => raise(), () => thenable(raise), () => Promise.reject(undefined)]
    for (const fail of failures) expect(summaryOf(await callWith(method, fail), `store.${method}`)).toEqual(unavailable)
  })
})

describe('the result of store.find', () => {
  it.each([undefined, null, 1, 'true', {}])(
    'reports an outage if the store returns %j as isCurrent',
    async (isCurrent) => {
      expect(summaryOf(await callWith('find', async () => ({ session, isCurrent })), 'store.find')).toEqual(unavailable)
    },
  )

  const invalidClaims = ['', 'CANARY', '{', 'null', '[]', '7', '{}', '{"sub":7}', '{"sub":"jane"}']
  it.each([...invalidClaims, '{"sub":"john","aud":"CANARY"}'])(
    'reports an outage if the stored claims are not those of the login: %s',
    async (claims) => {
      expect(
        summaryOf(
          await callWith('find', async () => ({ session: { ...session, claims }, isCurrent: true })),
          'store.find',
        ),
      ).toEqual(unavailable)
    },
  )
})

it('reports an outage if the store returns more claims than fit into a token', async () => {
  const found = { session: { ...session, claims: JSON.stringify(longClaims) }, isCurrent: true }
  expect(summaryOf(await callWith('find', async () => found), 'store.find')).toEqual(unavailable)
})

describe('the result of store.rotate', () => {
  it.each([undefined, null, 7, {}, [], '', 'rotate', 'ROTATED', 'constructor', ['rotated']])(
    'reports an outage if the store returns %j as the outcome of a rotation',
    async (outcome) => {
      expect(
        summaryOf(
          await callWith('rotate', async () => ({ outcome, session, sealedSuccessor: canary })),
          'store.rotate',
        ),
      ).toEqual(unavailable)
    },
  )

  it.each([undefined, null, 7, {}, '', canary, 'A'.repeat(101), 'A'.repeat(102), 'A'.repeat(100_000), 'ä'.repeat(102)])(
    'reports an outage if the sealed successor cannot be decrypted: %j',
    async (sealed) => {
      const repeated = { outcome: 'repeated', session, sealedSuccessor: sealed }
      expect(summaryOf(await callWith('rotate', async () => repeated), 'store.rotate')).toEqual(unavailable)
    },
  )

  it.each(['rotated', 'superseded', 'reused', 'ended', 'repeated'])(
    'reports an outage if the store returns the outcome %s without a session',
    async (outcome) => {
      expect(
        summaryOf(
          await callWith('rotate', async () => ({ outcome, sealedSuccessor: 'A'.repeat(102) })),
          'store.rotate',
        ),
      ).toEqual(unavailable)
    },
  )
})

describe('the result of revocation.revokeSession', () => {
  const results = [...invalidResults.slice(1), ['null', null] as const]
  it.each(results)('reports an outage if revokeSession returns %s', async (_what, result) => {
    const revocation = {
      revokeToken: async () => undefined,
      revokeSubject: async () => undefined,
      revokeSession: () => Promise.resolve(result) as Promise<void>,
    }
    const { issuer, refreshToken } = await setUp({ revocation })
    const outcome = await issuer.logout(refreshToken).then(
      () => 'accepted' as const,
      (caught: unknown) => ({ caught }),
    )
    expect(summaryOf(outcome, 'revocation.revokeSession')).toEqual(unavailable)
  })
})

// Awaiting an object whose `then` throws rejects, and an error of user code is passed on.
const invalidUserResults = invalidResults.filter(([, value]) => value !== throwing)

describe('the result of renewClaims', () => {
  const claims: readonly (readonly [string, unknown])[] = [
    ...invalidUserResults,
    ['no sub', { name: canary }],
    ['a sub that is not a string', { sub: 7 }],
    ['an empty sub', { sub: '' }],
    ['another sub', { sub: canary }],
    ['a claim of the issuer', { sub: 'john', aud: canary }],
    ['a claim that is not JSON', { sub: 'john', level: Number.NaN }],
    ['a claim that is undefined', { sub: 'john', level: undefined }],
    ['more claims than fit into a token', longClaims],
    ['a getter that throws', Object.defineProperty({ sub: 'john' }, 'name', { get: raise, enumerable: true })],
  ]
  it.each(claims)(
    'reports an outage if renewClaims returns %s, and the refresh token stays valid',
    async (_what, result) => {
      let isInvalid = true
      const renewClaims = (stored: LoginClaims) => (isInvalid ? result : stored) as LoginClaims
      const { issuer, refreshToken } = await setUp({ renewClaims })
      const outcome = await issuer.refresh(refreshToken).then(
        () => 'accepted' as const,
        (caught: unknown) => ({ caught }),
      )
      expect(summaryOf(outcome, 'renewClaims')).toEqual(unavailable)
      isInvalid = false
      expect(await issuer.refresh(refreshToken)).toMatchObject({ expiresIn: 300 })
    },
  )
})

describe('the result of sign of an external key', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const results: readonly (readonly [string, unknown])[] = [
    ...invalidUserResults,
    ['null', null],
    ['an ArrayBuffer', new ArrayBuffer(64)],
    ['an empty signature', new Uint8Array()],
    ['a signature of zeros', new Uint8Array(64)],
    ['a huge signature', new Uint8Array(1_000_000)],
    ['an object that inherits from Uint8Array', Object.create(Uint8Array.prototype) as unknown],
    ['a proxy of a Uint8Array', new Proxy(new Uint8Array(64), {})],
    ['a Uint8Array that was transferred', transferred()],
  ]
  it.each(results)('reports an outage if the sign function of a key returns %s', async (_what, result) => {
    const key = await importSigningKey({
      publicKey: pair.publicKey,
      sign: () => Promise.resolve(result) as Promise<Uint8Array>,
    })
    const { issuer } = await setUp({ keys: key })
    const outcome = await issuer.login({ sub: 'john' }).then(
      () => 'accepted' as const,
      (caught: unknown) => ({ caught }),
    )
    expect(summaryOf(outcome, 'sign')).toEqual(unavailable)
  })
})

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
