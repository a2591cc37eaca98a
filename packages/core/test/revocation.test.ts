import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createVerificationKey } from '../src/index.ts'
import { createRevocations } from '../src/revocation.ts'
import type { RevocableToken, Revocations } from '../src/index.ts'
import type { RevocationsOptions } from '../src/revocation.ts'
import { createRandom } from './random.ts'
import { authWith, bearer, issuer, nowSeconds, resultOf, secret, sign } from './tokens.ts'

const { seed, below } = createRandom()
const oneOf = <T>(values: readonly [T, ...T[]]): T => values[below(values.length)] as T
const claims = { jti: 'token-1', sid: 'session-1', sub: 'john' }

/** A revocation list with a clock in seconds that the test can change. */
function createList(options: RevocationsOptions = {}) {
  const clock = { seconds: nowSeconds }
  const now = () => clock.seconds * 1000
  return { clock, now, revocations: createRevocations({ now, ...options }) }
}

function revocableToken(more: Partial<RevocableToken> = {}): RevocableToken {
  return { issuer, jti: 'token-1', sid: 'session-1', sub: 'john', iat: nowSeconds, ...more }
}

describe('revoked tokens', () => {
  it.each<[string, (list: Revocations) => Promise<void>]>([
    ['token', (list) => list.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 600 })],
    ['session', (list) => list.revokeSession({ issuer, sid: 'session-1', until: nowSeconds + 600 })],
    ['subject', (list) => list.revokeSubject({ issuer, sub: 'john', issuedBefore: nowSeconds })],
  ])('rejects a token, cached or not, from the next request after its %s was revoked', async (_how, revoke) => {
    for (const cache of [{ max: 10 }, null] as const) {
      const { revocations } = createList()
      const auth = authWith({ revocation: revocations, cache })
      const token = await sign(claims)
      expect((await auth.verifyToken(token)).subject).toBe('john')
      await revoke(revocations)
      expect(await resultOf(auth.verifyToken(token))).toBe('token_revoked')
      expect(await resultOf(auth.identify(bearer(token)))).toBe('token_revoked')
      expect((await auth.verifyToken(await sign({ jti: 'token-2', sid: 'session-2', sub: 'jane' }))).subject).toBe(
        'jane',
      )
    }
  })

  it('rejects a token that is revoked while its key is fetched', async () => {
    const { revocations } = createList()
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
    const outcome = resultOf(auth.verifyToken(await sign(claims)))
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 600 })
    found?.()
    expect(await outcome).toBe('token_revoked')
  })

  it('accepts a token if a token or session of another issuer with the same ID was revoked', async () => {
    const { revocations } = createList()
    await revocations.revokeToken({ issuer: 'https://other.example', jti: 'token-1', until: nowSeconds + 600 })
    await revocations.revokeSession({ issuer: null, sid: 'session-1', until: nowSeconds + 600 })
    expect(await resultOf(authWith({ revocation: revocations }).verifyToken(await sign(claims)))).toBe('accepted')
  })

  it('checks revocation with the signed claims, not with the output of a schema', async () => {
    const { revocations } = createList()
    const schema = z.object({ sub: z.string() }).transform(({ sub }) => ({ who: sub }))
    const auth = authWith({ revocation: revocations, claims: schema })
    const token = await sign(claims)
    expect((await auth.verifyToken(token)).claims).toEqual({ who: 'john' })
    await revocations.revokeSession({ issuer, sid: 'session-1', until: nowSeconds + 600 })
    expect(await resultOf(auth.verifyToken(token))).toBe('token_revoked')
  })

  it('calls isRevoked after the revocation list', async () => {
    const { revocations } = createList()
    const calls: unknown[] = []
    const isRevoked = ({ subject }: { subject: string | null }) => calls.push(subject) > 1
    const auth = authWith({ revocation: revocations, isRevoked })
    const token = await sign(claims)
    expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
    expect(await resultOf(auth.verifyToken(token))).toBe('token_revoked')
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 600 })
    expect(await resultOf(auth.verifyToken(token))).toBe('token_revoked')
    expect(calls).toEqual(['john', 'john'])
  })
})

