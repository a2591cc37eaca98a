import { createOneTimeValues } from '@claimcheck/core/one-time'
import type { OneTimeValues } from '@claimcheck/core/one-time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadStores } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { inAnHour } from './token-status.ts'

describe('oneTimeValues.addIfAbsent in Redis', withRedis, () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(() => server.stop())

  it('returns true for one of many concurrent calls in several processes', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => loadStores(server.address)))
    const callers = Array.from({ length: 25 }, () => processes).flat()
    const results = await Promise.all(
      callers.map(({ oneTimeValues }) => oneTimeValues.addIfAbsent('proof:1', inAnHour())),
    )
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await processes[0]?.oneTimeValues.addIfAbsent('proof:2', inAnHour())).toBe(true)
  })

  it('stores a key until its end and one clock skew longer', async () => {
    const { oneTimeValues, client } = await loadStores(server.address, { clockSkewSeconds: 60 })
    await oneTimeValues.addIfAbsent('proof:3', Math.floor(Date.now() / 1000) + 10)
    const left = await client.pTTL('claimcheck:once:proof:3')
    expect([left > 68_000, left <= 70_000]).toEqual([true, true])
    // It has expired by the clock of this process, but perhaps not by that of another one.
    const expired = Math.floor(Date.now() / 1000) - 10
    expect(await oneTimeValues.addIfAbsent('proof:4', expired)).toBe(true)
    expect(await oneTimeValues.addIfAbsent('proof:4', expired)).toBe(false)
  })

  it.each([
    ['a year ahead', 31_536_000],
    ['a year behind', -31_536_000],
  ])('stores a key until its end if the clock of the process is %s', async (_how, seconds) => {
    const now = () => Date.now() + seconds * 1000
    const { oneTimeValues, client } = await loadStores(server.address, { now })
    const key = `proof:${seconds}`
    await oneTimeValues.addIfAbsent(key, Math.floor(Date.now() / 1000) + 300)
    expect(await client.pTTL(`claimcheck:once:${key}`)).toBeGreaterThan(300_000)
  })

  it('rejects invalid keys and ends with the same errors as createOneTimeValues', async () => {
    const stores: OneTimeValues[] = [(await loadStores(server.address)).oneTimeValues, createOneTimeValues()]
    for (const store of stores) {
      await expect(store.addIfAbsent('', inAnHour())).rejects.toThrow(/1 to 512 characters/)
      await expect(store.addIfAbsent('a'.repeat(513), inAnHour())).rejects.toThrow(/1 to 512 characters/)
      await expect(store.addIfAbsent('a', NaN)).rejects.toThrow(/finite/)
    }
  })
})
