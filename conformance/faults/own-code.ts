import { where } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { Harness, RouteOptions } from '../src/harness.ts'
import { authOptions, sign } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import { modes } from './fakes.ts'

const good = sign({ roles: ['admin'] })

/** Values that code throws by mistake instead of an error. Some have a meaning for a framework. */
const thrown: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['false', false],
  ['zero', 0],
  ['an empty string', ''],
  ['"route", with which Express leaves a route', 'route'],
  ['"router", with which Express leaves a router', 'router'],
  ['an object', {}],
  ['an object with a status', { status: 204, statusCode: 204 }],
  ['a symbol', Symbol('reason')],
]

const places: readonly (readonly [
  string,
  (fail: () => never) => { readonly options?: SomeOptions; readonly spec?: RouteOptions },
])[] = [
  ['a role rule', (fail) => ({ options: { roles: { admin: fail } } })],
  ['a test passed to where', (fail) => ({ spec: { guards: [where('a test', fail)] } })],
  [
    'a schema of claims',
    (fail) => ({ options: { claims: { '~standard': { version: 1, vendor: 'test', validate: fail } } } }),
  ],
  ['a clock', (fail) => ({ options: { now: fail } })],
]

/** User code that throws a value that is not an error. This is a bug like any other, and no request is accepted. */
export function ownCodeFaults(harness: Harness): void {
  describe.each(places)('%s that throws', (_place, placing) => {
    it.each(thrown)('responds with 500 and does not reach the handler if it throws %s', async (_name, reason) => {
      const { options = {}, spec = {} } = placing(() => {
        throw reason
      })
      for (const mode of modes) {
        const { sendToken, handlerCalls } = await harness.start(authOptions(options), { ...spec, mode })
        expect([mode, await sendToken(good), handlerCalls()]).toEqual([mode, 'bug', 0])
      }
    })
  })
}
