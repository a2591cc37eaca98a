import { deepEqual, equal, ok } from 'node:assert/strict'
import { AuthError, where } from '@claimcheck/core'
import { headerValues } from './response.ts'
import { sendRequest } from './raw-client.ts'
import { authOptions, as } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import type { Suite } from './suite.ts'

const john = as({ roles: ['admin'] })
const bug = new RangeError('a bug of the application')
/** A position in a file, as in every line of a stack trace, even in HTML. */
const stackLine = /\bat .+:\d+:\d+/
const late: unknown = Promise.resolve(true)

const withRule = (rule: () => boolean) => ({ mounts: [{ auth: authOptions({ roles: { admin: rule } }) }] })
const withTest = (test: () => boolean) => ({ mounts: [{ auth: authOptions() }], guards: [where('a test', test)] })

const withSchema = (validate: NonNullable<SomeOptions['claims']>['~standard']['validate']) => ({
  mounts: [{ auth: authOptions({ claims: { '~standard': { version: 1, vendor: 'test', validate } } }) }],
})

/** A bug in each kind of code of the application that core calls. */
const bugs: readonly (readonly [string, Pick<OneRoute, 'mounts' | 'guards'>])[] = [
  ['a role rule that throws', withRule(fail)],
  ['a role rule that throws an AuthError', withRule(throwAuthError)],
  ['a role rule that returns a promise', withRule(() => late as boolean)],
  ['a test that throws', withTest(fail)],
  ['a test that throws an AuthError', withTest(throwAuthError)],
  ['a test that returns a promise', withTest(() => late as boolean)],
  ['a claims schema that throws', withSchema(fail)],
  ['a claims schema that throws an AuthError', withSchema(throwAuthError)],
  ['a claims schema that is asynchronous', withSchema(async () => ({ value: {} }))],
  ['a claims schema that returns no result', withSchema(() => ({}) as never)],
  ['a clock that returns NaN', { mounts: [{ auth: authOptions({ now: () => Number.NaN }) }] }],
]

/** Tests that a bug is not a rejection: the framework handles it, and the request does not reach the handler. */
export function bugContract({ describe, it }: Suite): void {
  for (const mode of ['required', 'optional', 'attempt'] as const)
    describe(`a bug in mode ${mode}`, () => {
      for (const [name, { mounts, ...spec }] of bugs)
        it(`responds with 500 to ${name} in mode ${mode}, without calling the handler`, async ({ serve }) => {
          const ofMode = mounts.map((mount) => ({ ...mount, mode }))
          const { port, reached } = await serve({ ...spec, mounts: ofMode })
          const response = await sendRequest(port, { headers: [john] })
          deepEqual([response.status, headerValues(response, 'www-authenticate')], [500, []])
          ok(!headerValues(response, 'content-type').includes('application/problem+json'))
          ok(!stackLine.test(response.body.toString()), 'The response shows a stack trace')
          deepEqual(reached, [])
        })
    })

  for (const errors of ['respond', 'forward'] as const)
    describe(`a bug with onError ${errors}`, () => {
      for (const [name, { mounts, ...spec }] of [
        ['a role rule', withRule(fail)],
        ['a test', withTest(fail)],
      ] as const)
        it(`passes a bug of ${name} unchanged to the application’s error handler with onError ${errors}`, async ({
          serve,
        }) => {
          const seen: unknown[] = []
          const onError = (error: unknown) => {
            seen.push(error)
            return { status: 500, headers: {}, body: 'custom' }
          }
          const ofErrors = mounts.map((mount) => ({ ...mount, onError: errors }))
          const { port, reached } = await serve({ ...spec, mounts: ofErrors, onError })
          const response = await sendRequest(port, { headers: [john] })
          deepEqual([response.status, response.body.toString()], [500, 'custom'])
          equal(seen.length, 1)
          equal(seen[0], bug)
          deepEqual(reached, [])
        })
    })

  it('responds with an error if an error response cannot be written, without an unhandled rejection', async ({
    serve,
    watchUnhandledRejections,
  }) => {
    const unhandled = watchUnhandledRejections()
    const keys = { find: throwUnwritable, has: () => true }
    const { port, reached } = await serve({ mounts: [{ auth: authOptions({ keys }) }] })
    const response = await sendRequest(port, { headers: [john] })
    ok(response.status >= 400)
    deepEqual(unhandled, [])
    deepEqual(reached, [])
  })
}

function fail(): never {
  throw bug
}

function throwAuthError(): never {
  throw new AuthError('access_denied')
}

/** Throws an AuthError of another copy of the package whose headers no server can send. */
function throwUnwritable(): never {
  const parts = { code: 'keys_unavailable', status: 503, type: 'about:blank', headers: { 'Retry-After': 'a\nb' } }
  throw Object.assign(new Error('broken'), parts, { [Symbol.for('claimcheck.AuthError')]: true })
}
