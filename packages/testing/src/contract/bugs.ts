import { deepEqual, equal, ok } from 'node:assert/strict'
import { AuthError, where } from '@claimcheck/core'
import { headerValues } from './answer.ts'
import { ask } from './raw-client.ts'
import { accepting, as } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import type { Suite } from './suite.ts'

const john = as({ roles: ['admin'] })
const fault = new RangeError('a bug of the application')
/** A place in a file, as every line of a stack names one, in HTML too. */
const stackLine = /\bat .+:\d+:\d+/
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
export function bugContract({ describe, it }: Suite): void {
  for (const mode of ['required', 'optional', 'attempt'] as const)
    describe(`a bug under mode ${mode}`, () => {
      for (const [name, { mounts, ...spec }] of bugs)
        it(`ends as a 500 and never reaches the handler: ${name}`, async ({ serve }) => {
          const ofMode = mounts.map((mount) => ({ ...mount, mode }))
          const { port, reached } = await serve({ ...spec, mounts: ofMode })
          const answer = await ask(port, { headers: [john] })
          deepEqual([answer.status, headerValues(answer, 'www-authenticate')], [500, []])
          ok(!headerValues(answer, 'content-type').includes('application/problem+json'))
          ok(!stackLine.test(answer.body.toString()), 'The answer to a bug shows its stack')
          deepEqual(reached, [])
        })
    })

  for (const errors of ['respond', 'forward'] as const)
    describe(`a bug with errors ${errors}`, () => {
      for (const [name, { mounts, ...spec }] of [
        ['a role rule', withRule(fail)],
        ['a test', withTest(fail)],
      ] as const)
        it(`reaches the application’s error handler as it was thrown: ${name}`, async ({ serve }) => {
          const seen: unknown[] = []
          const onError = (error: unknown) => {
            seen.push(error)
            return { status: 500, headers: {}, body: 'worded' }
          }
          const ofErrors = mounts.map((mount) => ({ ...mount, onError: errors }))
          const { port, reached } = await serve({ ...spec, mounts: ofErrors, onError })
          const answer = await ask(port, { headers: [john] })
          deepEqual([answer.status, answer.body.toString()], [500, 'worded'])
          equal(seen.length, 1)
          equal(seen[0], fault)
          deepEqual(reached, [])
        })
    })

  it('answers a refusal that cannot be written, and leaves no unhandled rejection', async ({
    serve,
    watchUnhandledRejections,
  }) => {
    const unhandled = watchUnhandledRejections()
    const keys = { find: refuseUnwritably, has: () => true }
    const { port, reached } = await serve({ mounts: [{ auth: accepting({ keys }) }] })
    const answer = await ask(port, { headers: [john] })
    ok(answer.status >= 400)
    deepEqual(unhandled, [])
    deepEqual(reached, [])
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
