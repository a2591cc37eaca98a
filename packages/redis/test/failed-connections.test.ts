import { createRedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DroppingProxy } from './dropping-proxy.ts'
import { loadStores, openStores, fastHeartbeat } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { inAnHour, issuer, waitOptions, revoke, statusOf, waitForStatus } from './token-status.ts'

describe('connections to Redis', withRedis, () => {
  const ends: (() => unknown)[] = []
  let server: RedisServer
  let proxy: DroppingProxy

  beforeEach(async () => {
    server = await RedisServer.start()
    proxy = await DroppingProxy.start(server)
    ends.push(
      () => server.stop(),
      () => proxy.stop(),
    )
  })
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  })

  const errors = [
    ['ERR max number of clients reached', 'unreachable'],
    ['LOADING Redis is loading the dataset in memory', 'loading'],
    ['MASTERDOWN Link with MASTER is down', 'loading'],
    ["READONLY You can't write against a read only replica.", 'read_only'],
    ['NOAUTH Authentication required.', 'denied'],
    ["NOPERM this user has no permissions to run the 'hello' command", 'denied'],
    ['ERR an error that no version of these stores knows', 'unexpected'],
  ] as const

  it.each(errors)(
    'rejects a revocation because of "%s" only until Redis accepts connections again',
    async (error, reason) => {
      const one = await loadStores(proxy.address)
      proxy.refuse(error)
      await expect(revoke(one, 'j1')).rejects.toMatchObject({ reason })
      expect(one.state()).toMatchObject({ isReady: true, problem: expect.any(String) })
      proxy.refuse(null)
      await vi.waitFor(() => revoke(one, 'j1'), waitOptions) // an attempt that was refused may still be running
      await vi.waitFor(() => expect(one.state().problem).toBeNull(), waitOptions)
      expect(statusOf(await loadStores(server.address), 'j1')).toBe(true)
    },
  )

  it.each(errors)('starts automatically when Redis recovers from "%s"', async (error, reason) => {
    proxy.refuse(error)
    const one = openStores(proxy.address)
    await expect(one.ready()).rejects.toMatchObject({ reason })
    await expect(revoke(one, 'j1')).rejects.toMatchObject({ reason })
    proxy.refuse(null)
    await vi.waitFor(() => one.ready(), waitOptions) // an attempt that was refused may still reject it
    await vi.waitFor(() => revoke(one, 'j1'), waitOptions)
    expect(statusOf(one, 'j1')).toBe(true)
    await vi.waitFor(() => expect(one.state().problem).toBeNull(), waitOptions)
  })

  it('shows in its state that Redis accepts no more clients, and recovers without another revocation', async () => {
    const one = await loadStores(server.address)
    await one.client.configSet('maxclients', '2')
    await expect(revoke(one, 'j1')).rejects.toMatchObject({ reason: 'unreachable' })
    expect(one.state().problem).toEqual(expect.any(String))
    await one.client.configSet('maxclients', '100')
    await vi.waitFor(() => expect(one.state().problem).toBeNull(), waitOptions)
    await revoke(one, 'j1')
  })

  it('opens one connection for all concurrent callers', async () => {
    const one = await loadStores(proxy.address)
    proxy.refuse('LOADING Redis is loading the dataset in memory')
    const before = proxy.connections
    const revoking = Array.from({ length: 200 }, async (_, at) => revoke(one, `j${at}`))
    const outcomes = await Promise.allSettled(revoking)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([])
    expect(proxy.connections - before).toBeLessThanOrEqual(2)
  })

  it('rejects a revocation after commandTimeoutSeconds if the connection never opens', async () => {
    const one = await loadStores(proxy.address, { commandTimeoutSeconds: 1 })
    proxy.cut()
    await expect(revoke(one, 'j1')).rejects.toMatchObject({ reason: 'timeout' })
    proxy.mend()
    await vi.waitFor(() => revoke(one, 'j1'), waitOptions)
    await waitForStatus(one, 'j1', true)
  })

  it('connects to the new primary after the old one became a replica', async () => {
    const next = await RedisServer.start()
    ends.push(() => next.stop())
    let path = server.socket
    // As with DNS, a new connection goes to the current primary.
    const client = createClient({ socket: { tls: false, get path() { return path } } }) // prettier-ignore
    client.on('error', () => undefined)
    await client.connect()
    const stores = createRedisStores(client, fastHeartbeat)
    ends.push(
      () => client.destroy(),
      () => stores.close(),
    )
    await stores.ready()
    const revokeToken = (jti: string) => stores.revocations.revokeToken({ issuer, jti, until: inAnHour() })
    await revokeToken('j1')
    await client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])
    path = next.socket
    await expect(revokeToken('j2')).rejects.toMatchObject({ reason: 'read_only' })
    await revokeToken('j2')
    const second = openStores(next.address)
    expect(await second.client.zCard('claimcheck:{revocations}:live')).toBe(1)
  })
})
