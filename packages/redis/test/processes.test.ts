import { describe, expect, it, vi } from 'vitest'
import { withRedis } from './redis-server.ts'
import { patience } from './revoked.ts'
import { revokeUnderLoad, ServingProcess, signToken, startServer, startsProcesses } from './revocation-processes.ts'

describe.skipIf(!startsProcesses)('several processes', { ...withRedis, timeout: 60_000 }, () => {
  it('serve no token any more, once they report the id of its revocation', async () => {
    await expect(revokeUnderLoad(2, 60)).resolves.toBeUndefined()
  })

  it('whose clocks are a minute apart refuse a token for as long as any of them would take it', async () => {
    const server = await startServer()
    const [ahead, behind] = await Promise.all([ServingProcess.start(server), ServingProcess.start(server, -60)])
    const now = Math.floor(Date.now() / 1000)
    // Over by the clock of the one, tolerance included, and good for most of a minute by that of the other.
    const expiresAt = now - 6
    const [token, other] = await Promise.all([signToken('j1', expiresAt), signToken('j2', expiresAt)])
    expect([await ahead.verify(token), await behind.verify(token)]).toEqual([['token_expired'], ['good']])
    await ahead.revoke('j1', expiresAt)
    await vi.waitFor(async () => expect(await behind.verify(token)).toEqual(['token_revoked']), patience)
    // What is over is swept at each revocation: not this one.
    await ahead.revoke('j3', now + 60)
    const restarted = await ServingProcess.start(server, -60)
    expect(await restarted.verify(token, other)).toEqual(['token_revoked', 'good'])
  })
})