describe('option revocation', () => {
  it.each([
    ['without jti', { ...claims, jti: undefined }, 'claim_invalid'],
    ['without iat', { ...claims, iat: undefined }, 'claim_invalid'],
    ['with a number for sid', { ...claims, sid: 7 }, 'claim_invalid'],
    ['with an empty sid', { ...claims, sid: '' }, 'claim_invalid'],
    ['without exp', { ...claims, exp: undefined }, 'claim_invalid'],
    ['that lives longer than the list allows', { ...claims, exp: nowSeconds - 60 + 86_401 }, 'claim_invalid'],
    ['that lives as long as the list allows', { ...claims, exp: nowSeconds - 60 + 86_400 }, 'accepted'],
    ['with an iat in the future', { ...claims, iat: nowSeconds + 6 }, 'token_not_active'],
    ['with an iat within the clock tolerance', { ...claims, iat: nowSeconds + 5 }, 'accepted'],
    ['without sid', { ...claims, sid: undefined }, 'accepted'],
    ['without sub', { ...claims, sub: undefined }, 'accepted'],
  ])('checks a token $0 if revocation is set: $2', async (_what, tokenClaims, expected) => {
    expect(await resultOf(authWith({ revocation: createRevocations() }).verifyToken(await sign(tokenClaims)))).toBe(
      expected,
    )
  })

  it.each([
    ['true', true, 'revocation'],
    ['a list without isRevoked', { ...createRevocations(), isRevoked: undefined }, 'revocation'],
    ['a list without revokeSubject', { ...createRevocations(), revokeSubject: 1 }, 'revocation'],
    [
      'a list with an invalid tolerance',
      { ...createRevocations(), clockToleranceSeconds: Number.NaN },
      'revocation.clockToleranceSeconds',
    ],
    [
      'a list with a smaller tolerance',
      createRevocations({ clockToleranceSeconds: 4 }),
      'revocation.clockToleranceSeconds',
    ],
    [
      'a list with an invalid maximum lifetime',
      { ...createRevocations(), maxTokenLifetimeSeconds: 0 },
      'revocation.maxTokenLifetimeSeconds',
    ],
  ])('throws a ConfigError if revocation is %s', (_what, revocation, field) => {
    expect(() => authWith({ revocation })).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }) as Error,
    )
  })

  it.each([null, 86_401])(
    'throws a ConfigError if maxLifetimeSeconds allows longer lifetimes than the revocation list: %j',
    (maxLifetimeSeconds) => {
      const revocation = createRevocations()
      const field = 'maxLifetimeSeconds'
      expect(() => authWith({ revocation, maxLifetimeSeconds })).toThrow(
        expect.objectContaining({ name: 'ConfigError', option: field }) as Error,
      )
      const longer = createRevocations({ maxTokenLifetimeSeconds: 100_000 })
      expect(() => authWith({ revocation: longer, maxLifetimeSeconds: 86_401 })).not.toThrow()
    },
  )

  it('waits in ready() for the revocation list, and does not report its failure as an error of the keys', async () => {
    const calls: string[] = []
    const ready = (fails: boolean) => async () => {
      calls.push('ready')
      if (fails) throw new Error('no connection')
    }
    for (const fails of [false, true]) {
      const auth = authWith({ revocation: { ...createRevocations(), ready: ready(fails) } })
      await expect(auth.ready()).resolves.toMatchObject([{ issuer, lastError: null }])
    }
    expect(calls).toEqual(['ready', 'ready'])
  })
})

