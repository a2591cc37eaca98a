import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadStores, openStores } from './open-stores.ts'
import type { OpenStores } from './open-stores.ts'
import { RedisServer } from './redis-server.ts'
import { inAnHour, waitOptions, revoke, statusOf, waitForStatus } from './token-status.ts'

export const live = 'claimcheck:{revocations}:live'
export const stream = 'claimcheck:{revocations}:stream'
export const head = 'claimcheck:{revocations}:head'
export const generation = 'claimcheck:{revocations}:generation'

const member = (jti: string) => JSON.stringify(['t', 'https://issuer.test', jti])

export type Loss = (stores: OpenStores) => Promise<unknown>

/** Each loss of data that a process which starts afterwards can notice. */
export const losses: readonly (readonly [what: string, lose: Loss])[] = [
  ['the live entries', ({ client }) => client.del(live)],
  ['the head', ({ client }) => client.del(head)],
  ['the generation', ({ client }) => client.del(generation)],
  ['the live entries and the stream', ({ client }) => client.del([live, stream])],
  ['the live entries and the head', ({ client }) => client.del([live, head])],
  ['the live entries and the generation', ({ client }) => client.del([live, generation])],
  ['the head and the generation', ({ client }) => client.del([head, generation])],
  ['everything but the live entries', ({ client }) => client.del([stream, head, generation])],
  ['everything but the stream', ({ client }) => client.del([live, head, generation])],
  ['everything but the head', ({ client }) => client.del([live, stream, generation])],
  ['everything but the generation', ({ client }) => client.del([live, stream, head])],
  ['the generation and got another one', ({ client }) => client.set(generation, 'another')],
  ['the entry that ends last', ({ client }) => client.zRem(live, member('last'))],
  ['an entry that ends before others', ({ client }) => client.zRem(live, member('j1'))],
]

/** Starts a Redis for each test and collects the warnings of the process. */
export function useRedis() {
  const warnings: string[] = []
  const note = (warning: Error) => void warnings.push(warning.message)
  let server: RedisServer

  beforeEach(async () => {
    server = await RedisServer.start()
    process.on('warning', note)
  })
  afterEach(async () => {
    process.off('warning', note)
    warnings.length = 0
    await server.stop()
  })

  const open = (options = {}) => openStores(server.address, options)
  const load = (options = {}) => loadStores(server.address, options)

  /** Revokes tokens, closes the process, and then loses data, so no process knows the revocations. */
  async function lose(loss: Loss, options = {}): Promise<void> {
    const one = await load(options)
    await revokeSome(one)
    one.close()
    await loss(one)
  }

  return { warnings, open, load, lose }
}

export async function revokeSome(stores: OpenStores): Promise<void> {
  for (const jti of ['j0', 'j1', 'j2']) await revoke(stores, jti)
  await revoke(stores, 'last', inAnHour() + 60)
}

/** Declares the tests of each loss. */
export function describeLosses(some: readonly (readonly [what: string, lose: Loss])[]): void {
  const { warnings, open, load, lose } = useRedis()

  describe.each(some)('after Redis lost %s', (_what, loss) => {
    it('accepts no token in a process that starts after a loss, and reports the loss', async () => {
      await lose(loss)
      const one = open()
      await expect(one.ready()).rejects.toMatchObject({ reason: 'lost' })
      expect([statusOf(one, 'j1'), statusOf(one, 'never revoked')]).toEqual(['lost', 'lost'])
      expect(one.state()).toMatchObject({
        isReady: false,
        problem: expect.stringMatching(/lost revocations/),
        lossDetectedAt: expect.closeTo(Date.now() / 1000, -1),
      })
      expect(warnings.filter((warning) => warning.includes('lost revocations'))).toHaveLength(1)
    })

    it('restores lost data from a running process, so that a new process serves', async () => {
      const one = await load()
      await revokeSome(one)
      await loss(one)
      const fresh = open()
      await vi.waitFor(() => fresh.ready(), waitOptions)
      expect(['j0', 'j1', 'j2', 'last', 'never revoked'].map((jti) => statusOf(fresh, jti))).toEqual([
        ...Array<boolean>(4).fill(true),
        false,
      ])
      await vi.waitFor(() => expect(one.state().lossDetectedAt).not.toBeNull(), waitOptions)
      await revoke(one, 'after')
      await waitForStatus(fresh, 'after', true)
      await vi.waitFor(() => expect([one.state().problem, fresh.state().problem]).toEqual([null, null]), waitOptions)
      await load()
    })
  })
}
