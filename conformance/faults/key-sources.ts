import { generateKeyPairSync } from 'node:crypto'
import { AuthError, createVerificationKey } from '@claimcheck/core'
import type { KeySource, VerificationKey } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../advisories/door.ts'
import { ecdsa, ecPair, jwkOf, mint, spkiOf } from '../advisories/forge.ts'
import { until } from '../providers/outcome.ts'
import { accepting } from '@claimcheck/testing/contract/issuer'
import { watchUnhandledRejections } from './unhandled-rejections.ts'
import { modes } from './modes.ts'
import { stopTimers } from './stopped-timers.ts'
import { thenable, unreadableThenable } from './thenable.ts'

const key = createVerificationKey({ publicKey: ecPair.publicKey })
const cryptoKey = await crypto.subtle.importKey(
  'spki',
  ecPair.publicKey.export({ type: 'spki', format: 'der' }),
  { name: 'ECDSA', namedCurve: 'P-256' },
  true,
  ['verify'],
)
const good = mint(ecdsa(), {}, { kid: 'k1' })
const silence = new Promise<never>(() => undefined)

/** What a source may take for a key. */
const nonsense: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['a number', 1],
  ['NaN', Number.NaN],
  ['a text', 'k1'],
  ['a symbol', Symbol('k1')],
  ['a function that gives the key', () => key],
  ['a list of the key', [key]],
  ['a map of the key', new Map([['k1', key]])],
  ['an object around the key', { key }],
  ['a copy of the key', { ...key }],
  ['what has the key as prototype', Object.create(key)],
  ['a look-alike', { kid: 'k1', kty: 'EC', algorithms: ['ES256'], handles: async () => [cryptoKey] }],
  ['a PEM', spkiOf(ecPair.publicKey)],
  ['a JWK', jwkOf(ecPair.publicKey)],
  ['a KeyObject', ecPair.publicKey],
  ['a CryptoKey', cryptoKey],
  ['a private key', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
]

/** Objects with a `then`, as promises of other makings are. */
const thenables: readonly (readonly [string, unknown])[] = [
  ['that gives nothing', thenable((resolve) => resolve(undefined))],
  ['that gives nonsense', thenable((resolve) => resolve('k1'))],
  ['that gives another that gives nonsense', thenable((resolve) => resolve(thenable((inner) => inner({}))))],
  ['that gives nonsense, and then the key', thenable((resolve) => (resolve('k1'), resolve(key)))],
  ['that rejects with nothing', thenable((_resolve, reject) => reject(undefined))],
  [
    'that throws',
    thenable(() => {
      throw new Error('at once')
    }),
  ],
  ['whose then cannot be read', unreadableThenable()],
]

/** A key source of one's own that fails in every way there is: an outage, under every mode. */
export function keySourceFaults(door: Harness): void {
  const outcomesWith = async (find: () => unknown) => {
    const outcomes: unknown[] = []
    for (const mode of modes) {
      const keys = { find, has: () => true } as KeySource
      const { present, timesReached } = await door.open(accepting({ keys }), { mode })
      outcomes.push([await present(good), await present(good), timesReached()])
    }
    return outcomes
  }
  const outage = modes.map(() => ['keys_unavailable', 'keys_unavailable', 0])

  describe('a key source', () => {
    it.each(nonsense)('that gives %s lets nobody in, at once or later', async (_name, value) => {
      expect(await outcomesWith(() => value)).toEqual(outage)
      expect(await outcomesWith(async () => value)).toEqual(outage)
    })

    it.each(thenables)('that gives an object with a then %s lets nobody in', async (_name, value) => {
      const unhandled = watchUnhandledRejections()
      expect(await outcomesWith(() => value)).toEqual(outage)
      expect(unhandled).toEqual([])
    })

    it('may give a promise of another making', async () => {
      const keys = { find: () => thenable((resolve) => resolve(key)) as VerificationKey, has: () => true }
      const { present } = await door.open(accepting({ keys }))
      expect(await present(good)).toBe('john')
    })

    it.each(modes)('that hangs is an outage after 6 seconds, under mode %s', async (mode) => {
      const { passed } = stopTimers()
      let timesAsked = 0
      const find = () => {
        timesAsked++
        return timesAsked % 2 === 0 ? silence : (thenable(() => undefined) as Promise<never>)
      }
      const { present, timesReached } = await door.open(accepting({ keys: { find, has: () => true } }), { mode })
      const outcomes: string[] = []
      const waiting = Promise.all([good, good].map(async (token) => outcomes.push(await present(token))))
      await until(() => timesAsked === 2)
      await passed(5999)
      expect(outcomes).toEqual([])
      await passed(1)
      await waiting
      expect([outcomes, timesReached()]).toEqual([['keys_unavailable', 'keys_unavailable'], 0])
    })

    it('that fails when nobody waits any more is heard by nobody', async () => {
      const unhandled = watchUnhandledRejections()
      const { passed } = stopTimers()
      const late: ((reason: Error) => void)[] = []
      const find = () => new Promise<never>((_resolve, reject) => late.push(reject))
      const { present } = await door.open(accepting({ keys: { find, has: () => true } }))
      const waiting = present(good)
      await until(() => late.length === 1)
      await passed(6000)
      expect(await waiting).toBe('keys_unavailable')
      late[0]?.(new Error('much too late'))
      await new Promise((resolve) => setImmediate(resolve))
      expect(unhandled).toEqual([])
    })
  })

  describe('a key source that no longer finds a key', () => {
    const answers: readonly (readonly [string, () => unknown])[] = [
      ['false', () => false],
      ['nothing', () => undefined],
      ['a promise of false', async () => false],
      ['a promise of true', async () => true],
      ['a text', () => 'no'],
      ['a number', () => 1],
      ['an object', () => ({})],
      [
        'an error, thrown',
        () => {
          throw new Error('connect ECONNREFUSED')
        },
      ],
    ]

    it.each(answers)(
      'lets nobody in by it, though it is asked whether it holds it and answers %s',
      async (_name, holds) => {
        let isThere = true
        const find = () => {
          if (isThere) return key
          throw new AuthError('key_not_found')
        }
        for (const mode of ['required', 'optional'] as const) {
          isThere = true
          const keys = { find, has: holds } as KeySource
          const { present, timesReached } = await door.open(accepting({ keys }), { mode })
          expect(await present(good)).toBe('john')
          isThere = false
          for (let round = 0; round < 2; round++) {
            expect([door.unknownKey, 'keys_unavailable', 'bug']).toContain(await present(good))
          }
          expect(timesReached()).toBe(1)
        }
      },
    )
  })
}
