import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createVerificationKey } from '../src/index.ts'
import { createRevocations } from '../src/revocation.ts'
import type { RevocableToken, Revocations } from '../src/index.ts'
import type { RevocationsOptions } from '../src/revocation.ts'
import { createRandom } from './random.ts'
import { authWith, bearer, issuer, nowSeconds, refusalOf, secret, sign } from './tokens.ts'

const { seed, below } = createRandom()
const oneOf = <T>(values: readonly [T, ...T[]]): T => values[below(values.length)] as T
const claims = { jti: 'token-1', sid: 'session-1', sub: 'john' }

/** A list by a clock that tests move, in seconds. */
function listAt(options: RevocationsOptions = {}) {
  const clock = { seconds: nowSeconds }
  const now = () => clock.seconds * 1000
  return { clock, now, revocations: createRevocations({ now, ...options }) }
}

function facts(more: Partial<RevocableToken> = {}): RevocableToken {
  return { issuer, jti: 'token-1', sid: 'session-1', sub: 'john', iat: nowSeconds, ...more }
}

describe('a token is refused', () => {
  it.each<[string, (list: Revocations) => Promise<void>]>([
    ['by itself', (list) => list.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 600 })],
    ['by its session', (list) => list.revokeSession({ issuer, sid: 'session-1', until: nowSeconds + 600 })],
    ['by its subject', (list) => list.revokeSubject({ issuer, sub: 'john', issuedBefore: nowSeconds })],
  ])('%s from the very next request on, remembered or not', async (_how, revoke) => {
    for (const cache of [{ max: 10 }, null] as const) {
      const { revocations } = listAt()
      const auth = authWith({ revocation: revocations, cache })
      const token = await sign(claims)
      expect((await auth.verifyToken(token)).subject).toBe('john')
      await revoke(revocations)
      expect(await refusalOf(auth.verifyToken(token))).toBe('token_revoked')
      expect(await refusalOf(auth.identify(bearer(token)))).toBe('token_revoked')
      expect((await auth.verifyToken(await sign({ jti: 'token-2', sid: 'session-2', sub: 'jane' }))).subject).toBe(
        'jane',
      )
    }
  })

  it('that is revoked while its key is looked for', async () => {
    const { revocations } = listAt()
    let found: (() => void) | undefined
    const key = createVerificationKey({ secret, algorithm: 'HS256' })
    const keys = {
      find: async () => {
        await new Promise<void>((resolve) => {
          found = resolve
        })
        return key
      },
      has: () => true,
    }
    const auth = authWith({ keys, algorithms: ['HS256'], revocation: revocations })
    const outcome = refusalOf(auth.verifyToken(await sign(claims)))
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 600 })
    found?.()
    expect(await outcome).toBe('token_revoked')
  })

  it('of one issuer, and not another’s of the same name', async () => {
    const { revocations } = listAt()
    await revocations.revokeToken({ issuer: 'https://other.example', jti: 'token-1', until: nowSeconds + 600 })
    await revocations.revokeSession({ issuer: null, sid: 'session-1', until: nowSeconds + 600 })
    expect(await refusalOf(authWith({ revocation: revocations }).verifyToken(await sign(claims)))).toBe('accepted')
  })

  it('by what its issuer signed, whatever a schema made of the claims', async () => {
    const { revocations } = listAt()
    const schema = z.object({ sub: z.string() }).transform(({ sub }) => ({ who: sub }))
    const auth = authWith({ revocation: revocations, claims: schema })
    const token = await sign(claims)
    expect((await auth.verifyToken(token)).claims).toEqual({ who: 'john' })
    await revocations.revokeSession({ issuer, sid: 'session-1', until: nowSeconds + 600 })
    expect(await refusalOf(auth.verifyToken(token))).toBe('token_revoked')
  })

  it('where the user’s own rule says so, which is asked after the list', async () => {
    const { revocations } = listAt()
    const asked: unknown[] = []
    const isRevoked = ({ subject }: { subject: string | null }) => asked.push(subject) > 1
    const auth = authWith({ revocation: revocations, isRevoked })
    const token = await sign(claims)
    expect(await refusalOf(auth.verifyToken(token))).toBe('accepted')
    expect(await refusalOf(auth.verifyToken(token))).toBe('token_revoked')
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 600 })
    expect(await refusalOf(auth.verifyToken(token))).toBe('token_revoked')
    expect(asked).toEqual(['john', 'john'])
  })
})