describe('entries of a revocation list', () => {
  it('applies a revocation until its end plus the clock tolerance', async () => {
    const { clock, revocations } = createList({ clockToleranceSeconds: 7 })
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 10 })
    await revocations.revokeSession({ issuer, sid: 'session-2', until: nowSeconds + 10 })
    const isRevoked = () => [
      revocations.isRevoked(revocableToken()),
      revocations.isRevoked(revocableToken({ jti: 'x', sid: 'session-2' })),
    ]
    expect(isRevoked()).toEqual([true, true])
    clock.seconds += 16.9
    expect(isRevoked()).toEqual([true, true])
    clock.seconds += 0.1
    expect(isRevoked()).toEqual([false, false])
  })

  it('applies the revocation of a subject to tokens issued up to its time, for the maximum lifetime of a token', async () => {
    const { clock, revocations } = createList({ maxTokenLifetimeSeconds: 100, clockToleranceSeconds: 5 })
    await revocations.revokeSubject({ issuer, sub: 'john', issuedBefore: nowSeconds })
    const at = (iat: number) => revocations.isRevoked(revocableToken({ iat }))
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

  it('never shortens a revocation by another one', async () => {
    const { clock, revocations } = createList()
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 100 })
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 10 })
    await revocations.revokeSubject({ issuer, sub: 'jane', issuedBefore: nowSeconds })
    await revocations.revokeSubject({ issuer, sub: 'jane', issuedBefore: nowSeconds - 100 })
    clock.seconds += 100
    expect(revocations.isRevoked(revocableToken())).toBe(true)
    expect(revocations.isRevoked(revocableToken({ jti: 'x', sub: 'jane' }))).toBe(true)
    await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 200 })
    clock.seconds += 100
    expect(revocations.isRevoked(revocableToken())).toBe(true)
  })
})

describe('full revocation list', () => {
  it('throws if the revocation list is full, keeps all current entries, and accepts new ones when an entry has ended', async () => {
    const { clock, revocations } = createList({ max: 3 })
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
    const isListed = (jti: string) => revocations.isRevoked(revocableToken({ jti, sid: null }))
    expect([isListed('a'), isListed('b'), isListed('d')]).toEqual([true, true, false])
    await revoke('a', 200) // an entry in a full list can be extended
    clock.seconds += 15
    await revoke('d', 100)
    expect([isListed('a'), isListed('b'), isListed('d')]).toEqual([true, false, true])
    await expect(revoke('e', 100)).rejects.toThrow('the entry was not added')
  })

  it('accepts a revocation in a full list immediately after an entry has ended', async () => {
    const { clock, revocations } = createList({ max: 100, clockToleranceSeconds: 0 })
    const revoke = (jti: string, seconds: number) =>
      revocations.revokeToken({ issuer, jti, until: nowSeconds + seconds })
    for (let turn = 0; turn < 100; turn++) await revoke(`token-${turn}`, turn === 60 ? 11 : 100)
    clock.seconds += 10.5
    await expect(revoke('c', 100)).rejects.toThrow('the entry was not added')
    clock.seconds += 0.7
    await expect(revoke('c', 100)).resolves.toBeUndefined()
  })

  it('removes entries that have ended, so that the revocation list does not fill up', async () => {
    const { clock, revocations } = createList({ max: 100, clockToleranceSeconds: 0 })
    for (let turn = 0; turn < 1000; turn++) {
      clock.seconds += 1
      await revocations.revokeToken({
        issuer: `https://${turn % 7}.example`,
        jti: `token-${turn}`,
        until: clock.seconds + 60,
      })
    }
    expect(revocations.isRevoked(revocableToken({ issuer: `https://${999 % 7}.example`, jti: 'token-999' }))).toBe(true)
  })
})

describe('clock of a revocation list', () => {
  it.each([Number.NaN, undefined, Infinity, Promise.resolve(1)])(
    'rejects a revoked token if the clock returns %s',
    async (time) => {
      let isBroken = false
      const revocations = createRevocations({ now: () => (isBroken ? (time as number) : nowSeconds * 1000) })
      await revocations.revokeToken({ issuer, jti: 'token-1', until: nowSeconds + 600 })
      isBroken = true
      const auth = authWith({ revocation: revocations })
      expect(await resultOf(auth.verifyToken(await sign(claims)))).toBe('revocation_unavailable')
      await expect(revocations.revokeToken({ issuer, jti: 'x', until: nowSeconds + 600 })).rejects.toThrow(
        'now must return',
      )
    },
  )
})

