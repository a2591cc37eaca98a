import { createClient as createClient5 } from 'redis5'
import { createRedisStores } from '@claimcheck/redis'
import { createAuth } from '@claimcheck/core'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadStores } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { inAnHour, issuer, waitOptions, revoke, statusOf, tokenOf, waitForStatus } from './token-status.ts'

describe('revocations in Redis', withRedis, () => {
  let server: RedisServer
  let tests = 0
  let prefix = ''

  beforeAll(async () => {
    server = await RedisServer.start()
  })
  beforeEach(() => {
    tests += 1
    prefix = `test-${tests}`
  })
  afterAll(() => server.stop())

  const load = (options = {}) => loadStores(server.address, { prefix, ...options })

  it('applies a revocation immediately in the process that revokes, and soon in every other process', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'j1')
    expect(statusOf(one, 'j1')).toBe(true)
    await waitForStatus(other, 'j1', true)
    expect(statusOf(other, 'j2')).toBe(false)
    expect(other.state()).toMatchObject({ isReady: true, connected: true, entries: 1, problem: null })
  })

  it('loads all revocations before a process is ready', async () => {
    const first = await load()
    const many = Array.from({ length: 1500 }, (_, index) => `j${index}`)
    await Promise.all(many.map((jti) => revoke(first, jti)))
    const second = await load()
    expect(second.state().entries).toBe(1500)
    expect(many.filter((jti) => statusOf(second, jti) !== true)).toEqual([])
    expect(await first.client.get(`${prefix}:{revocations}:head`)).toMatch(`${second.state().lastId} `)
  })

  it('revokes a token, a session or a subject, of one issuer or without an issuer', async () => {
    const [one, other] = await Promise.all([load(), load()])
    const iat = Math.floor(Date.now() / 1000) - 60
    await one.revocations.revokeToken({ issuer: null, jti: 'j1', until: inAnHour() })
    await one.revocations.revokeSession({ issuer, sid: 's1', until: inAnHour() })
    await one.revocations.revokeSubject({ issuer, sub: 'u1', issuedBefore: iat })
    await vi.waitFor(() => expect(other.state().entries).toBe(3), waitOptions)
    for (const { revocations } of [one, other, await load()]) {
      const results = [
        { issuer: null, jti: 'j1' },
        { jti: 'j1' },
        { sid: 's1' },
        { issuer: 'https://other.test', sid: 's1' },
        { sub: 'u1', iat },
        { sub: 'u1', iat: iat + 1 },
      ].map((changes) => revocations.isRevoked(tokenOf(changes)))
      expect(results).toEqual([true, false, true, false, true, false])
    }
  })

  it('keeps a revocation until the latest end that was passed, and sends only changes to the stream', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'j1')
    await revoke(other, 'j1', inAnHour() + 60)
    await revoke(one, 'j1')
    expect(await one.client.zRangeWithScores(`${prefix}:{revocations}:live`, 0, -1)).toMatchObject([
      { value: JSON.stringify(['t', issuer, 'j1']), score: expect.closeTo(inAnHour() + 65, -1) },
    ])
    expect(await one.client.xLen(`${prefix}:{revocations}:stream`)).toBe(2)
  })

  it('removes a revocation from Redis when it has ended by every clock', async () => {
    const one = await load({ clockSkewSeconds: 0, clockToleranceSeconds: 0 })
    const live = `${prefix}:{revocations}:live`
    const soon = Math.ceil(Date.now() / 1000)
    await revoke(one, 'ends soon', soon)
    await revoke(one, 'ends later', soon + 3600)
    await vi.waitFor(async () => {
      await revoke(one, 'another')
      expect(await one.client.zRange(live, 0, -1)).toEqual(
        ['ends later', 'another'].map((jti) => JSON.stringify(['t', issuer, jti])),
      )
    }, waitOptions)
    // The whole set expires if no process writes any more.
    expect(await one.client.pTTL(live)).toBeGreaterThan(3_590_000)
    expect(await one.client.pTTL(live)).toBeLessThanOrEqual(3_601_000)
  })

  it('keeps a revocation in Redis for processes whose clocks are behind', async () => {
    const one = await load()
    const behind = await load({ now: () => Date.now() - 50_000 })
    const now = Math.floor(Date.now() / 1000)
    await revoke(behind, 'j1', now - 20)
    await revoke(one, 'j2')
    expect(statusOf(behind, 'j1')).toBe(true)
    const restarted = await load({ now: () => Date.now() - 50_000 })
    expect(statusOf(restarted, 'j1')).toBe(true)
    // By the clock of this process, the token has expired.
    expect(statusOf(one, 'j1')).toBe(false)
  })

  it('rejects a revocation when maxEntries is reached, and drops none', async () => {
    const one = await load({ maxEntries: 2 })
    await Promise.all([revoke(one, 'j1'), revoke(one, 'j2')])
    await expect(revoke(one, 'j3')).rejects.toMatchObject({
      reason: 'full',
      message: expect.stringMatching(/raise it/),
    })
    await expect(revoke(one, 'j1', inAnHour() + 60)).resolves.toBeUndefined()
    expect(['j1', 'j2', 'j3'].map((jti) => statusOf(one, jti))).toEqual([true, true, false])
  })

  it('rejects an invalid revocation before it is published', async () => {
    const { revocations, client } = await load()
    await expect(revocations.revokeToken({ issuer, jti: '', until: 1 })).rejects.toThrow(/jti must be/)
    await expect(revocations.revokeSession({ issuer, sid: 's', until: NaN })).rejects.toThrow(/until must be/)
    await expect(revocations.revokeSubject({ issuer, sub: 'u', issuedBefore: Date.now() })).rejects.toThrow(/seconds/)
    expect(await client.exists(`${prefix}:{revocations}:live`)).toBe(0)
  })

  it('stores a revocation with any string', async () => {
    const [one, other] = await Promise.all([load(), load()])
    const texts = ['"', '\\', '\n\r\0', ' ', '["t",null,"x"]', 'ü€😀', '\ud800', '{x}', 'a'.repeat(5000)]
    for (const text of texts) await revoke(one, text)
    for (const text of texts) await waitForStatus(other, text, true)
    const restarted = await load()
    expect(texts.filter((text) => statusOf(restarted, text) !== true)).toEqual([])
  })

  it('rejects a revoked token in an Auth that has cached it', async () => {
    const [one, other] = await Promise.all([load(), load()])
    const secret = 'a secret of this test, of 32 bytes and more'
    const auth = createAuth({ issuer, audience: 'api', keys: { secret }, revocation: other.revocations })
    const token = await new SignJWT({ jti: 'j1', sub: 'john' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer)
      .setAudience('api')
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(new TextEncoder().encode(secret))
    expect(await auth.verifyToken(token)).toMatchObject({ subject: 'john' })
    await revoke(one, 'j1')
    await waitForStatus(other, 'j1', true)
    await expect(auth.verifyToken(token)).rejects.toMatchObject({ code: 'token_revoked' })
    auth.close()
  })

  it('works with version 5 of the client, whatever its type mapping is', async () => {
    const other = await load()
    const client = createClient5({ ...server.address, commandOptions: { typeMapping: { 36: Buffer } } })
    client.on('error', () => undefined)
    await client.connect()
    const stores = createRedisStores(client, { prefix })
    await stores.ready()
    await revoke(other, 'j1')
    await stores.revocations.revokeToken({ issuer, jti: 'j2', until: inAnHour() })
    await waitForStatus(other, 'j2', true)
    await vi.waitFor(() => expect(stores.revocations.isRevoked(tokenOf({ jti: 'j1' }))).toBe(true), waitOptions)
    expect(await stores.oneTimeValues.addIfAbsent('v', inAnHour())).toBe(true)
    expect(await stores.sessions.list({ issuer, sub: 'john', now: 0 })).toEqual([])
    stores.close()
    client.destroy()
    const resp3 = createClient5({ ...server.address, RESP: 3 })
    const withResp3 = createRedisStores(resp3, { prefix, heartbeatSeconds: 0.1 })
    await vi.waitFor(() => expect(withResp3.state().problem).toMatch(/RESP 2/), waitOptions)
    withResp3.close()
  })

  it('closes all connections of the stores and rejects every later call', async () => {
    const one = await load({ maxStalenessSeconds: 0.3 })
    one.close()
    await expect(revoke(one, 'j1')).rejects.toMatchObject({ reason: 'unreachable' })
    await waitForStatus(one, 'j1', 'unreachable')
    expect(one.state()).toMatchObject({ isReady: false, connected: false })
    const connectionCount = async () => (await one.client.clientList()).length
    await vi.waitFor(async () => expect(await connectionCount()).toBe(1), waitOptions)
  })
})
