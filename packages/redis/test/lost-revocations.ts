import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadStores, openStores } from './open-stores.ts'
import type { Opened } from './open-stores.ts'
import { RedisServer } from './redis-server.ts'
import { inAnHour, patience, revoke, said, waitUntilSaid } from './revoked.ts'

export const live = 'claimcheck:{revocations}:live'
export const stream = 'claimcheck:{revocations}:stream'
export const head = 'claimcheck:{revocations}:head'
export const generation = 'claimcheck:{revocations}:generation'

const member = (jti: string) => JSON.stringify(['t', 'https://issuer.test', jti])

export type Lose = (stores: Opened) => Promise<unknown>

/** Each way to lose revocations that a process which starts afterwards can see. */
export const losses: readonly (readonly [what: string, lose: Lose])[] = [
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
  ['its generation to another', ({ client }) => client.set(generation, 'another')],
  ['the entry that ends last', ({ client }) => client.zRem(live, member('last'))],
  ['an entry that ends before others', ({ client }) => client.zRem(live, member('j1'))],
]

/** A Redis for each test, and the warnings of the process meanwhile. */
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

  /** Revokes, loses, and leaves no process that knows. */
  async function lose(how: Lose, options = {}): Promise<void> {
    const one = await load(options)
    await revokeSome(one)
    one.close()
    await how(one)
  }

  return { warnings, open, load, lose }
}

export async function revokeSome(stores: Opened): Promise<void> {
  for (const jti of ['j0', 'j1', 'j2']) await revoke(stores, jti)
  await revoke(stores, 'last', inAnHour() + 60)
}

/** What holds of every loss in the table. */
export function describeLosses(some: readonly (readonly [what: string, lose: Lose])[]): void {
  const { warnings, open, load, lose } = useRedis()

  describe.each(some)('after Redis lost %s', (_what, how) => {
    it('a process that starts accepts no token and reports the loss', async () => {
      await lose(how)
      const one = open()
      await expect(one.ready()).rejects.toMatchObject({ reason: 'lost' })
      expect([said(one, 'j1'), said(one, 'never revoked')]).toEqual(['lost', 'lost'])
      expect(one.state()).toMatchObject({
        isReady: false,
        problem: expect.stringMatching(/lost revocations/),
        lossDetectedAt: expect.closeTo(Date.now() / 1000, -1),
      })
      expect(warnings.filter((warning) => warning.includes('lost revocations'))).toHaveLength(1)
    })

    it('a running process gives back what it knows, and a new process serves', async () => {
      const one = await load()
      await revokeSome(one)
      await how(one)
      const fresh = open()
      await vi.waitFor(() => fresh.ready(), patience)
      expect(['j0', 'j1', 'j2', 'last', 'never revoked'].map((jti) => said(fresh, jti))).toEqual([
        ...Array<boolean>(4).fill(true),
        false,
      ])
      await vi.waitFor(() => expect(one.state().lossDetectedAt).not.toBeNull(), patience)
      await revoke(one, 'after')
      await waitUntilSaid(fresh, 'after', true)
      await vi.waitFor(() => expect([one.state().problem, fresh.state().problem]).toEqual([null, null]), patience)
      await load()
    })
  })
}
