import { createRedisStores } from '@claimcheck/redis'
import type { RedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe } from 'vitest'
import { RedisServer, withRedis } from '../../packages/redis/test/redis-server.ts'
import { sessionStoreContract } from './session-store-contract.ts'

describe('the Redis session store', withRedis, () => {
  let server: RedisServer
  let stores: RedisStores
  const end: (() => unknown)[] = []

  beforeAll(async () => {
    server = await RedisServer.start()
    const client = createClient(server.address)
    await client.connect()
    stores = createRedisStores(client)
    end.push(
      stores.close,
      () => client.close(),
      () => server.stop(),
    )
  })
  afterAll(async () => {
    for (const each of end) await each()
  })

  sessionStoreContract(async () => stores.sessions)
})
