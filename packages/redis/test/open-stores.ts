import { createRedisStores } from '@claimcheck/redis'
import type { RedisStoreOptions, RedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'
import type { RedisClientOptions, RedisClientType } from 'redis'
import { afterEach } from 'vitest'

/** A short heartbeat, so that what takes seconds by default takes a moment. */
export const fastHeartbeat = { heartbeatSeconds: 0.1, commandTimeoutSeconds: 5 } as const

export interface OpenStores extends RedisStores {
  readonly client: RedisClientType
}

const open: { close(): void; readonly client: { destroy(): void } }[] = []

afterEach(() => {
  for (const { close, client } of open.splice(0)) {
    close()
    client.destroy()
  }
})

/** Opens the stores of a process on its own client, which connects in the background. Both are closed after the test. */
export function openStores(address: RedisClientOptions, options: RedisStoreOptions = {}): OpenStores {
  const client = createClient(address) as RedisClientType
  client.on('error', () => undefined)
  client.connect().catch(() => undefined)
  const stores = { ...createRedisStores(client, { ...fastHeartbeat, ...options }), client }
  open.push(stores)
  return stores
}

/** The same, but waits until the live revocations have been loaded. */
export async function loadStores(address: RedisClientOptions, options: RedisStoreOptions = {}): Promise<OpenStores> {
  const stores = openStores(address, options)
  await stores.ready()
  return stores
}
