import { allOf, anyOf, hasClaim, hasRole, hasScope, where } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { headerValues } from '../answer.ts'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'

const john = await as({ roles: ['editor'], scope: 'read write', tenant: 'a' })
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

/** What guards let through. */
export function guardContract(target: Target): void {
  describe('a guard', () => {
    it.each(met)('lets through a caller who meets %s', async (_name, policy) => {
      const { port } = await serveOneRoute(target, { mounts: [{ auth: accepting() }], guards: [policy] })
      const answer = await ask(port, { headers: [john] })
      expect([answer.status, answer.body.toString()]).toEqual([200, 'john'])
    })

    it('lets through a caller who meets every one of several guards', async () => {
      const guards = [hasRole('editor'), hasScope('read'), isJohn]
      const { port } = await serveOneRoute(target, { mounts: [{ auth: accepting() }], guards })
      expect((await ask(port, { headers: [john] })).status).toBe(200)
    })

    it('leaves a request without a token to the middleware in front of it', async () => {
      const { port, reached } = await serveOneRoute(target, {
        mounts: [{ auth: accepting() }],
        guards: [hasRole('editor')],
      })
      expect(answerLines(await ask(port))).toEqual(refusalLines.token_missing)
      expect(reached).toEqual([])
    })
  })

  it('answers 500 where a handler asks for the caller and no middleware is mounted', async () => {
    const { port } = await serveOneRoute(target, { mounts: [], handler: (caller) => caller.get().subject ?? '' })
    const answer = await ask(port, { headers: [john] })
    expect([answer.status, headerValues(answer, 'www-authenticate')]).toEqual([500, []])
  })
}

/** Guards that stand alone, for adapters whose guards are asked by the framework itself. */
export function loneGuardContract(target: Target): void {
  describe('a guard without a middleware', () => {
    it.each(met)('ends as a 500 and lets nobody through who meets %s', async (_name, policy) => {
      const { port, reached } = await serveOneRoute(target, { mounts: [], guards: [policy] })
      const answer = await ask(port, { headers: [john] })
      expect([answer.status, headerValues(answer, 'www-authenticate')]).toEqual([500, []])
      expect(reached).toEqual([])
    })
  })
}
