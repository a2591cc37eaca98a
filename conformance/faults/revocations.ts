import { AuthError } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import { describe, expect, it } from 'vitest'
import { authOptions, sign } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import type { Harness } from '../src/harness.ts'
import { until } from '../src/outcome.ts'
import { modes, stopTimers, thenable, unreadableThenable, watchUnhandledRejections } from './fakes.ts'

const good = sign({ jti: 'token-1' })
const silence = new Promise<never>(() => undefined)

/** Results that are not booleans, truthy and falsy. */
const invalidValues: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['zero', 0],
  ['one', 1],
  ['NaN', Number.NaN],
  ['an empty string', ''],
  ['the string false', 'false'],
  ['the string OK', 'OK'],
  ['an empty array', []],
  ['an object', { revoked: false }],
  ['a Boolean object', Object(false)],
  ['a function', () => false],
  ['a symbol', Symbol('false')],
]

const failures: readonly (readonly [string, () => unknown])[] = [
  ['throws an AuthError', () => raise(new AuthError('token_revoked'))],
  ['throws an AuthError that optional mode would ignore', () => raise(new AuthError('token_missing'))],
  ['rejects with undefined', () => Promise.reject()],
  ['returns an object whose then throws', () => thenable(() => raise(new Error('at once')))],
  ['returns an object whose then rejects with undefined', () => thenable((_resolve, reject) => reject(undefined))],
  ['returns an object whose then cannot be read', unreadableThenable],
]

type Check = () => unknown

/** The sources of a revocation check: a function of the user, or a list. */
const sources: readonly (readonly [string, (check: Check) => SomeOptions])[] = [
  ['a revocation hook', (check) => ({ isRevoked: check as () => boolean })],
  ['a revocation list', (check) => ({ revocation: { ...createRevocations(), isRevoked: check as () => boolean } })],
]

/** A revocation check that fails in every possible way causes 503 in every mode. */
export function revocationFaults(harness: Harness): void {
  describe.each(sources)('%s', (_source, createOptions) => {
    const outcomesWith = async (check: Check) => {
      const outcomes: unknown[] = []
      for (const mode of modes) {
        const { sendToken, handlerCalls } = await harness.start(authOptions(createOptions(check)), { mode })
        outcomes.push([await sendToken(good), await sendToken(good), handlerCalls()])
      }
      return outcomes
    }
    const outage = modes.map(() => ['revocation_unavailable', 'revocation_unavailable', 0])

    it.each(invalidValues)(
      'responds with 503 if the check returns %s, synchronously or asynchronously',
      async (_name, value) => {
        expect(await outcomesWith(() => value)).toEqual(outage)
        expect(await outcomesWith(async () => value)).toEqual(outage)
        expect(await outcomesWith(() => thenable((resolve) => resolve(value)))).toEqual(outage)
      },
    )

    it.each(failures)('responds with 503 if the check %s', async (_name, isRevoked) => {
      const unhandled = watchUnhandledRejections()
      expect(await outcomesWith(isRevoked)).toEqual(outage)
      expect(unhandled).toEqual([])
    })

    it('accepts a promise of another library from the check', async () => {
      const resolvingTo = (result: boolean) => () => thenable((resolve) => resolve(result))
      expect(await outcomesWith(resolvingTo(false))).toEqual(modes.map(() => ['john', 'john', 2]))
      const [required] = await outcomesWith(resolvingTo(true))
      expect(required).toEqual(['token_revoked', 'token_revoked', 0])
    })

    it.each(modes)('responds with 503 after 2 seconds in mode %s if the check never responds', async (mode) => {
      const { passed } = stopTimers()
      let calls = 0
      const isRevoked = () => {
        calls++
        return calls % 2 === 0 ? silence : (thenable(() => undefined) as Promise<never>)
      }
      const { sendToken, handlerCalls } = await harness.start(authOptions(createOptions(isRevoked)), { mode })
      const outcomes: string[] = []
      const waiting = Promise.all([good, good].map(async (token) => outcomes.push(await sendToken(token))))
      await until(() => calls === 2)
      await passed(1999)
      expect(outcomes).toEqual([])
      await passed(1)
      await waiting
      expect([outcomes, handlerCalls()]).toEqual([['revocation_unavailable', 'revocation_unavailable'], 0])
    })

    it('accepts no request and causes no unhandled rejection if the check responds after the timeout', async () => {
      const unhandled = watchUnhandledRejections()
      const { passed } = stopTimers()
      const late: ((result: Promise<boolean> | boolean) => void)[] = []
      const isRevoked = () => new Promise<boolean>((resolve) => late.push(resolve))
      const { sendToken, handlerCalls } = await harness.start(authOptions(createOptions(isRevoked)))
      const waiting = Promise.all([sendToken(good), sendToken(good)])
      await until(() => late.length === 2)
      await passed(2000)
      expect(await waiting).toEqual(['revocation_unavailable', 'revocation_unavailable'])
      late[0]?.(false)
      late[1]?.(Promise.reject(new Error('much too late')))
      await new Promise((resolve) => setImmediate(resolve))
      expect([handlerCalls(), unhandled]).toEqual([0, []])
    })
  })
}

function raise(reason: Error): never {
  throw reason
}
