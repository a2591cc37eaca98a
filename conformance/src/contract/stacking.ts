import { hasRole } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, bearer, sign } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { tellCaller, toldOf, toldOfNobody } from './tell-caller.ts'

const user = bearer(await sign({ sub: 'john', admin: true }))
const service = ['X-Service-Token', await sign({ sub: 'orders' })] as const
const badService = ['X-Service-Token', 'garbage'] as const
const ofUser = { auth: accepting() }
const ofService = { auth: accepting({ realm: 'services', tokenFrom: { header: 'x-service-token' } }) }
const malformedService = [
  'HTTP/1.1 401 Unauthorized',
  'cache-control: no-store',
  'content-type: application/problem+json',
  'www-authenticate: Bearer realm="services", error="invalid_token", error_description="The token is malformed"',
  '',
  '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"The token is malformed","code":"token_malformed"}',
]

/** One `jwtAuth` in a way of a request, for adapters that let no second one in. */
export function singleMountContract(target: Target): void {
  it('refuses to start with two stacked middlewares', async () => {
    const starts = serveOneRoute(target, { mounts: [ofUser, ofService] })
    await expect(starts).rejects.toMatchObject({ name: 'ConfigError', field: 'jwtAuth' })
  })
}

/** Two `jwtAuth` in one way of a request. */
export function stackingContract(target: Target): void {
  const serve = (spec: OneRoute) => serveOneRoute(target, { handler: tellCaller, ...spec })

  describe('of two stacked middlewares', () => {
    it('the last one’s principal stands', async () => {
      const { port } = await serve({ mounts: [ofUser, ofService] })
      expect(JSON.parse((await ask(port, { headers: [user, service] })).body.toString())).toEqual(toldOf('orders'))
    })

    it('both must pass', async () => {
      const { port, reached } = await serve({ mounts: [ofUser, ofService] })
      expect(answerLines(await ask(port, { headers: [service] }))).toEqual(refusalLines.token_missing)
      expect(answerLines(await ask(port, { headers: [user, badService] }))).toEqual(malformedService)
      expect(reached).toEqual([])
    })

    it('the last one says nobody, where it lets nobody pass', async () => {
      const { port } = await serve({ mounts: [ofUser, { ...ofService, mode: 'optional' }] })
      expect(JSON.parse((await ask(port, { headers: [user] })).body.toString())).toEqual(toldOfNobody)
    })

    it('guards ask the last one’s principal, and refuse in its realm', async () => {
      const { port, reached } = await serve({
        mounts: [ofUser, { ...ofService, mode: 'attempt' }],
        guards: [hasRole('admin')],
      })
      expect(answerLines(await ask(port, { headers: [user, service] }))).toEqual(refusalLines.access_denied)
      expect(answerLines(await ask(port, { headers: [user, badService] }))).toEqual(malformedService)
      expect(reached).toEqual([])
    })

    it('the last one’s refusal leaves nobody for an error handler to take for the caller', async () => {
      const told: string[] = []
      const onError: OneRoute['onError'] = (_error, caller) => {
        told.push(caller.find()?.subject ?? 'nobody', String(caller.stored()))
        return { status: 401, headers: {}, body: '' }
      }
      const { port } = await serve({ mounts: [ofUser, { ...ofService, errors: 'forward' }], onError })
      await ask(port, { headers: [user, badService] })
      expect(told).toEqual(['nobody', 'null'])
    })
  })
}
