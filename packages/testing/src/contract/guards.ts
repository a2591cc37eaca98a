import { deepEqual, equal } from 'node:assert/strict'
import { allOf, anyOf, hasClaim, hasRole, hasScope, where } from '@claimcheck/core'
import { headerValues } from './answer.ts'
import { ask } from './raw-client.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as } from './issuer.ts'
import { refusalLines } from './refusal-lines.ts'
import type { Suite } from './suite.ts'

const john = as({ roles: ['editor'], scope: 'read write', tenant: 'a' })
const isJohn = where('is john', ({ subject }) => subject === 'john')
const met = [
  ['a role', hasRole('editor')],
  ['one of several roles', hasRole('admin', 'editor')],
  ['a scope', hasScope('read')],
  ['every one of several scopes', hasScope('write', 'read')],
  ['a claim', hasClaim('tenant', 'a')],
  ['a test of one’s own', isJohn],
  ['all of several policies', allOf(hasRole('editor'), hasScope('read'), isJohn)],
  ['one of several policies', anyOf(hasRole('admin'), hasScope('write'))],
] as const

/** Where one of three guards is not met. */
const places = [
  ['first', [hasRole('admin'), hasScope('read'), isJohn]],
  ['second', [hasRole('editor'), hasRole('admin'), isJohn]],
  ['last', [hasRole('editor'), hasScope('read'), hasRole('admin')]],
] as const

/** A request that is not the plain one, for which a guard is asked all the same. */
const others = [
  ['by HEAD', { method: 'HEAD' }],
  ['by POST', { method: 'POST' }],
  ['where the URL has a query', { path: '/?page=2' }],
] as const

/** Whom guards let through, and whom they stop. */
export function guardContract({ describe, it }: Suite): void {
  describe('a guard', () => {
    for (const [name, policy] of met)
      it(`lets through a caller who meets ${name}`, async ({ serve }) => {
        const { port } = await serve({ mounts: [{ auth: accepting() }], guards: [policy] })
        const answer = await ask(port, { headers: [john] })
        deepEqual([answer.status, answer.body.toString()], [200, 'john'])
      })

    it('lets through a caller who meets every one of several guards', async ({ serve }) => {
      const guards = [hasRole('editor'), hasScope('read'), isJohn]
      const { port } = await serve({ mounts: [{ auth: accepting() }], guards })
      equal((await ask(port, { headers: [john] })).status, 200)
    })

    for (const [place, guards] of places)
      it(`stops a caller who does not meet the ${place} of several guards`, async ({ serve }) => {
        const { port, reached } = await serve({ mounts: [{ auth: accepting() }], guards })
        deepEqual(answerLines(await ask(port, { headers: [john] })), refusalLines.access_denied)
        deepEqual(reached, [])
      })

    it('is asked in its order among several', async ({ serve }) => {
      const asked: string[] = []
      const noting = (name: string) => where(name, () => asked.push(name) > 0)
      const guards = ['first', 'second', 'third'].map(noting)
      const { port } = await serve({ mounts: [{ auth: accepting() }], guards })
      equal((await ask(port, { headers: [john] })).status, 200)
      deepEqual(asked, ['first', 'second', 'third'])
    })

    for (const [name, request] of others)
      it(`is asked ${name}`, async ({ serve }) => {
        const { port, reached } = await serve({ mounts: [{ auth: accepting() }], guards: [hasRole('editor')] })
        const stopped = await ask(port, { ...request, headers: [as({ sub: 'jane' })] })
        deepEqual([stopped.status, reached], [403, []])
        equal((await ask(port, { ...request, headers: [john] })).status, 200)
      })

    it('leaves a request without a token to the middleware in front of it', async ({ serve }) => {
      const { port, reached } = await serve({
        mounts: [{ auth: accepting() }],
        guards: [hasRole('editor')],
      })
      deepEqual(answerLines(await ask(port)), refusalLines.token_missing)
      deepEqual(reached, [])
    })
  })

  it('answers 500 where a handler asks for the caller and no middleware is mounted', async ({ serve }) => {
    const { port } = await serve({ mounts: [], handler: (caller) => caller.get().subject ?? '' })
    const answer = await ask(port, { headers: [john] })
    deepEqual([answer.status, headerValues(answer, 'www-authenticate')], [500, []])
  })
}

/** Guards that stand alone, for adapters whose guards are asked by the framework itself. */
export function loneGuardContract({ describe, it }: Suite): void {
  it('answers what the first of several guards says that is not met', async ({ serve }) => {
    const guards = [hasScope('read', 'write'), hasRole('admin')]
    const { port, reached } = await serve({ mounts: [{ auth: accepting() }], guards })
    deepEqual(answerLines(await ask(port, { headers: [as({ sub: 'jane' })] })), refusalLines.scope_insufficient)
    deepEqual(reached, [])
  })

  describe('a guard without a middleware', () => {
    for (const [name, policy] of met)
      it(`ends as a 500 and lets nobody through who meets ${name}`, async ({ serve }) => {
        const { port, reached } = await serve({ mounts: [], guards: [policy] })
        const answer = await ask(port, { headers: [john] })
        deepEqual([answer.status, headerValues(answer, 'www-authenticate')], [500, []])
        deepEqual(reached, [])
      })
  })
}
