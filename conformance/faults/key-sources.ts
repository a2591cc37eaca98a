import { generateKeyPairSync } from 'node:crypto'
import { AuthError, createVerificationKey } from '@claimcheck/core'
import type { KeySource, VerificationKey } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { authOptions } from '@claimcheck/testing/contract/issuer'
import type { Harness } from '../src/harness.ts'
import { ecdsa, ecPair, jwkOf, mint, spkiOf } from '../src/forge.ts'
import { until } from '../src/outcome.ts'
import { modes, stopTimers, thenable, unreadableThenable, watchUnhandledRejections } from './fakes.ts'

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

/** Values that a key source may confuse with a key. */
const invalidValues: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['a number', 1],
  ['NaN', Number.NaN],
  ['a string', 'k1'],
  ['a symbol', Symbol('k1')],
  ['a function that returns the key', () => key],
  ['an array with the key', [key]],
  ['a map with the key', new Map([['k1', key]])],
  ['an object with the key', { key }],
  ['a copy of the key', { ...key }],
  ['an object whose prototype is the key', Object.create(key)],
  ['a look-alike', { kid: 'k1', kty: 'EC', algorithms: ['ES256'], handles: async () => [cryptoKey] }],
  ['a PEM', spkiOf(ecPair.publicKey)],
  ['a JWK', jwkOf(ecPair.publicKey)],
  ['a KeyObject', ecPair.publicKey],
  ['a CryptoKey', cryptoKey],
  ['a private key', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
]

/** Objects with a `then`, like promises of other libraries. */
const thenables: readonly (readonly [string, unknown])[] = [
  ['that resolves with undefined', thenable((resolve) => resolve(undefined))],
  ['that resolves with a string', thenable((resolve) => resolve('k1'))],
  [
    'that resolves with another one that resolves with an object',
    thenable((resolve) => resolve(thenable((inner) => inner({})))),
  ],
  ['that resolves with a string and then with the key', thenable((resolve) => (resolve('k1'), resolve(key)))],
  ['that rejects with undefined', thenable((_resolve, reject) => reject(undefined))],
  [
    'that throws',
    thenable(() => {
      throw new Error('at once')
    }),
  ],
  ['that cannot be read', unreadableThenable()],
]

/** A custom key source that fails in every possible way causes 503 in every mode. */
export function keySourceFaults(harness: Harness): void {
  const outcomesWith = async (find: () => unknown) => {
    const outcomes: unknown[] = []
    for (const mode of modes) {
      const keys = { find, has: () => true } as KeySource
      const { sendToken, handlerCalls } = await harness.start(authOptions({ keys }), { mode })
      outcomes.push([await sendToken(good), await sendToken(good), handlerCalls()])
    }
    return outcomes
  }
  const outage = modes.map(() => ['keys_unavailable', 'keys_unavailable', 0])

  describe('a key source', () => {
    it.each(invalidValues)(
      'responds with 503 if the key source returns %s, synchronously or asynchronously',
      async (_name, value) => {
        expect(await outcomesWith(() => value)).toEqual(outage)
        expect(await outcomesWith(async () => value)).toEqual(outage)
      },
    )

    it.each(thenables)('responds with 503 if the key source returns an object with a then %s', async (_name, value) => {
      const unhandled = watchUnhandledRejections()
      expect(await outcomesWith(() => value)).toEqual(outage)
      expect(unhandled).toEqual([])
    })

    it('accepts a promise of another library from a key source', async () => {
      const keys = { find: () => thenable((resolve) => resolve(key)) as VerificationKey, has: () => true }
      const { sendToken } = await harness.start(authOptions({ keys }))
      expect(await sendToken(good)).toBe('john')
    })

    it.each(modes)('responds with 503 after 6 seconds in mode %s if the key source never responds', async (mode) => {
      const { passed } = stopTimers()
      let calls = 0
      const find = () => {
        calls++
        return calls % 2 === 0 ? silence : (thenable(() => undefined) as Promise<never>)
      }
      const { sendToken, handlerCalls } = await harness.start(authOptions({ keys: { find, has: () => true } }), {
        mode,
      })
      const outcomes: string[] = []
      const waiting = Promise.all([good, good].map(async (token) => outcomes.push(await sendToken(token))))
      await until(() => calls === 2)
      await passed(5999)
      expect(outcomes).toEqual([])
      await passed(1)
      await waiting
      expect([outcomes, handlerCalls()]).toEqual([['keys_unavailable', 'keys_unavailable'], 0])
    })

    it('causes no unhandled rejection if the key source rejects after the timeout', async () => {
      const unhandled = watchUnhandledRejections()
      const { passed } = stopTimers()
      const late: ((reason: Error) => void)[] = []
      const find = () => new Promise<never>((_resolve, reject) => late.push(reject))
      const { sendToken } = await harness.start(authOptions({ keys: { find, has: () => true } }))
      const waiting = sendToken(good)
      await until(() => late.length === 1)
      await passed(6000)
      expect(await waiting).toBe('keys_unavailable')
      late[0]?.(new Error('much too late'))
      await new Promise((resolve) => setImmediate(resolve))
      expect(unhandled).toEqual([])
    })
  })

  describe('a key source that no longer finds a key', () => {
    const results: readonly (readonly [string, () => unknown])[] = [
      ['false', () => false],
      ['undefined', () => undefined],
      ['a promise of false', async () => false],
      ['a promise of true', async () => true],
      ['a string', () => 'no'],
      ['a number', () => 1],
      ['an object', () => ({})],
      [
        'an error, thrown',
        () => {
          throw new Error('connect ECONNREFUSED')
        },
      ],
    ]

    it.each(results)(
      'rejects the tokens of a removed key even if the has method of the key source returns %s',
      async (_name, holds) => {
        let isThere = true
        const find = () => {
          if (isThere) return key
          throw new AuthError('key_not_found')
        }
        for (const mode of ['required', 'optional'] as const) {
          isThere = true
          const keys = { find, has: holds } as KeySource
          const { sendToken, handlerCalls } = await harness.start(authOptions({ keys }), { mode })
          expect(await sendToken(good)).toBe('john')
          isThere = false
          for (let round = 0; round < 2; round++) {
            expect([harness.unknownKey, 'keys_unavailable', 'bug']).toContain(await sendToken(good))
          }
          expect(handlerCalls()).toBe(1)
        }
      },
    )
  })
}
