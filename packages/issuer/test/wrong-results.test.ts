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

/** Calls what uses a method of the store. */
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
  createdAt: start,
  refreshedAt: start,
  expiresAt: start + 3600,
  accessTokensExpireAt: start + 300,
}
const lists: readonly Method[] = ['begin', 'endAll', 'list']

/** A result that a method may have, around a session. */
function resultOf(method: Method, of: unknown): unknown {
  if (method === 'find') return { session: of, isCurrent: true }
  if (method === 'rotate') return { outcome: 'rotated', session: of }
  return lists.includes(method) ? [of] : of
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

/** What of an outcome counts: its class, what a client needs, and that it names the method and shows no value. */
function viewOf(outcome: Outcome | 'accepted', name: string): unknown {
  if (outcome === 'accepted') return outcome
  const { caught } = outcome
  if (!(caught instanceof SessionStoreUnavailableError)) return caught
  const { status, retryAfterSeconds, message } = caught
  const showsValue = inspect(caught, { depth: 9, showHidden: true }).includes(canary)
  return { status, retryAfterSeconds, namesMethod: message.includes(name), showsValue }
}

const unavailable = { status: 503, retryAfterSeconds: 10, namesMethod: true, showsValue: false }

const throwing = new Proxy({}, { get: () => raise(), has: () => raise(), getOwnPropertyDescriptor: () => raise() })

/** What a library with promises of its own returns. */
function thenable(then: (resolve: (value: unknown) => void) => void): object {
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
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

const odd: readonly (readonly [string, unknown])[] = [
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
  ['a session that is inherited', Object.create(session) as unknown],
  ['a list of inherited sessions', [Object.create(session) as unknown]],
  ['an object whose getters throw', throwing],
  ['a list of objects whose getters throw', [throwing]],
  ['an error', new Error('returned, not thrown')],
  ['a response of another method', { outcome: 'rotated', isCurrent: 'yes', session: { ...session, sub: 7 } }],
]

/** Claims that make a longer token than APIs read. */
const longClaims = { sub: 'john', name: canary.repeat(1200) }

const oddTexts = [undefined, null, 7, true, '', {}, [], [canary], canary.repeat(10_000)]
const oddTimes = [undefined, null, '1700000000', true, {}, [], Number.NaN, -1, Infinity, 1e300, 1n]
const fields = [
  ...(['issuer', 'sid', 'sub', 'claims'] as const).map((name) => [name, oddTexts] as const),
  ...(['createdAt', 'refreshedAt', 'expiresAt', 'accessTokensExpireAt'] as const).map(
    (name) => [name, oddTimes] as const,
  ),
]

describe.each(methods)('what %s of a store returns', (method) => {
  it('is accepted if it has the type that the interface says', async () => {
    expect(await callWith(method, async () => resultOf(method, session))).toBe('accepted')
    if (method === 'end' || method === 'endSession') expect(await callWith(method, async () => null)).toBe('accepted')
    if (lists.includes(method)) expect(await callWith(method, async () => [])).toBe('accepted')
  })

  it.each(odd)('is an outage if it is %s, promised in whatever way', async (_what, result) => {
    const ways = [
      () => result,
      async () => result,
      () => Promise.resolve(Promise.resolve(result)),
      () => thenable((resolve) => resolve(result)),
      () => thenable((resolve) => resolve(Promise.resolve(result))),
    ]
    for (const way of ways) expect(viewOf(await callWith(method, way), `store.${method}`)).toEqual(unavailable)
  })

  it('is an outage if it is null or an empty list where the interface does not say so', async () => {
    const others: unknown[] = [...(lists.includes(method) ? [null] : [[]]), ...(method === 'rotate' ? [null] : [])]
    for (const other of others)
      expect(viewOf(await callWith(method, async () => other), `store.${method}`)).toEqual(unavailable)
  })

  it.each(fields)('is an outage if %s of a session is of another type', async (field, values) => {
    for (const value of values) {
      const wrong = resultOf(method, { ...session, [field]: value })
      expect(viewOf(await callWith(method, async () => wrong), `store.${method}`)).toEqual(unavailable)
    }
    const getter = Object.defineProperty({ ...session }, field, { get: raise })
    expect(viewOf(await callWith(method, async () => resultOf(method, getter)), `store.${method}`)).toEqual(unavailable)
  })

  it('is an outage if it is a promise that rejects, or if the method throws', async () => {
    const failures = [raise, async () => raise(), () => thenable(raise), () => Promise.reject(undefined)]
    for (const fail of failures) expect(viewOf(await callWith(method, fail), `store.${method}`)).toEqual(unavailable)
  })
})

describe('what find of a store returns', () => {
  it.each([undefined, null, 1, 'true', {}])('is an outage if isCurrent is %j', async (isCurrent) => {
    expect(viewOf(await callWith('find', async () => ({ session, isCurrent })), 'store.find')).toEqual(unavailable)
  })

  const wrongClaims = ['', 'CANARY', '{', 'null', '[]', '7', '{}', '{"sub":7}', '{"sub":"jane"}']
  it.each([...wrongClaims, '{"sub":"john","aud":"CANARY"}'])(
    'is an outage if the claims are no claims of the login: %s',
    async (claims) => {
      expect(
        viewOf(
          await callWith('find', async () => ({ session: { ...session, claims }, isCurrent: true })),
          'store.find',
        ),
      ).toEqual(unavailable)
    },
  )
})

it('is an outage if find of a store returns more claims than a token can carry', async () => {
  const found = { session: { ...session, claims: JSON.stringify(longClaims) }, isCurrent: true }
  expect(viewOf(await callWith('find', async () => found), 'store.find')).toEqual(unavailable)
})

describe('what rotate of a store returns', () => {
  it.each([undefined, null, 7, {}, [], '', 'rotate', 'ROTATED', 'constructor', ['rotated']])(
    'is an outage if the outcome is %j',
    async (outcome) => {
      expect(
        viewOf(await callWith('rotate', async () => ({ outcome, session, sealedSuccessor: canary })), 'store.rotate'),
      ).toEqual(unavailable)
    },
  )

  it.each([undefined, null, 7, {}, '', canary, 'A'.repeat(101), 'A'.repeat(102), 'A'.repeat(100_000), 'ä'.repeat(102)])(
    'is an outage if what it gives for a repetition does not open: %j',
    async (sealed) => {
      const repeated = { outcome: 'repeated', session, sealedSuccessor: sealed }
      expect(viewOf(await callWith('rotate', async () => repeated), 'store.rotate')).toEqual(unavailable)
    },
  )

  it.each(['rotated', 'superseded', 'reused', 'ended', 'repeated'])(
    'is an outage if %s has no session',
    async (outcome) => {
      expect(
        viewOf(await callWith('rotate', async () => ({ outcome, sealedSuccessor: 'A'.repeat(102) })), 'store.rotate'),
      ).toEqual(unavailable)
    },
  )
})

describe('what revokeSession of a list returns', () => {
  const revoked = [...odd.slice(1), ['null', null] as const]
  it.each(revoked)('is an outage if it is %s', async (_what, result) => {
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
    expect(viewOf(outcome, 'revocation.revokeSession')).toEqual(unavailable)
  })
})

// To await an object whose `then` throws is to be rejected, and what user code throws is passed on.
const oddFromUsers = odd.filter(([, value]) => value !== throwing)

describe('what renewClaims returns', () => {
  const claims: readonly (readonly [string, unknown])[] = [
    ...oddFromUsers,
    ['no sub', { name: canary }],
    ['a sub that is no text', { sub: 7 }],
    ['an empty sub', { sub: '' }],
    ['another sub', { sub: canary }],
    ['a claim of the issuer', { sub: 'john', aud: canary }],
    ['a claim that is no JSON', { sub: 'john', level: Number.NaN }],
    ['a claim that is undefined', { sub: 'john', level: undefined }],
    ['more claims than a token can carry', longClaims],
    ['a getter that throws', Object.defineProperty({ sub: 'john' }, 'name', { get: raise, enumerable: true })],
  ]
  it.each(claims)('is an outage if it is %s, and uses up nothing', async (_what, result) => {
    let isWrong = true
    const renewClaims = (kept: LoginClaims) => (isWrong ? result : kept) as LoginClaims
    const { issuer, refreshToken } = await setUp({ renewClaims })
    const outcome = await issuer.refresh(refreshToken).then(
      () => 'accepted' as const,
      (caught: unknown) => ({ caught }),
    )
    expect(viewOf(outcome, 'renewClaims')).toEqual(unavailable)
    isWrong = false
    expect(await issuer.refresh(refreshToken)).toMatchObject({ expiresIn: 300 })
  })
})

describe('what sign of an external key returns', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const results: readonly (readonly [string, unknown])[] = [
    ...oddFromUsers,
    ['null', null],
    ['an ArrayBuffer', new ArrayBuffer(64)],
    ['an empty signature', new Uint8Array()],
    ['a signature of zeros', new Uint8Array(64)],
    ['a huge signature', new Uint8Array(1_000_000)],
    ['an object that inherits from Uint8Array', Object.create(Uint8Array.prototype) as unknown],
    ['a proxy of a Uint8Array', new Proxy(new Uint8Array(64), {})],
    ['a Uint8Array that was transferred', transferred()],
  ]
  it.each(results)('is an outage if it is %s', async (_what, result) => {
    const key = await importSigningKey({
      publicKey: pair.publicKey,
      sign: () => Promise.resolve(result) as Promise<Uint8Array>,
    })
    const { issuer } = await setUp({ keys: key })
    const outcome = await issuer.login({ sub: 'john' }).then(
      () => 'accepted' as const,
      (caught: unknown) => ({ caught }),
    )
    expect(viewOf(outcome, 'sign')).toEqual(unavailable)
  })
})

describe('what never responds', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Whether a call that reaches something which never responds is over before and after so many seconds. */
  async function overAfter(
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
    const before = await Promise.race([outcome, Promise.resolve('waits')])
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

  it.each(methods)('is a %s of the store that is an outage after five seconds', async (method) => {
    const { inner, refreshToken } = await setUp()
    const { reached, call } = never()
    const { clock } = await setUp()
    const issuer = createIssuer({ ...names, keys, now: clock.now, store: { ...inner, [method]: call } })
    const [before, after] = await overAfter(5, reached, calls[method](issuer, refreshToken))
    expect(before).toBe('waits')
    expect(viewOf(after as Outcome, `store.${method}`)).toEqual(unavailable)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is a list of revocations that is an outage after five seconds', async () => {
    const { reached, call } = never()
    const nothing = async () => undefined
    const revocation = { revokeToken: nothing, revokeSubject: nothing, revokeSession: call }
    const { issuer, refreshToken } = await setUp({ revocation })
    const [before, after] = await overAfter(5, reached, issuer.logout(refreshToken))
    expect(before).toBe('waits')
    expect(viewOf(after as Outcome, 'revocation.revokeSession')).toEqual(unavailable)
  })

  it('is a renewClaims that is an outage after ten seconds, and uses up nothing', async () => {
    const { reached, call } = never()
    let responds = false
    const renewClaims = (claims: LoginClaims) => (responds ? claims : call())
    const { issuer, refreshToken } = await setUp({ renewClaims })
    const [before, after] = await overAfter(10, reached, issuer.refresh(refreshToken))
    expect(before).toBe('waits')
    expect(viewOf(after as Outcome, 'renewClaims')).toEqual(unavailable)
    responds = true
    expect(await issuer.refresh(refreshToken)).toMatchObject({ expiresIn: 300 })
  })

  it('is a sign that is an outage after ten seconds', async () => {
    const { reached, call } = never()
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { issuer } = await setUp({ keys: await importSigningKey({ publicKey, sign: call }) })
    const [before, after] = await overAfter(10, reached, issuer.login({ sub: 'john' }))
    expect(before).toBe('waits')
    expect(viewOf(after as Outcome, 'sign')).toEqual(unavailable)
  })

  it('has the deadlines of the settings', async () => {
    const { inner, refreshToken } = await setUp()
    const { reached, call } = never()
    const { issuer } = await setUp({ store: { ...inner, find: call }, storeTimeoutSeconds: 0.5 })
    const [before, after] = await overAfter(0.5, reached, issuer.refresh(refreshToken))
    expect(before).toBe('waits')
    expect(viewOf(after as Outcome, 'store.find')).toEqual(unavailable)
  })

  it('leaves a client with a token that is good, if the store had rotated it and did not say so', async () => {
    const { inner, refreshToken, clock } = await setUp()
    const { reached, call } = never()
    let responds = false
    const rotate: SessionStore['rotate'] = async (rotation) => {
      const rotated = await inner.rotate(rotation)
      return responds ? rotated : call()
    }
    const issuer = createIssuer({ ...names, keys, now: clock.now, store: { ...inner, rotate } })
    const [, after] = await overAfter(5, reached, issuer.refresh(refreshToken))
    expect(viewOf(after as Outcome, 'store.rotate')).toEqual(unavailable)
    clock.seconds += 5
    responds = true
    expect(await issuer.refresh((await issuer.refresh(refreshToken)).refreshToken)).toMatchObject({ expiresIn: 300 })
  })

  it('can fail late without harm', async () => {
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

it('begins the grace of a token when it is replaced, however long the signature took', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const clock = new Clock()
  const key = await importSigningKey({
    publicKey,
    sign: async (input) => {
      clock.seconds += 9
      return signBytes('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    },
  })
  const quick = createSessionStore()
  const slow = createIssuer({ ...names, keys: key, now: clock.now, store: quick })
  const { refreshToken } = await slow.login({ sub: 'john' })
  const next = await slow.refresh(refreshToken)
  clock.seconds += 9
  const other = createIssuer({ ...names, keys, now: clock.now, store: quick })
  expect((await other.refresh(refreshToken)).refreshToken).toBe(next.refreshToken)
})

it.each([
  ['storeTimeoutSeconds', 0],
  ['storeTimeoutSeconds', 61],
  ['storeTimeoutSeconds', Number.NaN],
  ['callbackTimeoutSeconds', 0],
  ['callbackTimeoutSeconds', 61],
  ['callbackTimeoutSeconds', null],
])('refuses a deadline out of bounds: %s %j', async (field, value) => {
  const options = { ...names, keys, store: createSessionStore(), [field]: value }
  expect(() => createIssuer(options)).toThrow(expect.objectContaining({ name: 'ConfigError', option: field }) as Error)
})