describe('where revocation is on, a token', () => {
  it.each([
    ['without jti', { ...claims, jti: undefined }, 'claim_invalid'],
    ['without iat', { ...claims, iat: undefined }, 'claim_invalid'],
    ['with a number for sid', { ...claims, sid: 7 }, 'claim_invalid'],
    ['with an empty sid', { ...claims, sid: '' }, 'claim_invalid'],
    ['without exp', { ...claims, exp: undefined }, 'claim_invalid'],
    ['that lives longer than the list remembers', { ...claims, exp: nowSeconds - 60 + 86_401 }, 'claim_invalid'],
    ['that lives as long', { ...claims, exp: nowSeconds - 60 + 86_400 }, 'accepted'],
    ['from the future', { ...claims, iat: nowSeconds + 6 }, 'token_not_active'],
    ['from a clock that is a little ahead', { ...claims, iat: nowSeconds + 5 }, 'accepted'],
    ['without sid', { ...claims, sid: undefined }, 'accepted'],
    ['without sub', { ...claims, sub: undefined }, 'accepted'],
  ])('%s is %s', async (_what, tokenClaims, expected) => {
    expect(await refusalOf(authWith({ revocation: createRevocations() }).verifyToken(await sign(tokenClaims)))).toBe(
      expected,
    )
  })

  it.each([
    ['no list', true, 'revocation'],
    ['a list that cannot be asked', { ...createRevocations(), isRevoked: undefined }, 'revocation'],
    ['a list that cannot revoke', { ...createRevocations(), revokeSubject: 1 }, 'revocation'],
    [
      'a list without a tolerance',
      { ...createRevocations(), clockToleranceSeconds: Number.NaN },
      'revocation.clockToleranceSeconds',
    ],
    ['a list that forgets sooner', createRevocations({ clockToleranceSeconds: 4 }), 'revocation.clockToleranceSeconds'],
    [
      'a list without an end',
      { ...createRevocations(), maxTokenLifetimeSeconds: 0 },
      'revocation.maxTokenLifetimeSeconds',
    ],
  ])('cannot be looked up in %s', (_what, revocation, field) => {
    expect(() => authWith({ revocation })).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }) as Error,
    )
  })

  it.each([null, 86_401])('may not be let live longer by maxLifetimeSeconds: %j', (maxLifetimeSeconds) => {
    const revocation = createRevocations()
    const field = 'maxLifetimeSeconds'
    expect(() => authWith({ revocation, maxLifetimeSeconds })).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }) as Error,
    )
    const longer = createRevocations({ maxTokenLifetimeSeconds: 100_000 })
    expect(() => authWith({ revocation: longer, maxLifetimeSeconds: 86_401 })).not.toThrow()
  })

  it('is judged when the list is loaded, and its failure to load is for each request to tell', async () => {
    const asked: string[] = []
    const ready = (fails: boolean) => async () => {
      asked.push('ready')
      if (fails) throw new Error('no connection')
    }
    for (const fails of [false, true]) {
      const auth = authWith({ revocation: { ...createRevocations(), ready: ready(fails) } })
      await expect(auth.ready()).resolves.toMatchObject([{ issuer, lastError: null }])
    }
    expect(asked).toEqual(['ready', 'ready'])
  })
})

describe('an entry', () => {
  it('counts until its end and the tolerance are over, to the second', async () => {
    const { clock, revocations } = listAt({ clockToleranceSeconds: 7 })
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 10 })
    await revocations.revokeSession({ issuer, sid: 'session-2', until: nowSeconds + 10 })
    const isRevoked = () => [
      revocations.isRevoked(facts()),
      revocations.isRevoked(facts({ jti: 'x', sid: 'session-2' })),
    ]
    expect(isRevoked()).toEqual([true, true])
    clock.seconds += 16.9
    expect(isRevoked()).toEqual([true, true])
    clock.seconds += 0.1
    expect(isRevoked()).toEqual([false, false])
  })

  it('of a subject counts for what was issued by then, and as long as that may live', async () => {
    const { clock, revocations } = listAt({ maxTokenLifetimeSeconds: 100, clockToleranceSeconds: 5 })
    await revocations.revokeSubject({ issuer, sub: 'john', issuedBefore: nowSeconds })
    const at = (iat: number) => revocations.isRevoked(facts({ iat }))
    expect([at(nowSeconds - 50), at(nowSeconds), at(nowSeconds + 0.5), at(nowSeconds + 1)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    clock.seconds += 104
    expect(at(nowSeconds)).toBe(true)
    clock.seconds += 1
    expect(at(nowSeconds)).toBe(false)
  })

  it('is never shortened by another', async () => {
    const { clock, revocations } = listAt()
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 100 })
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 10 })
    await revocations.revokeSubject({ issuer, sub: 'jane', issuedBefore: nowSeconds })
    await revocations.revokeSubject({ issuer, sub: 'jane', issuedBefore: nowSeconds - 100 })
    clock.seconds += 100
    expect(revocations.isRevoked(facts())).toBe(true)
    expect(revocations.isRevoked(facts({ jti: 'x', sub: 'jane' }))).toBe(true)
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 200 })
    clock.seconds += 100
    expect(revocations.isRevoked(facts())).toBe(true)
  })
})

