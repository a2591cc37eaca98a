import { deepEqual, rejects } from 'node:assert/strict'
import { hasRole } from '@claimcheck/core'
import { ask } from './raw-client.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, bearer, sign } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { describeCaller, toldOf, toldOfNobody } from './describe-caller.ts'
import type { Suite } from './suite.ts'

const user = bearer(sign({ sub: 'john', admin: true }))
const service = ['X-Service-Token', sign({ sub: 'orders' })] as const
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
export function singleMountContract({ it }: Suite): void {
  it('refuses to start with two stacked middlewares', async ({ serve }) => {
    await rejects(serve({ mounts: [ofUser, ofService] }), { name: 'ConfigError', option: 'jwtAuth' })
  })
}

/** Two `jwtAuth` in one way of a request. */
export function stackingContract({ describe, it }: Suite): void {
  describe('of two stacked middlewares', () => {
    it('the last one’s principal stands', async ({ serve }) => {
      const { port } = await serve({ mounts: [ofUser, ofService], handler: describeCaller })
      deepEqual(JSON.parse((await ask(port, { headers: [user, service] })).body.toString()), toldOf('orders'))
    })

    it('both must pass', async ({ serve }) => {
      const { port, reached } = await serve({ mounts: [ofUser, ofService] })
      deepEqual(answerLines(await ask(port, { headers: [service] })), refusalLines.token_missing)
      deepEqual(answerLines(await ask(port, { headers: [user, badService] })), malformedService)
      deepEqual(reached, [])
    })

    it('the last one says nobody, where it lets nobody pass', async ({ serve }) => {
      const { port } = await serve({ mounts: [ofUser, { ...ofService, mode: 'optional' }], handler: describeCaller })
      deepEqual(JSON.parse((await ask(port, { headers: [user] })).body.toString()), toldOfNobody)
    })

    it('guards ask the last one’s principal, and refuse in its realm', async ({ serve }) => {
      const { port, reached } = await serve({
        mounts: [ofUser, { ...ofService, mode: 'attempt' }],
        guards: [hasRole('admin')],
      })
      deepEqual(answerLines(await ask(port, { headers: [user, service] })), refusalLines.access_denied)
      deepEqual(answerLines(await ask(port, { headers: [user, badService] })), malformedService)
      deepEqual(reached, [])
    })

    it('the last one’s refusal leaves nobody for an error handler to take for the caller', async ({ serve }) => {
      const told: string[] = []
      const onError: OneRoute['onError'] = (_error, caller) => {
        told.push(caller.find()?.subject ?? 'nobody', String(caller.stored()))
        return { status: 401, headers: {}, body: '' }
      }
      const { port } = await serve({ mounts: [ofUser, { ...ofService, onError: 'forward' }], onError })
      await ask(port, { headers: [user, badService] })
      deepEqual(told, ['nobody', 'null'])
    })
  })
}
