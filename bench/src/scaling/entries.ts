import type { RevocableToken } from '@claimcheck/core'
import { createRedisStores } from '@claimcheck/redis'
import type { RedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'

export const issuer = 'https://login.example.com'

/** A token ID with the length of a UUID. */
export function jtiOf(index: number): string {
  return `0f8fad5b-d9cb-469f-a165-${String(index).padStart(12, '0')}`
}

export function tokenOf(index: number): RevocableToken {
  return { issuer, jti: jtiOf(index), sid: `sid-${index}`, sub: `sub-${index}`, iat: 1_700_000_000 }
}

/** Opens the Redis stores of a process and waits until they have loaded. */
export async function openStores(socket: string): Promise<RedisStores> {
  const client = createClient({ socket: { path: socket, tls: false } })
  await client.connect()
  const stores = createRedisStores(client)
  await stores.ready()
  return stores
}

/** Writes this many active entries directly to Redis, which is faster than revoking one by one. */
export async function writeEntries(socket: string, count: number): Promise<{ readonly redisBytes: number }> {
  const client = createClient({ socket: { path: socket, tls: false } })
  await client.connect()
  // Entries in a Redis that no store has initialized would be treated as a loss of data.
  const first = createRedisStores(client)
  await first.ready()
  first.close()
  const key = 'claimcheck:{revocations}:live'
  const score = Math.floor(Date.now() / 1000) + 86_400
  for (let from = 0; from < count; from += 10_000) {
    const indexes = Array.from({ length: Math.min(10_000, count - from) }, (_, offset) => from + offset)
    await client.zAdd(
      key,
      indexes.map((index) => ({ value: JSON.stringify(['t', issuer, jtiOf(index)]), score })),
    )
  }
  const redisBytes = Number(await client.sendCommand(['MEMORY', 'USAGE', key, 'SAMPLES', '1000']))
  await client.close()
  return { redisBytes }
}

/** The processor time that Redis has used, in seconds. */
export async function cpuSecondsOf(socket: string): Promise<number> {
  const client = createClient({ socket: { path: socket, tls: false } })
  await client.connect()
  const info = await client.info('cpu')
  await client.close()
  return ['used_cpu_user', 'used_cpu_sys'].reduce((sum, name) => {
    return sum + Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1])
  }, 0)
}