it('rejects a cached token if the clock is set back to before its iat', async () => {
  let seconds = nowSeconds
  const auth = authWith({ revocation: createRevocations(), now: () => seconds * 1000 })
  const token = await sign({ ...claims, iat: nowSeconds })
  expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
  seconds -= 6
  expect(await resultOf(auth.verifyToken(token))).toBe('token_not_active')
})

describe('long revocation list', () => {
  const kinds = ['token', 'session', 'subject'] as const
  const tokenNamed = (name: string, turn: number): RevocableToken =>
    revocableToken({
      jti: 'no',
      sid: null,
      sub: null,
      [{ token: 'jti', session: 'sid', subject: 'sub' }[kindOf(turn)]]: name,
    })
  const kindOf = (turn: number) => kinds[turn % 3] ?? 'token'
  const revoke = async (list: Revocations, name: string, { turn, seconds }: { turn: number; seconds: number }) => {
    const until = nowSeconds + seconds
    if (kindOf(turn) === 'token') return list.revokeToken({ issuer, jti: name, until })
    if (kindOf(turn) === 'session') return list.revokeSession({ issuer, sid: name, until })
    return list.revokeSubject({ issuer, sub: name, issuedBefore: until })
  }

  it('finds exactly the current entries of a full revocation list, and of one in which most entries have ended', async () => {
    const max = 15_000
    const { clock, revocations } = createList({ max, clockToleranceSeconds: 0, maxTokenLifetimeSeconds: 1 })
    const found = (prefix: string, many: number) => {
      const turns = Array.from({ length: many }, (_, turn) => turn)
      return turns.filter((turn) => revocations.isRevoked(tokenNamed(`${prefix}-${turn}`, turn)) === true)
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

describe('arguments and options of createRevocations', () => {
  const { revocations } = createList()
  it.each<[string, () => Promise<void>, RegExp]>([
    ['an empty jti', () => revocations.revokeToken({ issuer, jti: '', until: nowSeconds }), /^jti must be/],
    [
      'a number for sid',
      () => revocations.revokeSession({ issuer, sid: 7 as unknown as string, until: nowSeconds }),
      /^sid must be/,
    ],
    [
      'an undefined sub',
      () => revocations.revokeSubject({ issuer, sub: undefined as unknown as string, issuedBefore: nowSeconds }),
      /^sub must/,
    ],
    ['an empty issuer', () => revocations.revokeToken({ issuer: '', jti: 'x', until: nowSeconds }), /^issuer must be/],
    ['a missing issuer', () => revocations.revokeToken({ jti: 'x', until: nowSeconds } as never), /^issuer must be/],
    [
      'NaN as the end',
      () => revocations.revokeToken({ issuer, jti: 'x', until: Number.NaN }),
      /^until must be a finite number of seconds/,
    ],
    [
      'Infinity as the end',
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
  ])('rejects a revocation with %s', async (_what, revoke, message) => {
    await expect(revoke()).rejects.toThrow(message)
  })

  it.each([
    [{ max: 0 }, 'max'],
    [{ maxTokenLifetimeSeconds: 0 }, 'maxTokenLifetimeSeconds'],
    [{ clockToleranceSeconds: 301 }, 'clockToleranceSeconds'],
    [{ ttl: 5 }, 'ttl'],
  ])('throws a ConfigError for the options %j of createRevocations', (options, field) => {
    expect(() => createRevocations(options as RevocationsOptions)).toThrow(
      expect.objectContaining({ option: field }) as Error,
    )
  })
})

it('a revocation list returns the same result as a linear search', async () => {
  const { clock, revocations } = createList({ maxTokenLifetimeSeconds: 50, clockToleranceSeconds: 3 })
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
    const token = revocableToken({
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