describe('a list that is full', () => {
  it('says so, drops nothing that counts, and takes in again when something is over', async () => {
    const { clock, revocations } = listAt({ max: 3 })
    const revoke = (jti: string, seconds: number) =>
      revocations.revokeToken({ issuer, jti, until: nowSeconds + seconds })
    await revoke('a', 100)
    await revoke('b', 10)
    await revocations.revokeSession({ issuer, sid: 'c', until: nowSeconds + 100 })
    await expect(revoke('d', 100)).rejects.toMatchObject({
      name: 'RevocationListFullError',
      message: expect.stringContaining('max') as unknown,
    })
    await expect(revocations.revokeSubject({ issuer: 'x', sub: 'y', issuedBefore: nowSeconds })).rejects.toThrow(
      'Revocation list is full (max 3); the entry was not added',
    )
    const holds = (jti: string) => revocations.isRevoked(facts({ jti, sid: null }))
    expect([holds('a'), holds('b'), holds('d')]).toEqual([true, true, false])
    await revoke('a', 200) // what is there may last longer
    clock.seconds += 15
    await revoke('d', 100)
    expect([holds('a'), holds('b'), holds('d')]).toEqual([true, false, true])
    await expect(revoke('e', 100)).rejects.toThrow('the entry was not added')
  })

  it('has room from the very moment at which an entry is over', async () => {
    const { clock, revocations } = listAt({ max: 100, clockToleranceSeconds: 0 })
    const revoke = (jti: string, seconds: number) =>
      revocations.revokeToken({ issuer, jti, until: nowSeconds + seconds })
    for (let turn = 0; turn < 100; turn++) await revoke(`token-${turn}`, turn === 60 ? 11 : 100)
    clock.seconds += 10.5
    await expect(revoke('c', 100)).rejects.toThrow('the entry was not added')
    clock.seconds += 0.7
    await expect(revoke('c', 100)).resolves.toBeUndefined()
  })

  it('holds what counts alone, however much was revoked', async () => {
    const { clock, revocations } = listAt({ max: 100, clockToleranceSeconds: 0 })
    for (let turn = 0; turn < 1000; turn++) {
      clock.seconds += 1
      await revocations.revokeToken({
        issuer: `https://${turn % 7}.example`,
        jti: `token-${turn}`,
        until: clock.seconds + 60,
      })
    }
    expect(revocations.isRevoked(facts({ issuer: `https://${999 % 7}.example`, jti: 'token-999' }))).toBe(true)
  })
})

describe('a clock that gives no time', () => {
  it.each([Number.NaN, undefined, Infinity, Promise.resolve(1)])('lets no revoked token in: %s', async (time) => {
    let isBroken = false
    const revocations = createRevocations({ now: () => (isBroken ? (time as number) : nowSeconds * 1000) })
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 600 })
    isBroken = true
    const auth = authWith({ revocation: revocations })
    expect(await refusalOf(auth.verifyToken(await sign(claims)))).toBe('revocation_unavailable')
    await expect(revocations.revokeToken({ issuer, jti: 'x', until: nowSeconds + 600 })).rejects.toThrow(
      'now must return',
    )
  })
})

it('does not recall a token that a set-back clock puts into the future', async () => {
  let seconds = nowSeconds
  const auth = authWith({ revocation: createRevocations(), now: () => seconds * 1000 })
  const token = await sign({ ...claims, iat: nowSeconds })
  expect(await refusalOf(auth.verifyToken(token))).toBe('accepted')
  seconds -= 6
  expect(await refusalOf(auth.verifyToken(token))).toBe('token_not_active')
})

describe('a long list', () => {
  const kinds = ['token', 'session', 'subject'] as const
  const named = (name: string, turn: number): RevocableToken =>
    facts({ jti: 'no', sid: null, sub: null, [{ token: 'jti', session: 'sid', subject: 'sub' }[kindOf(turn)]]: name })
  const kindOf = (turn: number) => kinds[turn % 3] ?? 'token'
  const revoke = async (list: Revocations, name: string, { turn, seconds }: { turn: number; seconds: number }) => {
    const until = nowSeconds + seconds
    if (kindOf(turn) === 'token') return list.revokeToken({ issuer, jti: name, until })
    if (kindOf(turn) === 'session') return list.revokeSession({ issuer, sid: name, until })
    return list.revokeSubject({ issuer, sub: name, issuedBefore: until })
  }

  it('finds all that it holds and nothing else, when it is full and when nearly all of it has ended', async () => {
    const max = 15_000
    const { clock, revocations } = listAt({ max, clockToleranceSeconds: 0, maxTokenLifetimeSeconds: 1 })
    const found = (prefix: string, many: number) => {
      const turns = Array.from({ length: many }, (_, turn) => turn)
      return turns.filter((turn) => revocations.isRevoked(named(`${prefix}-${turn}`, turn)) === true)
    }
    for (let turn = 0; turn < max; turn++) {
      await revoke(revocations, `first-${turn}`, { turn, seconds: turn % 1500 === 0 ? 900 : 100 })
    }
    expect(found('first', max)).toHaveLength(max)
    expect(found('other', max)).toEqual([])
    clock.seconds += 200
    for (let turn = 0; turn < 3000; turn++) await revoke(revocations, `second-${turn}`, { turn, seconds: 900 })
    expect(found('first', max)).toEqual(Array.from({ length: 10 }, (_, each) => each * 1500))
    expect(found('second', 3000)).toHaveLength(3000)
  })
})

