import { AuthError, where } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { headerValues } from '../answer.ts'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { accepting, as } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import type { OneRoute } from './one-route.ts'
import { watchUnhandledRejections } from './unhandled-rejections.ts'

const john = await as({ roles: ['admin'] })
const fault = new RangeError('a bug of the application')
const late: unknown = Promise.resolve(true)

const withRule = (rule: () => boolean) => ({ mounts: [{ auth: accepting({ roles: { admin: rule } }) }] })
const withTest = (test: () => boolean) => ({ mounts: [{ auth: accepting() }], guards: [where('a test', test)] })

const withSchema = (validate: NonNullable<SomeOptions['claims']>['~standard']['validate']) => ({
  mounts: [{ auth: accepting({ claims: { '~standard': { version: 1, vendor: 'test', validate } } }) }],
})

/** A bug in each place where the application's own code is asked. */
const bugs: readonly (readonly [string, Pick<OneRoute, 'mounts' | 'guards'>])[] = [
  ['a role rule that throws', withRule(fail)],
  ['a role rule that throws a refusal', withRule(refuse)],
  ['a role rule that returns a promise', withRule(() => late as boolean)],
  ['a test that throws', withTest(fail)],
  ['a test that throws a refusal', withTest(refuse)],
  ['a test that returns a promise', withTest(() => late as boolean)],
  ['a schema of claims that throws', withSchema(fail)],
  ['a schema of claims that throws a refusal', withSchema(refuse)],
  ['a schema of claims that is asynchronous', withSchema(async () => ({ value: {} }))],
  ['a schema of claims that gives no result', withSchema(() => ({}) as never)],
  ['a clock that gives no time', { mounts: [{ auth: accepting({ now: () => Number.NaN }) }] }],
]

/** A bug is no refusal: it goes to the framework, and the request goes no further. */
export function bugContract(target: Target): void {
  describe.each(['required', 'optional', 'attempt'] as const)('a bug under mode %s', (mode) => {
    it.each(bugs)('ends as a 500 and never reaches the handler: %s', async (_name, { mounts, ...spec }) => {
      const ofMode = mounts.map((mount) => ({ ...mount, mode }))
      const { port, reached } = await serveOneRoute(target, { ...spec, mounts: ofMode })
      const answer = await ask(port, { headers: [john] })
      expect([answer.status, headerValues(answer, 'www-authenticate')]).toEqual([500, []])
      expect(headerValues(answer, 'content-type')).not.toContain('application/problem+json')
      expect(reached).toEqual([])
    })
  })

  describe.each(['answer', 'forward'] as const)('a bug with errors %s', (errors) => {
    it.each([
      ['a role rule', withRule(fail)],
      ['a test', withTest(fail)],
    ])('reaches the application’s error handler as it was thrown: %s', async (_name, { mounts, ...spec }) => {
      const seen: unknown[] = []
      const onError = (error: unknown) => {
        seen.push(error)
        return { status: 500, headers: {}, body: 'worded' }
      }
      const ofErrors = mounts.map((mount) => ({ ...mount, errors }))
      const { port, reached } = await serveOneRoute(target, { ...spec, mounts: ofErrors, onError })
      const answer = await ask(port, { headers: [john] })
      expect([answer.status, answer.body.toString()]).toEqual([500, 'worded'])
      expect(seen).toHaveLength(1)
      expect(seen[0]).toBe(fault)
      expect(reached).toEqual([])
    })
  })

  it('answers a refusal that cannot be written, and leaves no unhandled rejection', async () => {
    const unhandled = watchUnhandledRejections()
    const keys = { find: refuseUnwritably, holds: () => true }
    const { port, reached } = await serveOneRoute(target, { mounts: [{ auth: accepting({ keys }) }] })
    const answer = await ask(port, { headers: [john] })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(unhandled).toEqual([])
    expect(reached).toEqual([])
  })
}

function fail(): never {
  throw fault
}

function refuse(): never {
  throw new AuthError('access_denied')
}

/** The AuthError of another copy of the package, whose headers no server can send. */
function refuseUnwritably(): never {
  const parts = { code: 'keys_unavailable', status: 503, type: 'about:blank', headers: { 'Retry-After': 'a\nb' } }
  throw Object.assign(new Error('broken'), parts, { [Symbol.for('claimcheck.AuthError')]: true })
}
