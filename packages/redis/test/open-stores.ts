import { createRedisStores } from '@claimcheck/redis'
import type { RedisStoreOptions, RedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'
import type { RedisClientOptions, RedisClientType } from 'redis'
import { afterEach } from 'vitest'

/** A beat so short that what takes seconds otherwise is over at once. */
export const quick = { heartbeatSeconds: 0.1, commandTimeoutSeconds: 5 } as const

export interface Opened extends RedisStores {
  readonly client: RedisClientType
}

const open: { close(): void; readonly client: { destroy(): void } }[] = []

afterEach(() => {
  for (const { close, client } of open.splice(0)) {
    close()
    client.destroy()
  }
})

/** The stores of a process, on a client of its own that is connected or tries to be; both are gone after the test. */
export function openStores(address: RedisClientOptions, options: RedisStoreOptions = {}): Opened {
  const client = createClient(address) as RedisClientType
  client.on('error', () => undefined)
  client.connect().catch(() => undefined)
  const opened = { ...createRedisStores(client, { ...quick, ...options }), client }
  open.push(opened)
  return opened
}

/** The same, when the live revocations are loaded. */
export async function loadStores(address: RedisClientOptions, options: RedisStoreOptions = {}): Promise<Opened> {
  const opened = openStores(address, options)
  await opened.ready()
  return opened
}
