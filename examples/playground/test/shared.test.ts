import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RedisServer, withRedis } from '../../../packages/redis/test/redis-server.ts'
import type { Playground } from '../src/playground.ts'
import { adaptersMissing } from './adapters.ts'

describe.skipIf(adaptersMissing !== null)('two playgrounds on one Redis', withRedis, () => {
  let redis: RedisServer
  let playgrounds: readonly [Playground, Playground]

  beforeAll(async () => {
    const { startPlayground } = await import('../src/playground.ts')
    redis = await RedisServer.start()
    playgrounds = [await startPlayground(0, redis.url), await startPlayground(0, redis.url)]
  })
  afterAll(async () => {
    await Promise.all(playgrounds.map(async (playground) => playground.stop()))
    await redis.stop()
  })

  it('accepts the login of one playground at both, and rejects its tokens at both after a logout', async () => {
    const [one, other] = playgrounds
    const { accessToken, refreshToken } = await post(one, '/login', { user: 'john' })
    const statuses = async () => {
      const calls = [...one.apis, ...other.apis].map(async ({ url }) => {
        return fetch(`${url}/me`, { headers: { Authorization: `Bearer ${accessToken}` } })
      })
      return (await Promise.all(calls)).map(({ status }) => status)
    }
    expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200])
    const next = await post(other, '/refresh', { refreshToken })
    const body = JSON.stringify({ refreshToken: next.refreshToken })
    expect((await fetch(`${other.loginUrl}/logout`, { method: 'POST', body })).status).toBe(204)
    // The other playground learns of the logout by a message, some milliseconds later.
    await expect.poll(statuses).toEqual([401, 401, 401, 401, 401, 401])
  })

  it('shows in the welcome text that Redis is used', async () => {
    const { plain } = await import('../src/style.ts')
    const { welcome } = await import('../src/welcome.ts')
    expect(welcome(playgrounds[0], plain)).toContain('in Redis, shared by all playgrounds with this REDIS_URL')
  })
})

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

async function post({ loginUrl }: Playground, path: string, body: object): Promise<Tokens> {
  const response = await fetch(loginUrl + path, { method: 'POST', body: JSON.stringify(body) })
  return (await response.json()) as Tokens
}
