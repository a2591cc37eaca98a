import { createRevocations } from '@claimcheck/core/revocation'
import type { Revocations } from '@claimcheck/core'
import { createSessionStore, generateKeys } from '@claimcheck/issuer'
import type { SessionStore, SigningKey } from '@claimcheck/issuer'
import { createRedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'

/** What a login keeps: in this process, or in Redis, where several playgrounds share it. */
export interface Stores {
  /** What the welcome says of it. */
  readonly where: string
  readonly keys: SigningKey
  readonly sessions: SessionStore
  readonly revocations: Revocations
  close(): Promise<void>
}

/** The stores are not to be had; the message says what to do. */
export class StoresError extends Error {
  override readonly name = 'StoresError'

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : 'it gave no reason'
    super(`REDIS_URL must lead to a Redis that answers (${reason}). Leave it out to keep all in this process.`, {
      cause,
    })
  }
}

/** Opens the stores; of Redis where there is a URL of one. */
export async function openStores(redisUrl: string | null): Promise<Stores> {
  if (redisUrl !== null) return openShared(redisUrl)
  return {
    where: 'in this process',
    keys: await generateKeys('ES256'),
    sessions: createSessionStore(),
    revocations: createRevocations(),
    close: async () => {},
  }
}

async function openShared(url: string): Promise<Stores> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  // Each call that it goes wrong for says so.
  client.on('error', () => {})
  try {
    await client.connect()
    const stores = createRedisStores(client, { prefix: 'playground' })
    await stores.ready()
    return {
      where: 'in Redis, with every playground that has this REDIS_URL',
      keys: await sharedKeys(client),
      sessions: stores.sessions,
      revocations: stores.revocations,
      close: async () => {
        stores.close()
        await client.close()
      },
    }
  } catch (cause) {
    client.destroy()
    throw new StoresError(cause)
  }
}

/** The key of whoever came first: what one playground signs, all of them take. */
async function sharedKeys(client: { get(key: string): Promise<unknown>; set: SetOnce }): Promise<SigningKey> {
  await client.set('playground:keys', JSON.stringify(await generateKeys('ES256')), { condition: 'NX' })
  return JSON.parse(String(await client.get('playground:keys'))) as SigningKey
}

type SetOnce = (key: string, value: string, options: { readonly condition: 'NX' }) => Promise<unknown>
