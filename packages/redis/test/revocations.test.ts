import { createClient as createClient5 } from 'redis5'
import { createRedisStores } from '@claimcheck/redis'
import { createAuth } from '@claimcheck/core'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadStores } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { inAnHour, issuer, patience, revoke, said, tokenOf, waitUntilSaid } from './revoked.ts'

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

  it('hold in the process that revoked as soon as it is told, and in every other soon after', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'j1')
    expect(said(one, 'j1')).toBe(true)
    await waitUntilSaid(other, 'j1', true)
    expect(said(other, 'j2')).toBe(false)
    expect(other.state()).toMatchObject({ isReady: true, connected: true, entries: 1, problem: null })
  })

  it('are loaded before a process is ready, thousands of them too', async () => {
    const first = await load()
    const many = Array.from({ length: 1500 }, (_, index) => `j${index}`)
    await Promise.all(many.map((jti) => revoke(first, jti)))
    const second = await load()
    expect(second.state().entries).toBe(1500)
    expect(many.filter((jti) => said(second, jti) !== true)).toEqual([])
    expect(await first.client.get(`${prefix}:{revocations}:head`)).toMatch(`${second.state().lastId} `)
  })

  it('are of a token, a session or a subject, each of one issuer or of none', async () => {
    const [one, other] = await Promise.all([load(), load()])
    const iat = Math.floor(Date.now() / 1000) - 60
    await one.revocations.revokeToken({ issuer: null, jti: 'j1', until: inAnHour() })
    await one.revocations.revokeSession({ issuer, sid: 's1', until: inAnHour() })
    await one.revocations.revokeSubject({ issuer, sub: 'u1', issuedBefore: iat })
    await vi.waitFor(() => expect(other.state().entries).toBe(3), patience)
    for (const { revocations } of [one, other, await load()]) {
      const answers = [
        { issuer: null, jti: 'j1' },
        { jti: 'j1' },
        { sid: 's1' },
        { issuer: 'https://other.test', sid: 's1' },
        { sub: 'u1', iat },
        { sub: 'u1', iat: iat + 1 },
      ].map((changes) => revocations.isRevoked(tokenOf(changes)))
      expect(answers).toEqual([true, false, true, false, true, false])
    }
  })

  it('last as long as the longest that was said, and the stream is told of what is new alone', async () => {
    const [one, other] = await Promise.all([load(), load()])
    await revoke(one, 'j1')
    await revoke(other, 'j1', inAnHour() + 60)
    await revoke(one, 'j1')
    expect(await one.client.zRangeWithScores(`${prefix}:{revocations}:live`, 0, -1)).toMatchObject([
      { value: JSON.stringify(['t', issuer, 'j1']), score: expect.closeTo(inAnHour() + 65, -1) },
    ])
    expect(await one.client.xLen(`${prefix}:{revocations}:stream`)).toBe(2)
  })

  it('leave Redis when they are over by every clock', async () => {
    const one = await load({ clockSkewSeconds: 0, clockToleranceSeconds: 0 })
    const live = `${prefix}:{revocations}:live`
    const soon = Math.ceil(Date.now() / 1000)
    await revoke(one, 'over soon', soon)
    await revoke(one, 'over later', soon + 3600)
    await vi.waitFor(async () => {
      await revoke(one, 'another')
      expect(await one.client.zRange(live, 0, -1)).toEqual(
        ['over later', 'another'].map((jti) => JSON.stringify(['t', issuer, jti])),
      )
    }, patience)
    // All of them, where nobody writes any more.
    expect(await one.client.pTTL(live)).toBeGreaterThan(3_590_000)
    expect(await one.client.pTTL(live)).toBeLessThanOrEqual(3_601_000)
  })

  it('stay in Redis for processes whose clocks are behind', async () => {
    const one = await load()
    const behind = await load({ now: () => Date.now() - 50_000 })
    const now = Math.floor(Date.now() / 1000)
    await revoke(behind, 'j1', now - 20)
    await revoke(one, 'j2')
    expect(said(behind, 'j1')).toBe(true)
    const restarted = await load({ now: () => Date.now() - 50_000 })
    expect(said(restarted, 'j1')).toBe(true)
    // Its own clock tells this one that the token is over.
    expect(said(one, 'j1')).toBe(false)
  })

  it('are refused when as many live as may, and none is dropped for another', async () => {
    const one = await load({ maxEntries: 2 })
    await Promise.all([revoke(one, 'j1'), revoke(one, 'j2')])
    await expect(revoke(one, 'j3')).rejects.toMatchObject({
      reason: 'full',
      message: expect.stringMatching(/raise it/),
    })
    await expect(revoke(one, 'j1', inAnHour() + 60)).resolves.toBeUndefined()
    expect(['j1', 'j2', 'j3'].map((jti) => said(one, jti))).toEqual([true, true, false])
  })

  it('of nonsense are refused before anybody hears of them', async () => {
    const { revocations, client } = await load()
    await expect(revocations.revokeToken({ issuer, jti: '', until: 1 })).rejects.toThrow(/jti must be/)
    await expect(revocations.revokeSession({ issuer, sid: 's', until: NaN })).rejects.toThrow(/until must be/)
    await expect(revocations.revokeSubject({ issuer, sub: 'u', issuedBefore: Date.now() })).rejects.toThrow(/seconds/)
    expect(await client.exists(`${prefix}:{revocations}:live`)).toBe(0)
  })

  it('survive any text', async () => {
    const [one, other] = await Promise.all([load(), load()])
    const texts = ['"', '\\', '\n\r\0', ' ', '["t",null,"x"]', 'ü€😀', '\ud800', '{x}', 'a'.repeat(5000)]
    for (const text of texts) await revoke(one, text)
    for (const text of texts) await waitUntilSaid(other, text, true)
    const restarted = await load()
    expect(texts.filter((text) => said(restarted, text) !== true)).toEqual([])
  })

  it('are what an Auth asks, for a token that it knows already too', async () => {
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
    await waitUntilSaid(other, 'j1', true)
    await expect(auth.verifyToken(token)).rejects.toMatchObject({ code: 'token_revoked' })
    auth.close()
  })

  it('work with version 5 of the client, and whatever its user mapped types to', async () => {
    const other = await load()
    const client = createClient5({ ...server.address, commandOptions: { typeMapping: { 36: Buffer } } })
    client.on('error', () => undefined)
    await client.connect()
    const stores = createRedisStores(client, { prefix })
    await stores.ready()
    await revoke(other, 'j1')
    await stores.revocations.revokeToken({ issuer, jti: 'j2', until: inAnHour() })
    await waitUntilSaid(other, 'j2', true)
    await vi.waitFor(() => expect(stores.revocations.isRevoked(tokenOf({ jti: 'j1' }))).toBe(true), patience)
    expect(await stores.oneTimeValues.addIfAbsent('v', inAnHour())).toBe(true)
    expect(await stores.sessions.list({ issuer, sub: 'john', now: 0 })).toEqual([])
    stores.close()
    client.destroy()
    const resp3 = createClient5({ ...server.address, RESP: 3 })
    const refused = createRedisStores(resp3, { prefix, heartbeatSeconds: 0.1 })
    await vi.waitFor(() => expect(refused.state().problem).toMatch(/RESP 2/), patience)
    refused.close()
  })

  it('end with their stores: nothing is answered from then on, and nothing runs', async () => {
    const one = await load({ maxStalenessSeconds: 0.3 })
    one.close()
    await expect(revoke(one, 'j1')).rejects.toMatchObject({ reason: 'unreachable' })
    await waitUntilSaid(one, 'j1', 'unreachable')
    expect(one.state()).toMatchObject({ isReady: false, connected: false })
    const ownConnections = async () => (await one.client.clientList()).length
    await vi.waitFor(async () => expect(await ownConnections()).toBe(1), patience)
  })
})
