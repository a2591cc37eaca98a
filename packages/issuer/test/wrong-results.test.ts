import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { importSigningKey } from '../src/index.ts'
import type { LoginClaims } from '../src/index.ts'
import { callWith, canary, lists, methods, resultOf, session, setUp, summaryOf, unavailable } from './store-calls.ts'

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
