import { createRedisStores } from '@claimcheck/redis'
import { createIssuer, generateKeys } from '@claimcheck/issuer'
import type { CreateSession } from '@claimcheck/issuer'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadStores } from './open-stores.ts'
import type { OpenStores } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'

// The contract of session stores is in conformance/stores. These tests are about Redis.
describe('sessions in Redis', withRedis, () => {
  let server: RedisServer
  let subjects = 0
  const now = Math.floor(Date.now() / 1000)

  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(() => server.stop())

  // With a shorter heartbeat, a slow computer would report an outage.
  const load = (options = {}) => loadStores(server.address, { heartbeatSeconds: 1, ...options })
  const subject = () => `subject-${(subjects += 1)}`
  const subjectOf = (sub: string) => ({ issuer: 'https://a.test', sub })
  const indexOf = (sub: string) => `claimcheck:subject:${JSON.stringify(['https://a.test', sub])}`
  const creation = (sub: string, name: string): CreateSession => ({
    session: {
      ...subjectOf(sub),
      sid: `sid-${name}`,
      claims: '{}',
      label: null,
      device: null,
      createdAt: now,
      refreshedAt: now,
      expiresAt: now + 3600,
      accessTokensExpireAt: now + 300,
    },
    hashes: { family: `${sub}-${name}`, token: 'first' },
    idleSeconds: 600,
    maxPerSubject: 1000,
    tombstoneSeconds: 300,
  })
  const placesOf = ({ client }: OpenStores, sub: string) => client.zRange(indexOf(sub), 0, -1)

  it('rotates a session once for many concurrent refreshes in several processes', async () => {
    const keys = await generateKeys('ES256')
    const processes = await Promise.all(Array.from({ length: 4 }, () => load()))
    const issuers = processes.map(({ sessions: store, revocations: revocation }) => {
      return createIssuer({ issuer: 'https://a.test', audience: 'api', clientId: 'web', keys, store, revocation })
    })
    const { refreshToken } = await (issuers[0]?.login({ sub: subject() }) ?? Promise.reject(new Error('no issuer')))
    const turns = Array.from({ length: 25 }, () => issuers).flat()
    const all = await Promise.all(turns.map((issuer) => issuer.refresh(refreshToken)))
    expect(all).toHaveLength(100)
    expect(new Set(all.map((tokens) => tokens.refreshToken)).size).toBe(1)
  })

  it('ends a session in all processes by a logout, which also revokes its tokens', async () => {
    const keys = await generateKeys('ES256')
    const [one, other] = await Promise.all([load(), load()])
    const issuer = createIssuer({
      issuer: 'https://a.test',
      audience: 'api',
      clientId: 'web',
      keys,
      store: one.sessions,
      revocation: one.revocations,
    })
    const sub = subject()
    const { refreshToken } = await issuer.login({ sub })
    const [{ sid } = { sid: '' }] = await other.sessions.list({ ...subjectOf(sub), now })
    await issuer.logout(refreshToken)
    expect(await other.sessions.list({ ...subjectOf(sub), now })).toEqual([])
    const token = { issuer: 'https://a.test', jti: 'any', sid, sub, iat: now }
    expect(one.revocations.isRevoked(token)).toBe(true)
  })

  it('removes a session from Redis one clock skew after it has ended', async () => {
    const { sessions, client } = await load()
    const sub = subject()
    await sessions.begin(creation(sub, 'a'))
    const key = `claimcheck:family:{${sub}-a}`
    expect(await client.pTTL(key)).toBeGreaterThan(659_000)
    expect(await client.pTTL(key)).toBeLessThanOrEqual(660_000)
    await sessions.end({ family: `${sub}-a`, now, tombstoneSeconds: 300 })
    expect(await client.pTTL(key)).toBeLessThanOrEqual(360_000)
    expect(await client.hGetAll(key)).not.toHaveProperty('token')
    expect(await client.pTTL(indexOf(sub))).toBeLessThanOrEqual(3_660_000)
  })

  it('removes the place of a session whose creation was interrupted, but not while the session can still be written', async () => {
    const stores = await load()
    const sub = subject()
    await stores.sessions.begin(creation(sub, 'a'))
    const member = (addedAt: number) => JSON.stringify(['none', 'sid-none', addedAt])
    const key = indexOf(sub)
    await stores.client.zAdd(key, [
      { value: member(now - 301), score: now + 3600 },
      { value: member(now - 200), score: now + 3600 },
    ])
    expect((await stores.sessions.list({ ...subjectOf(sub), now })).map(({ sid }) => sid)).toEqual(['sid-a'])
    const places = await placesOf(stores, sub)
    expect([places.length, places.includes(member(now - 200))]).toEqual([2, true])
  })

  it('creates no session if its place in the index was added too long ago', async () => {
    const { client } = await load()
    // By the clock of Redis, the place was added forty seconds ago.
    const late = Object.create(client, {
      withCommandOptions: {
        value: (options: object) => {
          const commands = client.withCommandOptions(options)
          const evalSha = async (...args: Parameters<typeof commands.evalSha>) => {
            const result: unknown = await commands.evalSha(...args)
            return Array.isArray(result) && typeof result[0] === 'number' ? [result[0] - 40, result[1]] : result
          }
          return Object.create(commands, { evalSha: { value: evalSha } }) as unknown
        },
      },
    }) as typeof client
    const stores = createRedisStores(late)
    const sub = subject()
    await expect(stores.sessions.begin(creation(sub, 'a'))).rejects.toMatchObject({ reason: 'timeout' })
    expect(await client.exists(`claimcheck:family:{${sub}-a}`)).toBe(0)
    stores.close()
  })

  it('removes some places without a session at each login, so that they do not fill the index', async () => {
    const stores = await load()
    const sub = subject()
    const stale = Array.from({ length: 40 }, (_, at) => JSON.stringify([`gone-${at}`, `sid-${at}`, now - 1000]))
    await stores.client.zAdd(
      indexOf(sub),
      stale.map((value) => ({ value, score: now + 3600 })),
    )
    for (let login = 0; login < 40; login += 1) await stores.sessions.begin(creation(sub, `l${login}`))
    const left = (await placesOf(stores, sub)).filter((text) => text.includes('gone-'))
    expect(left.length).toBeLessThan(20)
    expect(await stores.sessions.list({ ...subjectOf(sub), now })).toHaveLength(40)
  })

  it('keeps a sealed successor only for the grace period, in the slot of its session', async () => {
    const { sessions, client } = await load()
    const sub = subject()
    await sessions.begin(creation(sub, 'a'))
    const rotation = {
      hashes: { family: `${sub}-a`, token: 'first' },
      now,
      idleSeconds: 600,
      accessTokensExpireAt: now + 300,
      graceSeconds: 10,
      tombstoneSeconds: 300,
    }
    await sessions.rotate({ ...rotation, successor: { token: 'second', sealedSuccessor: 'sealed' } })
    const key = `claimcheck:family:{${sub}-a}:sealed`
    const remaining = await client.pTTL(key)
    expect([remaining > 0, remaining <= 10_000]).toEqual([true, true])
    expect(
      await sessions.rotate({ ...rotation, successor: { token: 'third', sealedSuccessor: 'other' } }),
    ).toMatchObject({
      outcome: 'repeated',
      sealedSuccessor: 'sealed',
    })
    await sessions.end({ family: `${sub}-a`, now, tombstoneSeconds: 300 })
    expect(await client.exists(key)).toBe(0)
  })

  describe('processes whose clocks differ', () => {
    /** Creates a session whose place was added long ago, by the clock of Redis. */
    const beginLongAgo = async ({ sessions, client }: OpenStores, sub: string) => {
      await sessions.begin(creation(sub, 'a'))
      const score = (await client.zScore(indexOf(sub), (await client.zRange(indexOf(sub), 0, 0))[0] ?? '')) ?? 0
      await client.del(indexOf(sub))
      await client.zAdd(indexOf(sub), { value: JSON.stringify([`${sub}-a`, 'sid-a', now - 1000]), score })
    }
    const ahead = now + 700 // later than the idle time of 600 seconds

    it.each([
      ['a list', (one: OpenStores, sub: string) => one.sessions.list({ ...subjectOf(sub), now: ahead })],
      ['a login', (one: OpenStores, sub: string) => loginAt(one, sub, ahead)],
      ['a login beyond the maximum', (one: OpenStores, sub: string) => loginAt(one, sub, ahead, { max: 1 })],
      ['a login of a clock a year ahead', (one: OpenStores, sub: string) => loginAt(one, sub, now + 31_536_000)],
    ])('keeps the place of a session in the index after %s by a process whose clock is ahead', async (_what, call) => {
      const one = await load()
      const sub = subject()
      await beginLongAgo(one, sub)
      await call(one, sub)
      expect((await one.sessions.list({ ...subjectOf(sub), now })).map(({ sid }) => sid)).toContain('sid-a')
      const ended = await one.sessions.endAll({ ...subjectOf(sub), now, tombstoneSeconds: 60 })
      expect(ended.map(({ sid }) => sid)).toContain('sid-a')
    })

    it.each([
      [
        'endAll',
        (one: OpenStores, sub: string) => one.sessions.endAll({ ...subjectOf(sub), now: ahead, tombstoneSeconds: 60 }),
      ],
      [
        'endSession',
        async (one: OpenStores, sub: string) => [
          await one.sessions.endSession({ ...subjectOf(sub), sid: 'sid-a', now: ahead, tombstoneSeconds: 60 }),
        ],
      ],
      [
        'end',
        async (one: OpenStores, sub: string) => [
          await one.sessions.end({ family: `${sub}-a`, now: ahead, tombstoneSeconds: 60 }),
        ],
      ],
    ])('ends a session by %s of a process whose clock is ahead', async (_what, end) => {
      const one = await load()
      const sub = subject()
      await one.sessions.begin(creation(sub, 'a'))
      expect(await end(one, sub)).toMatchObject([{ sid: 'sid-a' }])
      expect(await one.sessions.list({ ...subjectOf(sub), now })).toEqual([])
    })

    it('keeps the place of a session that was created by a clock that is hours behind', async () => {
      const one = await load()
      const sub = subject()
      await loginAt(one, sub, now - 7200)
      await one.sessions.begin(creation(sub, 'b'))
      const ended = await one.sessions.endAll({ ...subjectOf(sub), now, tombstoneSeconds: 60 })
      expect(ended).toHaveLength(2)
    })

    it('keeps a session in the index as long as it lives, whatever the clock of a later login', async () => {
      const one = await load()
      const sub = subject()
      await one.sessions.begin(creation(sub, 'a'))
      await loginAt(one, sub, now + 3000, { seconds: 60 })
      expect(await one.client.pTTL(indexOf(sub))).toBeGreaterThan(3_600_000)
    })

    it('never lets a session outlive its place in the index, although the clock of a refresh is behind', async () => {
      const one = await load()
      const sub = subject()
      await one.sessions.begin({ ...creation(sub, 'a'), idleSeconds: 3600 })
      await one.sessions.rotate({
        hashes: { family: `${sub}-a`, token: 'first' },
        successor: { token: 'second', sealedSuccessor: null },
        now: now - 3000,
        idleSeconds: 36_000,
        accessTokensExpireAt: now + 300,
        graceSeconds: 0,
        tombstoneSeconds: 300,
      })
      const family = await one.client.pTTL(`claimcheck:family:{${sub}-a}`)
      expect([family > 3_600_000, family <= (await one.client.pTTL(indexOf(sub)))]).toEqual([true, true])
    })

    async function loginAt(
      one: OpenStores,
      sub: string,
      createdAt: number,
      rules: { max?: number; seconds?: number } = {},
    ) {
      const { max = 1000, seconds = 3600 } = rules
      const { session, ...more } = creation(sub, `at-${createdAt}`)
      const times = {
        createdAt,
        refreshedAt: createdAt,
        expiresAt: createdAt + seconds,
        accessTokensExpireAt: createdAt + 300,
      }
      return one.sessions.begin({ ...more, session: { ...session, ...times }, maxPerSubject: max })
    }
  })

  it('ends the grace period of a used token by the clock of Redis too', async () => {
    const { sessions, client } = await load()
    const sub = subject()
    await sessions.begin(creation(sub, 'a'))
    const rotation = {
      now,
      idleSeconds: 600,
      accessTokensExpireAt: now + 300,
      graceSeconds: 0.3,
      tombstoneSeconds: 300,
    }
    const rotate = (token: string, successor: string) => {
      const hashes = { family: `${sub}-a`, token }
      return sessions.rotate({ ...rotation, hashes, successor: { token: successor, sealedSuccessor: 'sealed' } })
    }
    await rotate('first', 'second')
    await rotate('second', 'third')
    expect(await rotate('first', 'other')).toMatchObject({ outcome: 'superseded', session: { sub } })
    // The clock of the process is stopped, and that of Redis continues.
    await vi.waitFor(async () => expect(await rotate('first', 'other')).toMatchObject({ outcome: 'reused' }), 5000)
    expect(await client.hGetAll(`claimcheck:family:{${sub}-a}`)).not.toHaveProperty('replaced')
  })

  it('never exceeds maxPerSubject when several processes create sessions concurrently', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => load()))
    const sub = subject()
    const logins = Array.from({ length: 40 }, async (_, at) => {
      const one = processes[at % processes.length]
      return one?.sessions.begin({ ...creation(sub, String(at)), maxPerSubject: 5 }) ?? []
    })
    const ended = (await Promise.all(logins)).flat()
    const left = (await processes[0]?.sessions.list({ ...subjectOf(sub), now })) ?? []
    expect(left.length).toBe(5)
    expect(new Set([...ended, ...left].map(({ sid }) => sid)).size).toBe(40)
  })

  it('lists and ends each of hundreds of sessions once', async () => {
    const { sessions } = await load()
    const sub = subject()
    await Promise.all(Array.from({ length: 250 }, (_, at) => sessions.begin(creation(sub, String(at)))))
    expect(await sessions.list({ ...subjectOf(sub), now })).toHaveLength(250)
    const ended = await sessions.endAll({ ...subjectOf(sub), now, tombstoneSeconds: 60 })
    expect(new Set(ended.map(({ sid }) => sid)).size).toBe(250)
    expect(await sessions.list({ ...subjectOf(sub), now })).toEqual([])
  })

  it('runs a script by its text if Redis does not have its hash', async () => {
    const { sessions, client } = await load()
    const sub = subject()
    await sessions.begin(creation(sub, 'a'))
    await client.scriptFlush()
    expect(await sessions.list({ ...subjectOf(sub), now })).toHaveLength(1)
  })

  it('reports unknown data under the key of a session as unexpected', async () => {
    const { sessions, client } = await load()
    const sub = subject()
    await client.set(`claimcheck:family:{${sub}-a}`, 'x')
    const ending = { family: `${sub}-a`, now, tombstoneSeconds: 60 }
    await expect(sessions.end(ending)).rejects.toMatchObject({ reason: 'unexpected' })
  })
})
