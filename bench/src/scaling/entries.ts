import type { RevocableToken } from '@claimcheck/core'
import { createRedisStores } from '@claimcheck/redis'
import type { RedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'

export const issuer = 'https://login.example.com'

/** As long as a UUID. */
export function jtiOf(index: number): string {
  return `0f8fad5b-d9cb-469f-a165-${String(index).padStart(12, '0')}`
}

export function tokenOf(index: number): RevocableToken {
  return { issuer, jti: jtiOf(index), sid: `sid-${index}`, sub: `sub-${index}`, iat: 1_700_000_000 }
}

/** The stores of a process, loaded. */
export async function loadStores(socket: string): Promise<RedisStores> {
  const client = createClient({ socket: { path: socket, tls: false } })
  await client.connect()
  const stores = createRedisStores(client)
  await stores.ready()
  return stores
}

/** Puts so many live entries where the stores look for them, faster than they would be revoked one by one. */
export async function fill(socket: string, count: number): Promise<{ readonly redisBytes: number }> {
  const client = createClient({ socket: { path: socket, tls: false } })
  await client.connect()
  // Entries in a Redis without a first start would be what a loss has left.
  const first = createRedisStores(client)
  await first.ready()
  first.close()
  const live = 'claimcheck:{revocations}:live'
  const score = Math.floor(Date.now() / 1000) + 86_400
  for (let from = 0; from < count; from += 10_000) {
    const indexes = Array.from({ length: Math.min(10_000, count - from) }, (_, at) => from + at)
    await client.zAdd(
      live,
      indexes.map((index) => ({ value: JSON.stringify(['t', issuer, jtiOf(index)]), score })),
    )
  }
  const redisBytes = Number(await client.sendCommand(['MEMORY', 'USAGE', live, 'SAMPLES', '1000']))
  await client.close()
  return { redisBytes }
}

/** The processor time that a Redis has used, in seconds. */
export async function cpuSecondsOf(socket: string): Promise<number> {
  const client = createClient({ socket: { path: socket, tls: false } })
  await client.connect()
  const told = await client.info('cpu')
  await client.close()
  return ['used_cpu_user', 'used_cpu_sys'].reduce((sum, name) => {
    return sum + Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(told)?.[1])
  }, 0)
}
