import { AuthError } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../advisories/door.ts'
import { until } from '../providers/outcome.ts'
import { accepting, sign } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import { watchUnhandledRejections } from './unhandled-rejections.ts'
import { modes } from './modes.ts'
import { stopTimers } from './stopped-timers.ts'
import { thenable, unreadableThenable } from './thenable.ts'

const good = sign({ jti: 'token-1' })
const silence = new Promise<never>(() => undefined)

/** Answers that are no boolean, whichever way they lean. */
const nonsense: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['zero', 0],
  ['one', 1],
  ['NaN', Number.NaN],
  ['an empty text', ''],
  ['the text false', 'false'],
  ['the text OK', 'OK'],
  ['an empty list', []],
  ['an object', { revoked: false }],
  ['an object around false', Object(false)],
  ['a function', () => false],
  ['a symbol', Symbol('false')],
]

const failures: readonly (readonly [string, () => unknown])[] = [
  ['throws a refusal of its own', () => raise(new AuthError('token_revoked'))],
  ['throws a refusal that a mode would soften', () => raise(new AuthError('token_missing'))],
  ['rejects with nothing', () => Promise.reject()],
  ['gives an object whose then throws', () => thenable(() => raise(new Error('at once')))],
  ['gives an object whose then rejects with nothing', () => thenable((_resolve, reject) => reject(undefined))],
  ['gives an object whose then cannot be read', unreadableThenable],
]

type Ask = () => unknown

/** Who is asked whether a token was revoked: a rule of the user's, or a list. */
const asked: readonly (readonly [string, (ask: Ask) => SomeOptions])[] = [
  ['a revocation hook', (ask) => ({ isRevoked: ask as () => boolean })],
  ['a list of revocations', (ask) => ({ revocation: { ...createRevocations(), isRevoked: ask as () => boolean } })],
]

/** A hook or a list that fails in every way there is: an outage, under every mode. */
export function revocationFaults(door: Harness): void {
  describe.each(asked)('%s', (_asked, asking) => {
    const outcomesWith = async (ask: Ask) => {
      const outcomes: unknown[] = []
      for (const mode of modes) {
        const { present, timesReached } = await door.open(accepting(asking(ask)), { mode })
        outcomes.push([await present(good), await present(good), timesReached()])
      }
      return outcomes
    }
    const outage = modes.map(() => ['revocation_unavailable', 'revocation_unavailable', 0])

    it.each(nonsense)('that answers %s lets nobody in, at once or later', async (_name, value) => {
      expect(await outcomesWith(() => value)).toEqual(outage)
      expect(await outcomesWith(async () => value)).toEqual(outage)
      expect(await outcomesWith(() => thenable((resolve) => resolve(value)))).toEqual(outage)
    })

    it.each(failures)('that %s lets nobody in', async (_name, isRevoked) => {
      const unhandled = watchUnhandledRejections()
      expect(await outcomesWith(isRevoked)).toEqual(outage)
      expect(unhandled).toEqual([])
    })

    it('may answer by a promise of another making', async () => {
      const answering = (answer: boolean) => () => thenable((resolve) => resolve(answer))
      expect(await outcomesWith(answering(false))).toEqual(modes.map(() => ['john', 'john', 2]))
      const [required] = await outcomesWith(answering(true))
      expect(required).toEqual(['token_revoked', 'token_revoked', 0])
    })

    it.each(modes)('that hangs is an outage after 2 seconds, under mode %s', async (mode) => {
      const { passed } = stopTimers()
      let timesAsked = 0
      const isRevoked = () => {
        timesAsked++
        return timesAsked % 2 === 0 ? silence : (thenable(() => undefined) as Promise<never>)
      }
      const { present, timesReached } = await door.open(accepting(asking(isRevoked)), { mode })
      const outcomes: string[] = []
      const waiting = Promise.all([good, good].map(async (token) => outcomes.push(await present(token))))
      await until(() => timesAsked === 2)
      await passed(1999)
      expect(outcomes).toEqual([])
      await passed(1)
      await waiting
      expect([outcomes, timesReached()]).toEqual([['revocation_unavailable', 'revocation_unavailable'], 0])
    })

    it('that answers when nobody waits any more lets nobody in, and is heard by nobody', async () => {
      const unhandled = watchUnhandledRejections()
      const { passed } = stopTimers()
      const late: ((answer: Promise<boolean> | boolean) => void)[] = []
      const isRevoked = () => new Promise<boolean>((resolve) => late.push(resolve))
      const { present, timesReached } = await door.open(accepting(asking(isRevoked)))
      const waiting = Promise.all([present(good), present(good)])
      await until(() => late.length === 2)
      await passed(2000)
      expect(await waiting).toEqual(['revocation_unavailable', 'revocation_unavailable'])
      late[0]?.(false)
      late[1]?.(Promise.reject(new Error('much too late')))
      await new Promise((resolve) => setImmediate(resolve))
      expect([timesReached(), unhandled]).toEqual([0, []])
    })
  })
}

function raise(reason: Error): never {
  throw reason
}
