import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { live, revokeSome } from './lost-revocations.ts'
import { loadStores, openStores } from './open-stores.ts'
import type { OpenStores } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { waitOptions, revoke, statusOf } from './token-status.ts'

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

  it.each(policies)('does not start with the eviction policy %s until it is changed to noeviction', async (policy) => {
    const server = await start('--maxmemory-policy', policy)
    const one = openStores(server.address)
    await expect(one.ready()).rejects.toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining('maxmemory-policy to noeviction'),
    })
    expect(statusOf(one, 'j1')).toBe('misconfigured')
    expect(one.state()).toMatchObject({ isReady: false, problem: expect.stringContaining('noeviction') })
    await one.client.configSet('maxmemory-policy', 'noeviction')
    await vi.waitFor(() => one.ready(), waitOptions)
    expect(one.state().problem).toBeNull()
  })

  it('warns and starts if Redis does not show its eviction policy', async () => {
    const server = await start('--rename-command', 'INFO', '')
    const one = await loadStores(server.address)
    expect(one.state()).toMatchObject({ isReady: true, problem: null })
    expect(warnings).toEqual([expect.stringContaining('INFO memory')])
    await revoke(one, 'j1')
    expect(statusOf(await loadStores(server.address), 'j1')).toBe(true)
  })

  it('continues to serve after Redis restarts with an evicting policy, and shows the problem in its state', async () => {
    const server = await start('--appendonly', 'yes', '--appendfsync', 'always')
    const one = await loadStores(server.address)
    await revoke(one, 'j1')
    await server.kill()
    await vi.waitFor(() => expect(one.state().connected).toBe(false), waitOptions)
    await server.start('--maxmemory-policy', 'allkeys-lru')
    await vi.waitFor(() => expect(one.state().problem).toMatch(/noeviction/), waitOptions)
    expect([one.state().isReady, statusOf(one, 'j1')]).toEqual([true, true])
    expect(warnings.filter((warning) => warning.includes('noeviction'))).toHaveLength(1)
  })

  it('shows a changed eviction policy in its state until it is noeviction again', async () => {
    const server = await start()
    const one = await loadStores(server.address)
    await one.client.configSet('maxmemory-policy', 'volatile-lru')
    await vi.waitFor(
      () => expect(one.state()).toMatchObject({ problem: expect.stringMatching(/noeviction/) }),
      waitOptions,
    )
    expect(one.state().isReady).toBe(true)
    await one.client.configSet('maxmemory-policy', 'noeviction')
    await vi.waitFor(() => expect(one.state().problem).toBeNull(), waitOptions)
  })

  it('accepts no token in a process that starts after the live entries were evicted', async () => {
    const server = await start()
    const one = await loadStores(server.address)
    await revokeSome(one)
    one.close()
    // With this policy Redis evicts only keys that expire.
    await evict(one, 'volatile-lru', async () => (await one.client.exists(live)) === 0)
    const fresh = openStores(server.address)
    await expect(fresh.ready()).rejects.toMatchObject({ reason: 'lost' })
    expect(statusOf(fresh, 'j1')).toBe('lost')
  })

  it('restores all evicted keys from a running process, for which a new process waits', async () => {
    const server = await start()
    const heartbeat = { heartbeatSeconds: 1.5 }
    const one = await loadStores(server.address, heartbeat)
    await revokeSome(one)
    // Not by last use: on a slow computer the process would use its keys more often than the test fills the memory.
    await evict(one, 'allkeys-random', async () => (await one.client.exists(live)) === 0)
    const fresh = openStores(server.address, heartbeat)
    await vi.waitFor(() => fresh.ready(), waitOptions)
    expect(['j0', 'j1', 'j2', 'last', 'never revoked'].map((jti) => statusOf(fresh, jti))).toEqual([
      ...Array<boolean>(4).fill(true),
      false,
    ])
    expect(one.state().lossDetectedAt).not.toBeNull()
  })

  it('keeps all revocations in a running process while Redis evicts at random', async () => {
    const server = await start()
    const one = await loadStores(server.address)
    await revokeSome(one)
    await evict(one, 'allkeys-random', async () => typeof one.state().lossDetectedAt === 'number')
    await one.client.configSet('maxmemory', '0')
    const fresh = openStores(server.address)
    await vi.waitFor(() => fresh.ready(), waitOptions)
    expect(['j0', 'j1', 'j2', 'last', 'never revoked'].map((jti) => statusOf(fresh, jti))).toEqual([
      ...Array<boolean>(4).fill(true),
      false,
    ])
  })
})

/** Fills the memory of Redis until it has evicted what a test waits for, then turns eviction off. */
async function evict({ client }: OpenStores, policy: string, isDone: () => Promise<boolean>): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
  await client.configSet({ 'maxmemory-policy': policy, maxmemory: String(used + 2_000_000) })
  for (let at = 0; !(await isDone()); at += 1) {
    // Rejected if no key is left that can be evicted.
    await client.set(`filler:${at}`, 'x'.repeat(20_000)).catch(() => undefined)
  }
  await client.configSet({ 'maxmemory-policy': 'noeviction', maxmemory: '0' })
}
