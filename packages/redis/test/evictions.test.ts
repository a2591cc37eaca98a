import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { live, revokeSome } from './lost-revocations.ts'
import { loadStores, openStores } from './open-stores.ts'
import type { Opened } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { patience, revoke, said } from './revoked.ts'

const policies = [
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
]

describe('the eviction policy of Redis', withRedis, () => {
  const warnings: string[] = []
  const note = (warning: Error) => void warnings.push(warning.message)
  const ends: (() => unknown)[] = []

  beforeEach(() => void process.on('warning', note))
  afterEach(async () => {
    process.off('warning', note)
    warnings.length = 0
    for (const end of ends.splice(0).toReversed()) await end()
  })

  async function start(...options: string[]): Promise<RedisServer> {
    const server = await RedisServer.start(...options)
    ends.push(() => server.stop())
    return server
  }

  it.each(policies)('the policy %s is rejected at the start, until it is noeviction', async (policy) => {
    const server = await start('--maxmemory-policy', policy)
    const one = openStores(server.address)
    await expect(one.ready()).rejects.toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining('maxmemory-policy to noeviction'),
    })
    expect(said(one, 'j1')).toBe('misconfigured')
    expect(one.state()).toMatchObject({ isReady: false, problem: expect.stringContaining('noeviction') })
    await one.client.configSet('maxmemory-policy', 'noeviction')
    await vi.waitFor(() => one.ready(), patience)
    expect(one.state().problem).toBeNull()
  })

  it('a process warns and serves if Redis does not show its policy', async () => {
    const server = await start('--rename-command', 'INFO', '')
    const one = await loadStores(server.address)
    expect(one.state()).toMatchObject({ isReady: true, problem: null })
    expect(warnings).toEqual([expect.stringContaining('INFO memory')])
    await revoke(one, 'j1')
    expect(said(await loadStores(server.address), 'j1')).toBe(true)
  })

  it('a running process serves on after a restart with an evicting policy, and shows it in its state', async () => {
    const server = await start('--appendonly', 'yes', '--appendfsync', 'always')
    const one = await loadStores(server.address)
    await revoke(one, 'j1')
    await server.kill()
    await vi.waitFor(() => expect(one.state().connected).toBe(false), patience)
    await server.start('--maxmemory-policy', 'allkeys-lru')
    await vi.waitFor(() => expect(one.state().problem).toMatch(/noeviction/), patience)
    expect([one.state().isReady, said(one, 'j1')]).toEqual([true, true])
    expect(warnings.filter((warning) => warning.includes('noeviction'))).toHaveLength(1)
  })

  it('a running process shows that the policy was changed, until it is noeviction again', async () => {
    const server = await start()
    const one = await loadStores(server.address)
    await one.client.configSet('maxmemory-policy', 'volatile-lru')
    await vi.waitFor(
      () => expect(one.state()).toMatchObject({ problem: expect.stringMatching(/noeviction/) }),
      patience,
    )
    expect(one.state().isReady).toBe(true)
    await one.client.configSet('maxmemory-policy', 'noeviction')
    await vi.waitFor(() => expect(one.state().problem).toBeNull(), patience)
  })

  it('a process that starts after the live entries were evicted accepts no token', async () => {
    const server = await start()
    const one = await loadStores(server.address)
    await revokeSome(one)
    one.close()
    // Of our keys, it may evict those alone that expire.
    await evict(one, 'volatile-lru', async () => (await one.client.exists(live)) === 0)
    const fresh = openStores(server.address)
    await expect(fresh.ready()).rejects.toMatchObject({ reason: 'lost' })
    expect(said(fresh, 'j1')).toBe('lost')
  })

  it('a running process gives back all keys that were evicted, and a new process waits for it', async () => {
    const server = await start()
    const heartbeat = { heartbeatSeconds: 1.5 }
    const one = await loadStores(server.address, heartbeat)
    await revokeSome(one)
    // Not by last use: on a busy machine, the process would use its keys more often than the test fills the memory.
    await evict(one, 'allkeys-random', async () => (await one.client.exists(live)) === 0)
    const fresh = openStores(server.address, heartbeat)
    await vi.waitFor(() => fresh.ready(), patience)
    expect(['j0', 'j1', 'j2', 'last', 'never revoked'].map((jti) => said(fresh, jti))).toEqual([
      ...Array<boolean>(4).fill(true),
      false,
    ])
    expect(one.state().lossDetectedAt).not.toBeNull()
  })

  it('a running process forgets nothing while Redis evicts at random', async () => {
    const server = await start()
    const one = await loadStores(server.address)
    await revokeSome(one)
    await evict(one, 'allkeys-random', async () => typeof one.state().lossDetectedAt === 'number')
    await one.client.configSet('maxmemory', '0')
    const fresh = openStores(server.address)
    await vi.waitFor(() => fresh.ready(), patience)
    expect(['j0', 'j1', 'j2', 'last', 'never revoked'].map((jti) => said(fresh, jti))).toEqual([
      ...Array<boolean>(4).fill(true),
      false,
    ])
  })
})

/** Fills the memory of Redis, until it has evicted what a test waits for; from then on it evicts nothing. */
async function evict({ client }: Opened, policy: string, isDone: () => Promise<boolean>): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
  await client.configSet({ 'maxmemory-policy': policy, maxmemory: String(used + 2_000_000) })
  for (let at = 0; !(await isDone()); at += 1) {
    // Refused if nothing is left that may be evicted.
    await client.set(`filler:${at}`, 'x'.repeat(20_000)).catch(() => undefined)
  }
  await client.configSet({ 'maxmemory-policy': 'noeviction', maxmemory: '0' })
}