describe('what is to be revoked', () => {
  const { revocations } = listAt()
  it.each<[string, () => Promise<void>, RegExp]>([
    ['no jti', () => revocations.revokeToken({ issuer, jti: '', until: nowSeconds }), /^jti must be/],
    [
      'a number for sid',
      () => revocations.revokeSession({ issuer, sid: 7 as unknown as string, until: nowSeconds }),
      /^sid must be/,
    ],
    [
      'no sub',
      () => revocations.revokeSubject({ issuer, sub: undefined as unknown as string, issuedBefore: nowSeconds }),
      /^sub must/,
    ],
    ['no issuer', () => revocations.revokeToken({ issuer: '', jti: 'x', until: nowSeconds }), /^issuer must be/],
    [
      'an issuer that is left out',
      () => revocations.revokeToken({ jti: 'x', until: nowSeconds } as never),
      /^issuer must be/,
    ],
    [
      'no time',
      () => revocations.revokeToken({ issuer, jti: 'x', until: Number.NaN }),
      /^until must be a finite number of seconds/,
    ],
    [
      'no end',
      () => revocations.revokeToken({ issuer, jti: 'x', until: Infinity }),
      /^until must be a finite number of seconds/,
    ],
    [
      'milliseconds',
      () => revocations.revokeSession({ issuer, sid: 'x', until: nowSeconds * 1000 }),
      /^until must be in seconds/,
    ],
    [
      'milliseconds for a subject',
      () => revocations.revokeSubject({ issuer, sub: 'x', issuedBefore: nowSeconds * 1000 }),
      /in seconds/,
    ],
  ])('is refused with %s', async (_what, revoke, message) => {
    await expect(revoke()).rejects.toThrow(message)
  })

  it.each([
    [{ max: 0 }, 'max'],
    [{ maxTokenLifetimeSeconds: 0 }, 'maxTokenLifetimeSeconds'],
    [{ clockToleranceSeconds: 301 }, 'clockToleranceSeconds'],
    [{ ttl: 5 }, 'ttl'],
  ])('goes into a list whose settings are checked: %j', (options, field) => {
    expect(() => createRevocations(options as RevocationsOptions)).toThrow(
      expect.objectContaining({ option: field }) as Error,
    )
  })
})

it('agrees with a list that is looked through from end to end, at any time', async () => {
  const { clock, revocations } = listAt({ maxTokenLifetimeSeconds: 50, clockToleranceSeconds: 3 })
  const made: { kind: 'jti' | 'sid' | 'sub'; issuer: string | null; name: string; time: number }[] = []
  const issuers: readonly [string | null, ...(string | null)[]] = [issuer, 'https://other.example', null]
  for (let step = 0; step < 3000; step++) {
    clock.seconds += below(3)
    const kind = oneOf<'jti' | 'sid' | 'sub'>(['jti', 'sid', 'sub'])
    const entry = { kind, issuer: oneOf(issuers), name: `n${below(12)}`, time: clock.seconds + below(40) - 10 }
    if (below(3) === 0) {
      made.push(entry)
      const { issuer: of, name, time } = entry
      if (kind === 'jti') await revocations.revokeToken({ issuer: of, jti: name, until: time })
      else if (kind === 'sid') await revocations.revokeSession({ issuer: of, sid: name, until: time })
      else await revocations.revokeSubject({ issuer: of, sub: name, issuedBefore: time })
    }
    const token = facts({
      issuer: oneOf(issuers),
      jti: `n${below(12)}`,
      sid: `n${below(12)}`,
      sub: `n${below(12)}`,
      iat: clock.seconds - below(20),
    })
    const expected = made.some(({ kind: of, issuer: by, name, time }) => {
      if (by !== token.issuer || name !== token[of]) return false
      if (of === 'sub') return token.iat <= time && clock.seconds < time + 53
      return clock.seconds < time + 3
    })
    expect([seed, step, revocations.isRevoked(token)]).toEqual([seed, step, expected])
  }
})
