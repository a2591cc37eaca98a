import { createRevocations } from '@claimcheck/core/revocation'
import type { Revocations } from '@claimcheck/core'
import { createSessionStore, generateKeys } from '@claimcheck/issuer'
import type { SessionStore, SigningKey } from '@claimcheck/issuer'
import { createRedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'

/** The keys, sessions and revocations of the login: in this process, or in a Redis that several playgrounds share. */
export interface Stores {
  /** Where they are stored, for the welcome text. */
  readonly location: string
  readonly keys: SigningKey
  readonly sessions: SessionStore
  readonly revocations: Revocations
  close(): Promise<void>
}

/** The stores are unavailable. The message says what to do. */
export class StoresError extends Error {
  override readonly name = 'StoresError'

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : 'unknown error'
    super(`Cannot connect to the Redis at REDIS_URL (${reason}). Omit it to store sessions in this process.`, { cause })
  }
}

/** Opens the stores, in Redis if there is a URL. Rejects with a StoresError. */
export async function openStores(redisUrl: string | null): Promise<Stores> {
  if (redisUrl !== null) return openShared(redisUrl)
  return {
    location: 'in this process',
    keys: await generateKeys('ES256'),
    sessions: createSessionStore(),
    revocations: createRevocations(),
    close: async () => {},
  }
}

async function openShared(url: string): Promise<Stores> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  // Each failed call reports its own error.
  client.on('error', () => {})
  try {
    await client.connect()
    const stores = createRedisStores(client, { prefix: 'playground' })
    await stores.ready()
    return {
      location: 'in Redis, shared by all playgrounds with this REDIS_URL',
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

/** All playgrounds use the key of the first one, so that each accepts the tokens of the others. */
async function sharedKeys(client: { get(key: string): Promise<unknown>; set: SetOnce }): Promise<SigningKey> {
  await client.set('playground:keys', JSON.stringify(await generateKeys('ES256')), { condition: 'NX' })
  return JSON.parse(String(await client.get('playground:keys'))) as SigningKey
}

type SetOnce = (key: string, value: string, options: { readonly condition: 'NX' }) => Promise<unknown>
