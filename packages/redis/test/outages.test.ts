import { inspect } from 'node:util'
import { createIssuer, generateKeys } from '@claimcheck/issuer'
import { RedisStoreError } from '@claimcheck/redis'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DroppingProxy } from './dropping-proxy.ts'
import { loadStores, openStores } from './open-stores.ts'
import type { OpenStores } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { inAnHour, issuer, waitOptions, revoke, statusOf, waitForStatus } from './token-status.ts'

const durable = ['--appendonly', 'yes', '--appendfsync', 'always']
const live = 'claimcheck:{revocations}:live'
const stream = 'claimcheck:{revocations}:stream'
const soonStale = { maxStalenessSeconds: 0.3, commandTimeoutSeconds: 0.5 }

describe('outages of Redis', withRedis, () => {
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
  const isLost = (stores: OpenStores) => vi.waitFor(() => expect(stores.state().connected).toBe(false), waitOptions)

  it('rejects every request of a process that starts without Redis, until Redis is available', async () => {
    await server.kill()
    const one = openStores(server.address)
    await expect(one.ready()).rejects.toMatchObject({ reason: 'unreachable' })
    expect(statusOf(one, 'j1')).toBe('unreachable')
    expect(one.state()).toMatchObject({
      isReady: false,
      stalenessSeconds: null,
      lastId: null,
      problem: expect.any(String),
    })
    await server.start()
    await one.ready()
    expect(statusOf(one, 'j1')).toBe(false)
  })

  it('continues to read where it was when Redis restarts with its data', async () => {
    const shortTimeout = { commandTimeoutSeconds: 0.5 }
    const [one, other] = await Promise.all([load(shortTimeout), load(shortTimeout)])
    await revoke(one, 'j1')
    await waitForStatus(other, 'j1', true)
    const before = other.state().lastId
    await server.kill()
    await isLost(other)
    await expect(revoke(one, 'j2')).rejects.toThrow(RedisStoreError)
    expect(statusOf(other, 'j1')).toBe(true)
    await server.start()
    await revoke(one, 'j3')
    await waitForStatus(other, 'j3', true)
    // From the stream: no process has loaded all entries again.
    const scans = (await one.client.info('commandstats')).match(/cmdstat_zscan/g)
    const [first] = (await one.client.xRange(stream, '-', '+')) ?? []
    expect([scans, first?.id]).toEqual([null, before])
  })

  it('restores what any process knows when Redis restarts without its data', async () => {
    const longTimeout = { commandTimeoutSeconds: 5 }
    const [one, other] = await Promise.all([load(longTimeout), load(longTimeout)])
    await Promise.all(Array.from({ length: 600 }, async (_, index) => revoke(one, `j${index}`)))
    await waitForStatus(other, 'j599', true)
    one.close()
    await server.kill()
    await isLost(other)
    await server.start()
    await vi.waitFor(async () => expect(await one.client.zCard(live)).toBe(600), waitOptions)
    const fresh = await load()
    expect(Array.from({ length: 600 }, (_, index) => statusOf(fresh, `j${index}`))).toEqual(Array(600).fill(true))
    expect(other.state().problem).toBeNull()
  })

  it('waits in a new process for a running one when Redis restarted without its data', async () => {
    const heartbeat = { heartbeatSeconds: 1.5, commandTimeoutSeconds: 5 }
    const one = await load(heartbeat)
    await revoke(one, 'j1')
    await server.kill()
    await isLost(one)
    await server.start()
    const fresh = openStores(server.address, heartbeat)
    await fresh.ready()
    expect(statusOf(fresh, 'j1')).toBe(true)
    expect(fresh.state().lossDetectedAt).not.toBeNull()
  })

  it('keeps all revocations after a flush and receives new ones', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'j1')
    await waitForStatus(other, 'j1', true)
    await one.client.flushAll()
    await revoke(one, 'j2')
    for (const jti of ['j1', 'j2']) await waitForStatus(other, jti, true)
    await vi.waitFor(async () => expect(await one.client.zCard(live)).toBe(2), waitOptions)
    const fresh = await load()
    expect(['j1', 'j2', 'j3'].map((jti) => statusOf(fresh, jti))).toEqual([true, true, false])
  })

  it('keeps the known revocations while Redis is empty and read-only, and restores them later', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'j1')
    await waitForStatus(other, 'j1', true)
    await Promise.all([one.client.flushAll(), one.client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])])
    await vi.waitFor(() => expect(other.state().problem).toMatch(/is a replica/), waitOptions)
    expect([statusOf(other, 'j1'), other.state().entries]).toEqual([true, 1])
    await one.client.sendCommand(['REPLICAOF', 'NO', 'ONE'])
    await vi.waitFor(async () => expect(await one.client.zCard(live)).toBe(1), waitOptions)
    await vi.waitFor(() => expect(other.state().problem).toBeNull(), waitOptions)
  })

  it('notices that Redis returned to older data, as after a failover', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'saved')
    const keys = [live, stream, 'claimcheck:{revocations}:head']
    const dumps = await Promise.all(keys.map(async (key) => one.client.withTypeMapping({ 36: Buffer }).dump(key)))
    await revoke(one, 'lost')
    await waitForStatus(other, 'lost', true)
    const restoring = one.client.multi()
    for (const [at, key] of keys.entries()) restoring.restore(key, 0, dumps[at] ?? '', { REPLACE: true })
    await restoring.exec()
    await revoke(one, 'new')
    await waitForStatus(other, 'new', true)
    await vi.waitFor(async () => expect(await one.client.zCard(live)).toBe(3), waitOptions)
    for (const { state } of [one, other]) {
      await vi.waitFor(() => expect(state().lossDetectedAt).not.toBeNull(), waitOptions)
    }
  })

  it('loads all entries again if the stream was trimmed while the reader was cut off', async () => {
    const proxy = await DroppingProxy.start(server)
    ends.push(() => proxy.stop())
    const one = await load()
    const slow = await loadStores(proxy.address, { commandTimeoutSeconds: 1 })
    proxy.cut()
    await Promise.all(Array.from({ length: 50 }, async (_, index) => revoke(one, `j${index}`)))
    await one.client.xTrim(stream, 'MAXLEN', 1)
    proxy.mend()
    for (const jti of ['j0', 'j25', 'j49']) await waitForStatus(slow, jti, true)
    expect(slow.state().lossDetectedAt).toBeNull()
    expect(slow.state()).toMatchObject({ entries: 50, lastId: one.state().lastId })
  })

  it('notices a deleted stream without another message', async () => {
    const proxy = await DroppingProxy.start(server)
    ends.push(() => proxy.stop())
    const one = await load()
    const slow = await loadStores(proxy.address, { commandTimeoutSeconds: 1 })
    proxy.cut()
    await revoke(one, 'j1')
    await one.client.del(stream)
    proxy.mend()
    await waitForStatus(slow, 'j1', true)
    expect(slow.state().lastId).toBe(one.state().lastId)
  })

  it.each([
    ['the network drops all data', async (proxy: DroppingProxy) => (proxy.cut(), () => proxy.mend())],
    ['Redis is stopped', async () => (server.freeze(), () => server.thaw())],
    [
      'Redis pauses its clients',
      async () => {
        const { client } = await load()
        await client.sendCommand(['CLIENT', 'PAUSE', '1500', 'ALL'])
        return () => undefined
      },
    ],
  ])(
    'delays no request while %s, rejects them after maxStalenessSeconds, and recovers without a restart',
    async (_what, fail) => {
      const proxy = await DroppingProxy.start(server)
      ends.push(() => proxy.stop())
      const [one, unlimited] = await Promise.all([
        loadStores(proxy.address, soonStale),
        loadStores(proxy.address, { ...soonStale, maxStalenessSeconds: null }),
      ])
      await revoke(one, 'j1')
      await waitForStatus(unlimited, 'j1', true)
      const mend = await fail(proxy)
      expect(statusOf(unlimited, 'j1')).toBe(true)
      await waitForStatus(one, 'j2', 'timeout')
      expect([statusOf(one, 'j1'), statusOf(unlimited, 'j1'), statusOf(unlimited, 'j2')]).toEqual([
        'timeout',
        true,
        false,
      ])
      expect(one.state()).toMatchObject({ isReady: false, stalenessSeconds: expect.any(Number) })
      expect(one.state().stalenessSeconds).toBeGreaterThan(0.3)
      const calls = [
        revoke(one, 'j3'),
        one.oneTimeValues.addIfAbsent('v', inAnHour()),
        one.sessions.list({ issuer, sub: 'u', now: 0 }),
      ]
      const outcomes = await Promise.all(calls.map((call) => call.then(String, (error: unknown) => error)))
      expect(outcomes).toMatchObject([{ reason: 'timeout' }, { reason: 'timeout' }, { reason: 'timeout' }])
      mend()
      await waitForStatus(one, 'j2', false)
      await vi.waitFor(() => revoke(one, 'j4'), waitOptions)
      await waitForStatus(unlimited, 'j4', true)
    },
  )

  it.each([
    ['was killed', async () => server.kill()],
    ['does not respond', async () => server.freeze()],
  ])(
    'rejects logins and one-time values immediately once it is known that Redis %s, and recovers',
    async (how, fail) => {
      const one = await load({ commandTimeoutSeconds: 30 })
      const keys = await generateKeys('ES256')
      const names = { issuer, audience: 'api', clientId: 'web' }
      const login = createIssuer({ ...names, keys, store: one.sessions, storeTimeoutSeconds: 60 })
      await vi.waitFor(() => login.login({ sub: 'john' }), waitOptions)
      await fail()
      await vi.waitFor(
        () => expect([one.state().connected, one.state().problem]).toEqual([false, expect.any(String)]),
        waitOptions,
      )
      // If it waited for commandTimeoutSeconds, it would exceed the time limit of the test.
      await expect(one.oneTimeValues.addIfAbsent('v', inAnHour())).rejects.toMatchObject({ name: 'RedisStoreError' })
      const error: unknown = await login.login({ sub: 'john' }).catch((caught: unknown) => caught)
      expect(error).toMatchObject({
        name: 'SessionStoreUnavailableError',
        status: 503,
        retryAfterSeconds: expect.any(Number) as unknown,
        cause: { name: 'RedisStoreError', reason: how === 'was killed' ? 'unreachable' : 'timeout' },
      })
      if (how === 'was killed') await server.start()
      else server.thaw()
      await vi.waitFor(() => login.login({ sub: 'john' }), waitOptions)
    },
  )

  it('reports no outage if the process itself was busy for longer than three heartbeats', async () => {
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

  it('rejects logins immediately once it is known that Redis was never available', async () => {
    await server.kill()
    const one = openStores(server.address, { commandTimeoutSeconds: 30 })
    await expect(one.ready()).rejects.toMatchObject({ reason: 'unreachable' })
    // If it waited for commandTimeoutSeconds, it would exceed the time limit of the test.
    await expect(one.sessions.list({ issuer, sub: 'u', now: 0 })).rejects.toMatchObject({ reason: 'unreachable' })
  })

  it('reports a wrong password as denied, without showing it', async () => {
    const { client } = await load()
    await client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>the right one', '~*', '+@all'])
    const one = openStores({ ...server.address, username: 'app', password: 'a wrong secret' })
    const error = await one.ready().then(String, (reason: unknown) => reason)
    expect(error).toMatchObject({ reason: 'denied', message: expect.stringContaining('user or the password') })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/wrong secret|right one/)
    expect(JSON.stringify(one.state())).not.toMatch(/wrong secret|right one/)
  })

  it('reports a missing right to read the stream as denied, and misses no revocation', async () => {
    const other = await load()
    const user = { username: 'app', password: 'secret' }
    await other.client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>secret', '~claimcheck:*', '+@all'])
    const one = await loadStores({ ...server.address, ...user }, soonStale)
    await other.client.sendCommand(['ACL', 'SETUSER', 'app', '-xread'])
    await vi.waitFor(() => expect(one.state().problem).toMatch(/ACL user .* rights/), waitOptions)
    await revoke(other, 'j1')
    await waitForStatus(one, 'j1', 'denied')
  })

  it('rejects revocations on a replica as read_only, while lookups continue', async () => {
    const { client } = await load()
    await client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])
    const one = await load()
    await expect(revoke(one, 'j1')).rejects.toMatchObject({ reason: 'read_only' })
    expect(statusOf(one, 'j1')).toBe(false)
  })

  it('rejects every request if the keys of the stores contain unknown data', async () => {
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
