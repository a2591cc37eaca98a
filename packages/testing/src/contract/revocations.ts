import { deepEqual, equal } from 'node:assert/strict'
import { hasRole } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import type { Mode } from '@claimcheck/core/adapter'
import { sendRequest } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { authOptions, nowSeconds, sign } from './issuer.ts'
import { errorResponses } from './error-responses.ts'
import { describeCaller } from './describe-caller.ts'
import type { ContractTest, Suite } from './suite.ts'

const issuer = 'https://issuer.example'
const until = nowSeconds + 600

/** Tests a revocation list: a revoked token is rejected from the next request on, even on an open connection. */
export function revocationContract({ describe, it }: Suite): void {
  const start = async ({ serve }: ContractTest, mode: Mode = 'required') => {
    const revocation = createRevocations({ now: () => nowSeconds * 1000 })
    const auth = authOptions({ revocation, roles: { admin: 'admin' } })
    const served = await serve({
      mounts: [{ auth, mode }],
      handler: describeCaller,
      guards: [hasRole('admin')],
    })
    const token = sign({ jti: 'token-1', sid: 'session-1', admin: true })
    const call = async () =>
      responseLines(await sendRequest(served.port, { headers: [['Authorization', `Bearer ${token}`]] }))
    return { revocation, call, reached: served.reached }
  }

  describe('a revoked token', () => {
    for (const [how, method, entry] of [
      ['by its jti', 'revokeToken', { issuer, jti: 'token-1', until }],
      ['by its session', 'revokeSession', { issuer, sid: 'session-1', until }],
      ['by its subject', 'revokeSubject', { issuer, sub: 'john', issuedBefore: nowSeconds }],
    ] as const)
      it(`rejects the next request with a token that is revoked ${how}`, async (test) => {
        const { revocation, call, reached } = await start(test)
        equal((await call())[0], 'HTTP/1.1 200 OK')
        equal((await call())[0], 'HTTP/1.1 200 OK')
        await revocation[method](entry as never)
        deepEqual(await call(), errorResponses.token_revoked)
        equal(reached.length, 2)
      })

    for (const mode of ['optional', 'attempt'] as const)
      it(`rejects a revoked token at a guard in mode ${mode}`, async (test) => {
        const { revocation, call, reached } = await start(test, mode)
        await revocation.revokeToken({ issuer, jti: 'token-1', until })
        deepEqual(await call(), errorResponses.token_revoked)
        deepEqual(reached, [])
      })
  })
}
