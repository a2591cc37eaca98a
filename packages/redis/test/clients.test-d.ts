import { createRedisStores } from '@claimcheck/redis'
import type { RedisStores } from '@claimcheck/redis'
import { createClient, createClientPool, createCluster, createSentinel, defineScript, RESP_TYPES } from 'redis'
import type { RedisClientOptions, RedisClientType, RedisClusterType, RedisSentinelType } from 'redis'
import * as redis5 from 'redis5'

const script = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: 'return redis.call("GET", KEYS[1])',
  parseCommand: (parser, key: string) => parser.pushKey(key),
  transformReply: (reply: string) => reply,
})

// Every type of client of the package, in both versions, with various options.
export const stores: RedisStores[] = [
  createRedisStores(createClient()),
  createRedisStores(createClient({ url: 'redis://localhost:6379', RESP: 2 })),
  createRedisStores(createClient({ RESP: 3, commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } })),
  createRedisStores(createClient({ scripts: { script }, socket: { tls: true, host: 'a' } })),
  createRedisStores(createClient().withTypeMapping({ [RESP_TYPES.NUMBER]: String })),
  createRedisStores(createCluster({ rootNodes: [{ url: 'redis://a' }], defaults: { password: 'p' } })),
  createRedisStores(createSentinel({ name: 'main', sentinelRootNodes: [{ host: 'a', port: 1 }] })),
  createRedisStores(redis5.createClient()),
  createRedisStores(redis5.createCluster({ rootNodes: [] })),
]

// Clients with an explicit type.
export const ofType = (client: RedisClientType) => createRedisStores(client)
export const ofCluster = (client: RedisClusterType) => createRedisStores(client)
export const ofSentinel = (client: RedisSentinelType) => createRedisStores(client)
export const ofReturn = (client: ReturnType<typeof createClient>) => createRedisStores(client)
export const ofOptions = (options: RedisClientOptions) => createRedisStores(createClient(options))
export const ofFive = (client: redis5.RedisClientType) => createRedisStores(client)

// @ts-expect-error -- options are not a client
createRedisStores({ url: 'redis://localhost' })
// @ts-expect-error -- a Sentinel client of version 5 cannot be duplicated
createRedisStores(redis5.createSentinel({ name: 'main', sentinelRootNodes: [] }))
// @ts-expect-error -- a pool cannot be duplicated
createRedisStores(createClientPool())
