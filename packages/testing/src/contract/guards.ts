import { deepEqual, equal } from 'node:assert/strict'
import { allOf, anyOf, hasClaim, hasRole, hasScope, where } from '@claimcheck/core'
import { headerValues } from './response.ts'
import { sendRequest } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { authOptions, as } from './issuer.ts'
import { errorResponses } from './error-responses.ts'
import type { Suite } from './suite.ts'

const john = as({ roles: ['editor'], scope: 'read write', tenant: 'a' })
const isJohn = where('is john', ({ subject }) => subject === 'john')
const met = [
  ['a role', hasRole('editor')],
  ['one of several roles', hasRole('admin', 'editor')],
  ['a scope', hasScope('read')],
  ['every one of several scopes', hasScope('write', 'read')],
  ['a claim', hasClaim('tenant', 'a')],
  ['a custom test', isJohn],
  ['allOf several policies', allOf(hasRole('editor'), hasScope('read'), isJohn)],
  ['anyOf several policies', anyOf(hasRole('admin'), hasScope('write'))],
] as const

/** Three guards, one of which is not met. */
const unmet = [
  ['first', [hasRole('admin'), hasScope('read'), isJohn]],
  ['second', [hasRole('editor'), hasRole('admin'), isJohn]],
  ['last', [hasRole('editor'), hasScope('read'), hasRole('admin')]],
] as const

/** Other requests for which a guard runs. */
const others = [
  ['HEAD', { method: 'HEAD' }],
  ['POST', { method: 'POST' }],
  ['a URL with a query', { path: '/?page=2' }],
] as const

/** Tests which callers guards accept and reject. */
export function guardContract({ describe, it }: Suite): void {
  describe('a guard', () => {
    for (const [name, policy] of met)
      it(`accepts a caller who meets a guard for ${name}`, async ({ serve }) => {
        const { port } = await serve({ mounts: [{ auth: authOptions() }], guards: [policy] })
        const response = await sendRequest(port, { headers: [john] })
        deepEqual([response.status, response.body.toString()], [200, 'john'])
      })

    it('accepts a caller who meets all of several guards', async ({ serve }) => {
      const guards = [hasRole('editor'), hasScope('read'), isJohn]
      const { port } = await serve({ mounts: [{ auth: authOptions() }], guards })
      equal((await sendRequest(port, { headers: [john] })).status, 200)
    })

    for (const [place, guards] of unmet)
      it(`rejects a caller who does not meet the ${place} of several guards`, async ({ serve }) => {
        const { port, reached } = await serve({ mounts: [{ auth: authOptions() }], guards })
        deepEqual(responseLines(await sendRequest(port, { headers: [john] })), errorResponses.access_denied)
        deepEqual(reached, [])
      })

    it('runs several guards in order', async ({ serve }) => {
      const calls: string[] = []
      const recording = (name: string) => where(name, () => calls.push(name) > 0)
      const guards = ['first', 'second', 'third'].map(recording)
      const { port } = await serve({ mounts: [{ auth: authOptions() }], guards })
      equal((await sendRequest(port, { headers: [john] })).status, 200)
      deepEqual(calls, ['first', 'second', 'third'])
    })

    for (const [name, request] of others)
      it(`runs a guard for ${name}`, async ({ serve }) => {
        const { port, reached } = await serve({ mounts: [{ auth: authOptions() }], guards: [hasRole('editor')] })
        const rejected = await sendRequest(port, { ...request, headers: [as({ sub: 'jane' })] })
        deepEqual([rejected.status, reached], [403, []])
        equal((await sendRequest(port, { ...request, headers: [john] })).status, 200)
      })

    it('rejects a request without a token in the middleware before the guard', async ({ serve }) => {
      const { port, reached } = await serve({
        mounts: [{ auth: authOptions() }],
        guards: [hasRole('editor')],
      })
      deepEqual(responseLines(await sendRequest(port)), errorResponses.token_missing)
      deepEqual(reached, [])
    })
  })

  it('responds with 500 if a handler calls getAuth and no middleware is mounted', async ({ serve }) => {
    const { port } = await serve({ mounts: [], handler: (caller) => caller.get().subject ?? '' })
    const response = await sendRequest(port, { headers: [john] })
    deepEqual([response.status, headerValues(response, 'www-authenticate')], [500, []])
  })
}

/** Tests guards that are separate code, which the framework runs. */
export function loneGuardContract({ describe, it }: Suite): void {
  it('sends the error of the first guard that is not met', async ({ serve }) => {
    const guards = [hasScope('read', 'write'), hasRole('admin')]
    const { port, reached } = await serve({ mounts: [{ auth: authOptions() }], guards })
    deepEqual(
      responseLines(await sendRequest(port, { headers: [as({ sub: 'jane' })] })),
      errorResponses.scope_insufficient,
    )
    deepEqual(reached, [])
  })

  describe('a guard without a middleware', () => {
    for (const [name, policy] of met)
      it(`responds with 500 if no middleware is mounted before a guard for ${name}`, async ({ serve }) => {
        const { port, reached } = await serve({ mounts: [], guards: [policy] })
        const response = await sendRequest(port, { headers: [john] })
        deepEqual([response.status, headerValues(response, 'www-authenticate')], [500, []])
        deepEqual(reached, [])
      })
  })
}
