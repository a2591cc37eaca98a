import { describe, expect, it, vi } from 'vitest'
import { withRedis } from './redis-server.ts'
import { waitOptions } from './token-status.ts'
import { revokeUnderLoad, ServingProcess, signToken, startServer, startsProcesses } from './revocation-processes.ts'

describe.skipIf(!startsProcesses)('several processes', { ...withRedis, timeout: 60_000 }, () => {
  it('rejects a revoked token in every process as soon as its state contains the revocation', async () => {
    await expect(revokeUnderLoad(2, 60)).resolves.toBeUndefined()
  })

  it('rejects a revoked token as long as any process would accept it, although clocks differ by a minute', async () => {
    const server = await startServer()
    const [ahead, behind] = await Promise.all([ServingProcess.start(server), ServingProcess.start(server, -60)])
    const now = Math.floor(Date.now() / 1000)
    // Expired by one clock, even with the tolerance, and valid for most of a minute by the other.
    const expiresAt = now - 6
    const [token, other] = await Promise.all([signToken('j1', expiresAt), signToken('j2', expiresAt)])
    expect([await ahead.verify(token), await behind.verify(token)]).toEqual([['token_expired'], ['valid']])
    await ahead.revoke('j1', expiresAt)
    await vi.waitFor(async () => expect(await behind.verify(token)).toEqual(['token_revoked']), waitOptions)
    // Each revocation removes expired entries, but this entry must stay.
    await ahead.revoke('j3', now + 60)
    const restarted = await ServingProcess.start(server, -60)
    expect(await restarted.verify(token, other)).toEqual(['token_revoked', 'valid'])
  })
})
