import { createRevocations, hasRole } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, nowSeconds, sign } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { tellCaller } from './tell-caller.ts'

const issuer = 'https://issuer.example'
const until = nowSeconds + 600

/** A list of revocations: what is in it is refused from the next request on, on connections that stay open too. */
export function revocationContract(target: Target): void {
  const serve = async (mode: 'required' | 'optional' | 'attempt' = 'required') => {
    const revocation = createRevocations({ now: () => nowSeconds * 1000 })
    const auth = accepting({ revocation, roles: { admin: 'admin' } })
    const served = await serveOneRoute(target, {
      mounts: [{ auth, mode }],
      handler: tellCaller,
      guards: [hasRole('admin')],
    })
    const token = await sign({ jti: 'token-1', sid: 'session-1', admin: true })
    const call = async () => answerLines(await ask(served.port, { headers: [['Authorization', `Bearer ${token}`]] }))
    return { revocation, call, reached: served.reached }
  }

  describe('a token that is revoked', () => {
    it.each([
      ['by itself', 'revokeToken', { issuer, jti: 'token-1', until }],
      ['by its session', 'revokeSession', { issuer, sid: 'session-1', until }],
      ['by its subject', 'revokeSubject', { issuer, sub: 'john', issuedBefore: nowSeconds }],
    ] as const)(
      '%s is refused by the next request, though its caller was let in before',
      async (_how, method, entry) => {
        const { revocation, call, reached } = await serve()
        expect((await call())[0]).toContain('200')
        expect((await call())[0]).toContain('200')
        await revocation[method](entry as never)
        expect(await call()).toEqual(refusalLines.token_revoked)
        expect(reached).toHaveLength(2)
      },
    )

    it.each(['optional', 'attempt'] as const)('is stopped by a guard under mode %s', async (mode) => {
      const { revocation, call, reached } = await serve(mode)
      await revocation.revokeToken({ issuer, jti: 'token-1', until })
      expect(await call()).toEqual(refusalLines.token_revoked)
      expect(reached).toEqual([])
    })
  })
}
