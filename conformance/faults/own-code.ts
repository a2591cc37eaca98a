import { where } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { Harness, DoorSpec } from '../advisories/door.ts'
import { accepting, sign } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import { modes } from './modes.ts'

const good = sign({ roles: ['admin'] })

/** What code throws that forgets to throw an error; some of it means something to a framework. */
const thrown: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['false', false],
  ['zero', 0],
  ['an empty text', ''],
  ['the text route, by which Express leaves a route', 'route'],
  ['the text router, by which Express leaves a router', 'router'],
  ['an object', {}],
  ['an object with a status', { status: 204, statusCode: 204 }],
  ['a symbol', Symbol('reason')],
]

const places: readonly (readonly [
  string,
  (fail: () => never) => { readonly options?: SomeOptions; readonly spec?: DoorSpec },
])[] = [
  ['a role rule', (fail) => ({ options: { roles: { admin: fail } } })],
  ['a test of where', (fail) => ({ spec: { guards: [where('a test', fail)] } })],
  [
    'a schema of claims',
    (fail) => ({ options: { claims: { '~standard': { version: 1, vendor: 'test', validate: fail } } } }),
  ],
  ['a clock', (fail) => ({ options: { now: fail } })],
]

/** Code of the user's that throws what is no error: it is a bug as an error would be, and nobody gets in by it. */
export function ownCodeFaults(door: Harness): void {
  describe.each(places)('%s that throws', (_place, placing) => {
    it.each(thrown)('%s is a 500, and the handler is not reached', async (_name, reason) => {
      const { options = {}, spec = {} } = placing(() => {
        throw reason
      })
      for (const mode of modes) {
        const { present, timesReached } = await door.open(accepting(options), { ...spec, mode })
        expect([mode, await present(good), timesReached()]).toEqual([mode, 'bug', 0])
      }
    })
  })
}
