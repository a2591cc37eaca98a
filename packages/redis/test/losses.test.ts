import { describe, expect, it, vi } from 'vitest'
import { describeLosses, head, live, losses, revokeSome, stream, useRedis } from './lost-revocations.ts'
import type { OpenStores } from './open-stores.ts'
import { withRedis } from './redis-server.ts'
import { inAnHour, issuer, waitOptions, revoke, statusOf, waitForStatus } from './token-status.ts'

/** The others run in losses.long.ts. */
const quickLosses = ['the live entries', 'the head', 'the generation', 'the entry that ends last']

describe('lost revocations', withRedis, () => {
  const { warnings, open, load, lose } = useRedis()

  describeLosses(losses.filter(([what]) => quickLosses.includes(what)))

  it('notices a loss even after a new revocation has been written', async () => {
    await lose(({ client }) => client.del(live))
    const one = open()
    await expect(one.ready()).rejects.toMatchObject({ reason: 'lost' })
    await revoke(one, 'after')
    one.close()
    const other = open()
    await expect(other.ready()).rejects.toMatchObject({ reason: 'lost' })
    expect(statusOf(other, 'never revoked')).toBe('lost')
  })

  it('serves in a new process only after every token issued before the loss has expired', async () => {
    let milliseconds = 0
    const now = () => Date.now() + milliseconds
    const options = { now, maxTokenLifetimeSeconds: 7200, clockToleranceSeconds: 5, clockSkewSeconds: 60 }
    await lose(({ client }) => client.del(live), options)
    const one = open(options)
    await expect(one.ready()).rejects.toMatchObject({ reason: 'lost' })
    await revoke(one, 'after', inAnHour() + 7200)
    milliseconds += 7_260_000
    await expect(one.ready()).rejects.toMatchObject({ reason: 'lost' })
    milliseconds += 5000
    await vi.waitFor(() => one.ready(), waitOptions)
    expect([statusOf(one, 'after'), statusOf(one, 'never revoked')]).toEqual([true, false])
    expect(one.state().problem).toBeNull()
    await load(options)
  })

  it('waits again after a second loss', async () => {
    let milliseconds = 0
    const options = { now: () => Date.now() + milliseconds, maxTokenLifetimeSeconds: 7200 }
    await lose(({ client }) => client.del(live), options)
    const one = open(options)
    await expect(one.ready()).rejects.toMatchObject({ reason: 'lost' })
    milliseconds += 7_000_000
    await revoke(one, 'after', inAnHour() + 7200)
    await one.client.del(live)
    await vi.waitFor(async () => expect(await one.client.get(head)).toMatch(/ lost 0 0 /), waitOptions)
    milliseconds += 7_000_000
    const other = open(options)
    for (const each of [one, other]) await expect(each.ready()).rejects.toMatchObject({ reason: 'lost' })
    milliseconds += 300_000
    for (const each of [one, other]) await vi.waitFor(() => each.ready(), waitOptions)
  })

  it('continues the wait after a restart of the process', async () => {
    const hours = (count: number) => ({ now: () => Date.now() + count * 3_600_000, maxTokenLifetimeSeconds: 7200 })
    await lose(({ client }) => client.del(live))
    for (const count of [0, 1, 1.9]) {
      const one = open(hours(count))
      await expect(one.ready()).rejects.toMatchObject({ reason: 'lost' })
      one.close()
    }
    const last = open(hours(2.1))
    await vi.waitFor(() => last.ready(), waitOptions)
  })

  it('reports no loss for entries that are missing after their end', async () => {
    const one = await load()
    await revoke(one, 'j1', Math.floor(Date.now() / 1000) + 30)
    one.close()
    await one.client.del(live)
    const late = await load({ now: () => Date.now() + 36_000 })
    expect(late.state()).toMatchObject({ isReady: true, entries: 0, problem: null, lossDetectedAt: null })
    await expect(open().ready()).rejects.toMatchObject({ reason: 'lost' })
  })

  it('reports no loss for an empty list with a generation', async () => {
    const one = await load()
    one.close()
    const second = await load({ clockSkewSeconds: 0 })
    expect(second.state()).toMatchObject({ isReady: true, entries: 0, lossDetectedAt: null })
    await revoke(second, 'expired', Math.floor(Date.now() / 1000) - 60)
    await vi.waitFor(async () => expect(await second.client.exists(live)).toBe(0), waitOptions)
    second.close()
    expect((await load()).state()).toMatchObject({ isReady: true, entries: 0, lossDetectedAt: null })
    expect(warnings).toEqual([])
  })

  it('reports no loss for a revocation that is rejected because the list is full', async () => {
    let milliseconds = 0
    const now = () => Date.now() + milliseconds
    const one = await load({ now })
    const small = await load({ now, maxEntries: 2 })
    await revoke(one, 'first', inAnHour() - 3000)
    for (const jti of ['j1', 'j2', 'last']) await revoke(one, jti)
    // The first has ended and will be removed, also by the clock of Redis.
    await one.client.zAdd(live, { value: JSON.stringify(['t', issuer, 'first']), score: 1000 })
    milliseconds = 700_000
    await expect(revoke(small, 'j3')).rejects.toMatchObject({ reason: 'full' })
    expect(await one.client.zCard(live)).toBe(3)
    expect((await load({ now })).state()).toMatchObject({ entries: 3, lossDetectedAt: null })
    expect(warnings).toEqual([])
  })

  it('reports no loss for a missing stream', async () => {
    const one = await load()
    await revokeSome(one)
    await one.client.del(stream)
    const fresh = await load()
    expect(statusOf(fresh, 'j1')).toBe(true)
    await revoke(fresh, 'after')
    await waitForStatus(one, 'after', true)
    expect([one.state().lossDetectedAt, fresh.state().lossDetectedAt]).toEqual([null, null])
  })

  it('waits for a running process after everything was lost, and reports the loss', async () => {
    const heartbeat = { heartbeatSeconds: 1.5 }
    const [one, other] = await Promise.all([load(heartbeat), load(heartbeat)])
    await revokeSome(one)
    await waitForStatus(other, 'last', true)
    await one.client.flushAll()
    const fresh = open(heartbeat)
    const statuses = new Set<unknown>()
    await vi.waitFor(() => {
      statuses.add(statusOf(fresh, 'j1'))
      expect(statusOf(fresh, 'j1')).toBe(true)
    }, waitOptions)
    expect(statuses).not.toContain(false)
    const all = [one, other, fresh]
    await vi.waitFor(() => expect(all.map((each) => each.state().lossDetectedAt)).not.toContain(null), waitOptions)
  })

  it('reports no loss for revocations that are written while other processes load', async () => {
    const [one, other] = await Promise.all([load(), load()])
    const revoking = Array.from({ length: 300 }, async (_, at) => {
      await revoke(at % 2 === 0 ? one : other, `j${at}`)
      // Every reader must load again.
      if (at % 50 === 0) await one.client.xTrim(stream, 'MAXLEN', 0)
    })
    await Promise.all(revoking)
    for (const each of [one, other]) await vi.waitFor(() => expect(each.state().entries).toBe(300), waitOptions)
    expect([one.state().lossDetectedAt, other.state().lossDetectedAt]).toEqual([null, null])
  })

  it('serves after two heartbeats on an empty Redis', async () => {
    await lose(({ client }) => client.flushAll())
    const started = performance.now()
    const one = await load({ heartbeatSeconds: 0.3 })
    expect(performance.now() - started).toBeGreaterThan(600)
    expect([statusOf(one, 'j1'), one.state().lossDetectedAt]).toEqual([false, null])
  })

  it('reports no loss for a revocation that is written during the first start', async () => {
    const [one, other] = [open(), open()]
    await revoke(one, 'j1')
    await Promise.all([one.ready(), other.ready()])
    expect([statusOf(one, 'j1'), statusOf(other, 'j1')]).toEqual([true, true])
    expect((await load()).state().lossDetectedAt).toBeNull()
    expect(warnings).toEqual([])
  })

  it('serves in a running process, but not in a new one, if Redis accepts no writes after a loss', async () => {
    const one = await load()
    await revokeSome(one)
    await Promise.all([one.client.del(live), one.client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])])
    await vi.waitFor(() => expect(one.state().problem).toMatch(/is a replica/), waitOptions)
    expect(statusOf(one, 'j1')).toBe(true)
    const fresh = open()
    await expect(fresh.ready()).rejects.toMatchObject({ reason: 'lost' })
    await one.client.sendCommand(['REPLICAOF', 'NO', 'ONE'])
    await vi.waitFor(() => fresh.ready(), waitOptions)
    expect(statusOf(fresh, 'j1')).toBe(true)
  })

  it('loads at most once per heartbeat while the head is missing', async () => {
    const one = await load({ heartbeatSeconds: 0.2 })
    await revokeSome(one)
    await Promise.all([one.client.del(head), one.client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])])
    await vi.waitFor(() => expect(one.state().problem).toMatch(/is a replica/), waitOptions)
    expect(await loadsPerSecond(one)).toBeLessThanOrEqual(7)
  })

  it('stops loading when the head has been restored', async () => {
    const one = await load()
    await revokeSome(one)
    await one.client.del(head)
    await vi.waitFor(async () => expect(await one.client.exists(head)).toBe(1), waitOptions)
    expect(await loadsPerSecond(one)).toBeLessThanOrEqual(1)
  })
})

/** By the statistics and the clock of Redis. */
async function loadsPerSecond({ client }: OpenStores): Promise<number> {
  const count = async () => Number(/cmdstat_zscan:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0)
  const time = async () => Number(((await client.sendCommand(['TIME'])) as unknown as string[]).join('.'))
  const [before, started] = [await count(), await time()]
  await vi.waitFor(async () => expect(await time()).toBeGreaterThan(started + 1), waitOptions)
  return ((await count()) - before) / ((await time()) - started)
}
