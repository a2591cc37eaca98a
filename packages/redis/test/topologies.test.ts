import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createRedisStores } from '@claimcheck/redis'
import type { RedisClient, RedisStores } from '@claimcheck/redis'
import { createClient, createCluster, createSentinel } from 'redis'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RedisServer, withRedis } from './redis-server.ts'
import { inAnHour, issuer, waitOptions, tokenOf } from './token-status.ts'

describe('the stores', withRedis, () => {
  const ends: (() => unknown)[] = []

  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  })

  async function startAt(port: number, ...options: string[]): Promise<RedisServer> {
    const server = await RedisServer.start('--port', String(port), '--bind', '127.0.0.1', ...options)
    ends.push(() => server.stop())
    return server
  }

  async function open(client: RedisClient, options = {}): Promise<RedisStores> {
    client.on('error', () => undefined)
    await client.connect()
    const stores = createRedisStores(client, { heartbeatSeconds: 0.1, commandTimeoutSeconds: 3, ...options })
    ends.push(
      () => client.destroy(),
      () => stores.close(),
    )
    await stores.ready()
    return stores
  }

  const revoke = (stores: RedisStores, jti: string) =>
    stores.revocations.revokeToken({ issuer, jti, until: inAnHour() })
  const isRevoked = (stores: RedisStores, jti: string) => stores.revocations.isRevoked(tokenOf({ jti }))

  /** Starts a primary and a replica, with a client of the replica, and waits until the primary reports the replica as online. */
  async function startReplicated() {
    const port = await freePort()
    const primary = await startAt(port)
    const replica = await startAt(await freePort(), '--replicaof', '127.0.0.1', String(port))
    const replicaClient = createClient(replica.address)
    await replicaClient.connect()
    ends.push(() => replicaClient.destroy())
    const client = createClient(primary.address)
    client.on('error', () => undefined)
    await client.connect()
    await vi.waitFor(async () => expect(await client.info('replication')).toMatch(/state=online/), waitOptions)
    client.destroy()
    return { primary, replica, replicaClient }
  }

  /** Uses every store once, and expects each process to see what the other one does. */
  async function expectShared(one: RedisStores, other: RedisStores): Promise<void> {
    await revoke(one, 'j1')
    await vi.waitFor(() => expect(isRevoked(other, 'j1')).toBe(true), waitOptions)
    const now = Math.floor(Date.now() / 1000)
    const john = { issuer, sub: 'john' }
    for (const name of ['a', 'b', 'c']) {
      const times = { createdAt: now, refreshedAt: now, expiresAt: now + 60, accessTokensExpireAt: now + 60 }
      const hashes = { family: name, token: 'first' }
      const rules = { idleSeconds: 60, maxPerSubject: 10, tombstoneSeconds: 60 }
      await one.sessions.begin({
        session: { ...john, sid: name, claims: '{}', label: null, device: null, ...times },
        hashes,
        ...rules,
      })
      expect(await other.sessions.find({ hashes, now, graceSeconds: 0 })).toMatchObject({ isCurrent: true })
      const successor = { token: 'second', sealedSuccessor: 'sealed' }
      const rotation = { hashes, now, graceSeconds: 10, accessTokensExpireAt: now + 60, successor, ...rules }
      expect(await other.sessions.rotate(rotation)).toMatchObject({ outcome: 'rotated' })
      expect(await one.sessions.rotate(rotation)).toMatchObject({ outcome: 'repeated' })
    }
    expect(await other.sessions.list({ ...john, now })).toHaveLength(3)
    expect(await other.sessions.endAll({ ...john, now, tombstoneSeconds: 60 })).toHaveLength(3)
    expect(await one.oneTimeValues.addIfAbsent('v', inAnHour())).toBe(true)
    expect(await other.oneTimeValues.addIfAbsent('v', inAnHour())).toBe(false)
  }

  /** Expects the stores to report missing rights at the start. */
  async function expectRightsChecked(admin: { sendCommand(words: string[]): Promise<unknown> }, client: RedisClient) {
    await admin.sendCommand(['ACL', 'SETUSER', 'default', '-xread', '-wait'])
    await expect(open(client)).rejects.toMatchObject({
      reason: 'denied',
      message: expect.stringContaining('+wait +xread;'),
    })
  }

  it('works in a cluster, because no script uses two slots', async () => {
    const port = await freePort()
    const node = await startAt(port, '--cluster-enabled', 'yes')
    const direct = createClient(node.address)
    await direct.connect()
    ends.push(() => direct.destroy())
    await direct.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'])
    await vi.waitFor(
      async () => expect(await direct.sendCommand(['CLUSTER', 'INFO'])).toMatch(/cluster_state:ok/),
      waitOptions,
    )
    const cluster = () => createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }], useReplicas: true })
    await expectShared(await open(cluster()), await open(cluster()))
    await expectRightsChecked(direct, cluster())
  })

  it('works with a client of a Sentinel', async () => {
    const [port, sentinelPort] = [await freePort(), await freePort()]
    const primary = await startAt(port)
    const file = join(primary.folder, 'sentinel.conf')
    writeFileSync(file, `port ${sentinelPort}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 ${port} 1\n`)
    const sentinelServer = await RedisServer.startSentinel(file)
    ends.push(() => sentinelServer.stop())
    const sentinel = () => {
      return createSentinel({ name: 'main', sentinelRootNodes: [{ host: '127.0.0.1', port: sentinelPort }] })
    }
    const [one, other] = [await open(sentinel()), await open(sentinel())]
    await expectShared(one, other)
    expect([one.state().problem, other.state().problem]).toEqual([null, null])
    const direct = createClient(primary.address)
    await direct.connect()
    ends.push(() => direct.destroy())
    await expectRightsChecked(direct, sentinel())
  })

  it('uses no more rights than those in the guide in any store', async () => {
    const guide = readFileSync(new URL('../../../docs/login-revocation.md', import.meta.url), 'utf8')
    const listed = Array.from(guide.matchAll(/^ACL SETUSER claimcheck (.+)$/gm), ([, rule = '']) => rule)
    const server = await startAt(await freePort())
    const admin = createClient(server.address)
    await admin.connect()
    ends.push(() => admin.destroy())
    const grant = (rules: readonly string[]) =>
      admin.sendCommand(['ACL', 'SETUSER', 'claimcheck', 'reset', 'on', ...rules])
    const user = { ...server.address, username: 'claimcheck', password: 'a-long-password' }
    await grant(listed.flatMap((rule) => rule.split(' ')))
    await expectShared(await open(createClient(user)), await open(createClient(user)))
    expect(await admin.sendCommand(['ACL', 'LOG'])).toEqual([])
  })

  it('uses the key prefix of the client', async () => {
    const server = await startAt(await freePort())
    const stores = await open(createClient({ ...server.address, keyPrefix: 'mine:' }))
    const other = await open(createClient({ ...server.address, keyPrefix: 'mine:' }))
    await expectShared(stores, other)
    const plain = createClient(server.address)
    await plain.connect()
    ends.push(() => plain.destroy())
    expect((await plain.keys('*')).filter((key) => !key.startsWith('mine:claimcheck:'))).toEqual([])
  })

  it('waits for a replica if there is one, and rejects a revocation that it does not confirm', async () => {
    const { primary, replica, replicaClient } = await startReplicated()
    const stores = await open(createClient(primary.address))
    await revoke(stores, 'j1')
    expect(await replicaClient.zCard('claimcheck:{revocations}:live')).toBe(1)
    replica.freeze()
    await expect(revoke(stores, 'j2')).rejects.toMatchObject({ reason: 'not_replicated' })
    replica.thaw()
    await vi.waitFor(() => revoke(stores, 'j2'), waitOptions)
    expect(isRevoked(stores, 'j2')).toBe(true)
  })

  it('loses no revocation if the primary fails and its replica takes over', async () => {
    const { primary, replica, replicaClient } = await startReplicated()
    let path = primary.socket
    // As with Sentinel and DNS, a new connection goes to the current primary.
    const client = createClient({ socket: { tls: false, get path() { return path } } }) // prettier-ignore
    const stores = await open(client)
    await revoke(stores, 'j1')
    await replicaClient.sendCommand(['REPLICAOF', 'NO', 'ONE'])
    await revoke(stores, 'lost by the new primary')
    path = replica.socket
    await primary.kill()
    await vi.waitFor(
      async () => expect(await replicaClient.zCard('claimcheck:{revocations}:live')).toBe(2),
      waitOptions,
    )
    expect(['j1', 'lost by the new primary'].map((jti) => isRevoked(stores, jti))).toEqual([true, true])
    expect(stores.state().lossDetectedAt).not.toBeNull()
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port is free')
  return address.port
}
