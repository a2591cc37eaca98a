import { deepEqual, rejects } from 'node:assert/strict'
import { hasRole } from '@claimcheck/core'
import { sendRequest } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { authOptions, bearer, sign } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import { errorResponses } from './error-responses.ts'
import { anonymousBody, callerBody, describeCaller } from './describe-caller.ts'
import type { Suite } from './suite.ts'

const user = bearer(sign({ sub: 'john', admin: true }))
const service = ['X-Service-Token', sign({ sub: 'orders' })] as const
const badService = ['X-Service-Token', 'garbage'] as const
const ofUser = { auth: authOptions() }
const ofService = { auth: authOptions({ realm: 'services', tokenFrom: { header: 'x-service-token' } }) }
const malformedService = [
  'HTTP/1.1 401 Unauthorized',
  'cache-control: no-store',
  'content-type: application/problem+json',
  'www-authenticate: Bearer realm="services", error="invalid_token", error_description="The token is malformed"',
  '',
  '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"The token is malformed","code":"token_malformed"}',
]

/** Tests that an adapter that cannot stack two `jwtAuth` throws at the start. */
export function singleMountContract({ it }: Suite): void {
  it('throws a ConfigError if two middlewares are stacked', async ({ serve }) => {
    await rejects(serve({ mounts: [ofUser, ofService] }), { name: 'ConfigError', option: 'jwtAuth' })
  })
}

/** Tests two `jwtAuth` that a request passes one after the other. */
export function stackingContract({ describe, it }: Suite): void {
  describe('two stacked middlewares', () => {
    it('provides the principal of the last of two stacked middlewares', async ({ serve }) => {
      const { port } = await serve({ mounts: [ofUser, ofService], handler: describeCaller })
      deepEqual(
        JSON.parse((await sendRequest(port, { headers: [user, service] })).body.toString()),
        callerBody('orders'),
      )
    })

    it('rejects a request that fails one of two stacked middlewares', async ({ serve }) => {
      const { port, reached } = await serve({ mounts: [ofUser, ofService] })
      deepEqual(responseLines(await sendRequest(port, { headers: [service] })), errorResponses.token_missing)
      deepEqual(responseLines(await sendRequest(port, { headers: [user, badService] })), malformedService)
      deepEqual(reached, [])
    })

    it('provides no principal if the last of two stacked middlewares found none', async ({ serve }) => {
      const { port } = await serve({ mounts: [ofUser, { ...ofService, mode: 'optional' }], handler: describeCaller })
      deepEqual(JSON.parse((await sendRequest(port, { headers: [user] })).body.toString()), anonymousBody)
    })

    it('checks guards with the principal and the realm of the last of two stacked middlewares', async ({ serve }) => {
      const { port, reached } = await serve({
        mounts: [ofUser, { ...ofService, mode: 'attempt' }],
        guards: [hasRole('admin')],
      })
      deepEqual(responseLines(await sendRequest(port, { headers: [user, service] })), errorResponses.access_denied)
      deepEqual(responseLines(await sendRequest(port, { headers: [user, badService] })), malformedService)
      deepEqual(reached, [])
    })

    it('provides no caller to an error handler if the last of two stacked middlewares rejects', async ({ serve }) => {
      const callers: string[] = []
      const onError: OneRoute['onError'] = (_error, caller) => {
        callers.push(caller.find()?.subject ?? 'anonymous', String(caller.stored()))
        return { status: 401, headers: {}, body: '' }
      }
      const { port } = await serve({ mounts: [ofUser, { ...ofService, onError: 'forward' }], onError })
      await sendRequest(port, { headers: [user, badService] })
      deepEqual(callers, ['anonymous', 'null'])
    })
  })
}
