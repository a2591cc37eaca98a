import { inspect } from 'node:util'
import { createIssuer, generateKeys } from '@claimcheck/issuer'
import { RedisStoreError } from '@claimcheck/redis'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DroppingProxy } from './dropping-proxy.ts'
import { loadStores, openStores } from './open-stores.ts'
import type { Opened } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { inAnHour, issuer, patience, revoke, said, waitUntilSaid } from './revoked.ts'

const durable = ['--appendonly', 'yes', '--appendfsync', 'always']
const live = 'claimcheck:{revocations}:live'
const stream = 'claimcheck:{revocations}:stream'
const soonStale = { maxStalenessSeconds: 0.3, commandTimeoutSeconds: 0.5 }

describe('where Redis fails', withRedis, () => {
  const ends: (() => Promise<void>)[] = []
  let server: RedisServer

  beforeEach(async ({ task }) => {
    server = await RedisServer.start(...(task.name.includes('with its data') ? durable : []))
    ends.push(() => server.stop())
  })
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  })

  const load = (options = {}) => loadStores(server.address, { commandTimeoutSeconds: 1, ...options })
  const isLost = (stores: Opened) => vi.waitFor(() => expect(stores.state().connected).toBe(false), patience)

  it('and is down at the start, nobody is let in, and it serves as soon as it is up', async () => {
    await server.kill()
    const one = openStores(server.address)
    await expect(one.ready()).rejects.toMatchObject({ reason: 'unreachable' })
    expect(said(one, 'j1')).toBe('unreachable')
    expect(one.state()).toMatchObject({
      isReady: false,
      stalenessSeconds: null,
      lastId: null,
      problem: expect.any(String),
    })
    await server.start()
    await one.ready()
    expect(said(one, 'j1')).toBe(false)
  })

  it('and is killed and comes back with its data, readers go on from where they were', async () => {
    const hasty = { commandTimeoutSeconds: 0.5 }
    const [one, other] = await Promise.all([load(hasty), load(hasty)])
    await revoke(one, 'j1')
    await waitUntilSaid(other, 'j1', true)
    const before = other.state().lastId
    await server.kill()
    await isLost(other)
    await expect(revoke(one, 'j2')).rejects.toThrow(RedisStoreError)
    expect(said(other, 'j1')).toBe(true)
    await server.start()
    await revoke(one, 'j3')
    await waitUntilSaid(other, 'j3', true)
    // By the stream alone: nobody had to load anew.
    const scans = (await one.client.info('commandstats')).match(/cmdstat_zscan/g)
    const [first] = (await one.client.xRange(stream, '-', '+')) ?? []
    expect([scans, first?.id]).toEqual([null, before])
  })

  it('and comes back empty, what any process knew is given back', async () => {
    const patient = { commandTimeoutSeconds: 5 }
    const [one, other] = await Promise.all([load(patient), load(patient)])
    await Promise.all(Array.from({ length: 600 }, async (_, index) => revoke(one, `j${index}`)))
    await waitUntilSaid(other, 'j599', true)
    one.close()
    await server.kill()
    await isLost(other)
    await server.start()
    await vi.waitFor(async () => expect(await one.client.zCard(live)).toBe(600), patience)
    const fresh = await load()
    expect(Array.from({ length: 600 }, (_, index) => said(fresh, `j${index}`))).toEqual(Array(600).fill(true))
    expect(other.state().problem).toBeNull()
  })

  it('a process that starts on a Redis that came back empty waits for one that knows', async () => {
    const heartbeat = { heartbeatSeconds: 1.5, commandTimeoutSeconds: 5 }
    const one = await load(heartbeat)
    await revoke(one, 'j1')
    await server.kill()
    await isLost(one)
    await server.start()
    const fresh = openStores(server.address, heartbeat)
    await fresh.ready()
    expect(said(fresh, 'j1')).toBe(true)
    expect(fresh.state().lossDetectedAt).not.toBeNull()
  })

  it('and is flushed while it serves, nothing is forgotten, and what comes next is not missed', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'j1')
    await waitUntilSaid(other, 'j1', true)
    await one.client.flushAll()
    await revoke(one, 'j2')
    for (const jti of ['j1', 'j2']) await waitUntilSaid(other, jti, true)
    await vi.waitFor(async () => expect(await one.client.zCard(live)).toBe(2), patience)
    const fresh = await load()
    expect(['j1', 'j2', 'j3'].map((jti) => said(fresh, jti))).toEqual([true, true, false])
  })

  it('and comes back empty and takes no writes, what is known still counts, and is given back later', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'j1')
    await waitUntilSaid(other, 'j1', true)
    await Promise.all([one.client.flushAll(), one.client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])])
    await vi.waitFor(() => expect(other.state().problem).toMatch(/is a replica/), patience)
    expect([said(other, 'j1'), other.state().entries]).toEqual([true, 1])
    await one.client.sendCommand(['REPLICAOF', 'NO', 'ONE'])
    await vi.waitFor(async () => expect(await one.client.zCard(live)).toBe(1), patience)
    await vi.waitFor(() => expect(other.state().problem).toBeNull(), patience)
  })

  it('and goes back to an older state, as a primary does that took over too early, it is noticed', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'kept')
    const keys = [live, stream, 'claimcheck:{revocations}:head']
    const kept = await Promise.all(keys.map(async (key) => one.client.withTypeMapping({ 36: Buffer }).dump(key)))
    await revoke(one, 'lost')
    await waitUntilSaid(other, 'lost', true)
    const back = one.client.multi()
    for (const [at, key] of keys.entries()) back.restore(key, 0, kept[at] ?? '', { REPLACE: true })
    await back.exec()
    await revoke(one, 'new')
    await waitUntilSaid(other, 'new', true)
    await vi.waitFor(async () => expect(await one.client.zCard(live)).toBe(3), patience)
    for (const { state } of [one, other]) {
      await vi.waitFor(() => expect(state().lossDetectedAt).not.toBeNull(), patience)
    }
  })

  it('and has trimmed the stream past a slow reader, that one loads anew', async () => {
    const proxy = await DroppingProxy.start(server)
    ends.push(() => proxy.stop())
    const one = await load()
    const slow = await loadStores(proxy.address, { commandTimeoutSeconds: 1 })
    proxy.cut()
    await Promise.all(Array.from({ length: 50 }, async (_, index) => revoke(one, `j${index}`)))
    await one.client.xTrim(stream, 'MAXLEN', 1)
    proxy.mend()
    for (const jti of ['j0', 'j25', 'j49']) await waitUntilSaid(slow, jti, true)
    expect(slow.state().lossDetectedAt).toBeNull()
    expect(slow.state()).toMatchObject({ entries: 50, lastId: one.state().lastId })
  })

  it('and has trimmed all of the stream, it is noticed without another message', async () => {
    const proxy = await DroppingProxy.start(server)
    ends.push(() => proxy.stop())
    const one = await load()
    const slow = await loadStores(proxy.address, { commandTimeoutSeconds: 1 })
    proxy.cut()
    await revoke(one, 'j1')
    await one.client.del(stream)
    proxy.mend()
    await waitUntilSaid(slow, 'j1', true)
    expect(slow.state().lastId).toBe(one.state().lastId)
  })

  it.each([
    ['the network drops everything', async (proxy: DroppingProxy) => (proxy.cut(), () => proxy.mend())],
    ['Redis is stopped in its tracks', async () => (server.freeze(), () => server.thaw())],
    [
      'Redis pauses its clients',
      async () => {
        const { client } = await load()
        await client.sendCommand(['CLIENT', 'PAUSE', '1500', 'ALL'])
        return () => undefined
      },
    ],
  ])('and %s, nobody waits, nobody is let in after the time, and all is well when it is over', async (_what, fail) => {
    const proxy = await DroppingProxy.start(server)
    ends.push(() => proxy.stop())
    const [one, endless] = await Promise.all([
      loadStores(proxy.address, soonStale),
      loadStores(proxy.address, { ...soonStale, maxStalenessSeconds: null }),
    ])
    await revoke(one, 'j1')
    await waitUntilSaid(endless, 'j1', true)
    const mend = await fail(proxy)
    expect(said(endless, 'j1')).toBe(true)
    await waitUntilSaid(one, 'j2', 'timeout')
    expect([said(one, 'j1'), said(endless, 'j1'), said(endless, 'j2')]).toEqual(['timeout', true, false])
    expect(one.state()).toMatchObject({ isReady: false, stalenessSeconds: expect.any(Number) })
    expect(one.state().stalenessSeconds).toBeGreaterThan(0.3)
    const steps = [
      revoke(one, 'j3'),
      one.oneTimeValues.addIfAbsent('v', inAnHour()),
      one.sessions.list({ issuer, sub: 'u', now: 0 }),
    ]
    const outcomes = await Promise.all(steps.map((step) => step.then(String, (error: unknown) => error)))
    expect(outcomes).toMatchObject([{ reason: 'timeout' }, { reason: 'timeout' }, { reason: 'timeout' }])
    mend()
    await waitUntilSaid(one, 'j2', false)
    await vi.waitFor(() => revoke(one, 'j4'), patience)
    await waitUntilSaid(endless, 'j4', true)
  })

  it.each([
    ['is killed', async () => server.kill()],
    ['stops responding', async () => server.freeze()],
  ])(
    'and %s, logins and one-time values fail at once as soon as that is known, and work again when it is back',
    async (how, fail) => {
      const one = await load({ commandTimeoutSeconds: 30 })
      const keys = await generateKeys('ES256')
      const names = { issuer, audience: 'api', clientId: 'web' }
      const login = createIssuer({ ...names, keys, store: one.sessions, storeTimeoutSeconds: 60 })
      await vi.waitFor(() => login.login({ sub: 'john' }), patience)
      await fail()
      await vi.waitFor(
        () => expect([one.state().connected, one.state().problem]).toEqual([false, expect.any(String)]),
        patience,
      )
      // A step that waited for the time-out of its command would exceed that of the test.
      await expect(one.oneTimeValues.addIfAbsent('v', inAnHour())).rejects.toMatchObject({ name: 'RedisStoreError' })
      const error: unknown = await login.login({ sub: 'john' }).catch((caught: unknown) => caught)
      expect(error).toMatchObject({
        name: 'SessionStoreUnavailableError',
        status: 503,
        retryAfterSeconds: expect.any(Number) as unknown,
        cause: { name: 'RedisStoreError', reason: how === 'is killed' ? 'unreachable' : 'timeout' },
      })
      if (how === 'is killed') await server.start()
      else server.thaw()
      await vi.waitFor(() => login.login({ sub: 'john' }), patience)
    },
  )

  it('a process that was busy for longer than three heartbeats does not take that for an outage of Redis', async () => {
    const one = await load()
    await one.client.ping() // the commands of the replica have been sent before
    const busyUntil = performance.now() + 600
    while (performance.now() < busyUntil);
    const timeouts: unknown[] = []
    for (let turn = 0; turn < 20; turn += 1) {
      await one.sessions.list({ issuer, sub: 'u', now: 0 })
      timeouts.push(one.state().problem, one.state().connected)
    }
    expect(new Set(timeouts)).toEqual(new Set([null, true]))
  })

  it('and was never there, logins fail at once as soon as that is known', async () => {
    await server.kill()
    const one = openStores(server.address, { commandTimeoutSeconds: 30 })
    await expect(one.ready()).rejects.toMatchObject({ reason: 'unreachable' })
    // A step that waited for the time-out of its command would exceed that of the test.
    await expect(one.sessions.list({ issuer, sub: 'u', now: 0 })).rejects.toMatchObject({ reason: 'unreachable' })
  })

  it('by refusing the password, the error says so and holds none', async () => {
    const { client } = await load()
    await client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>the right one', '~*', '+@all'])
    const one = openStores({ ...server.address, username: 'app', password: 'a wrong secret' })
    const error = await one.ready().then(String, (reason: unknown) => reason)
    expect(error).toMatchObject({ reason: 'denied', message: expect.stringContaining('user or the password') })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/wrong secret|right one/)
    expect(JSON.stringify(one.state())).not.toMatch(/wrong secret|right one/)
  })

  it('a process that may not read the stream any more reports that it is denied, and misses no revocation', async () => {
    const other = await load()
    const user = { username: 'app', password: 'secret' }
    await other.client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>secret', '~claimcheck:*', '+@all'])
    const one = await loadStores({ ...server.address, ...user }, soonStale)
    await other.client.sendCommand(['ACL', 'SETUSER', 'app', '-xread'])
    await vi.waitFor(() => expect(one.state().problem).toMatch(/ACL user .* rights/), patience)
    await revoke(other, 'j1')
    await waitUntilSaid(one, 'j1', 'denied')
  })

  it('by being a replica, revoking says so and looking up goes on', async () => {
    const { client } = await load()
    await client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])
    const one = await load()
    await expect(revoke(one, 'j1')).rejects.toMatchObject({ reason: 'read_only' })
    expect(said(one, 'j1')).toBe(false)
  })

  it('by holding what is not ours, nobody is let in', async () => {
    const { client } = await load()
    await client.zAdd(live, { value: 'nonsense', score: inAnHour() })
    const one = openStores(server.address)
    await expect(one.ready()).rejects.toMatchObject({ reason: 'unexpected' })
    await client.set('other:{revocations}:live', 'x')
    const other = openStores(server.address, { prefix: 'other' })
    await expect(other.ready()).rejects.toMatchObject({ message: expect.stringContaining('prefix') })
    await expect(other.revocations.revokeToken({ issuer, jti: 'j', until: inAnHour() })).rejects.toThrow(/prefix/)
  })
})
