import type { FetchLike } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../advisories/door.ts'
import { ecdsa, ecPair, jwkOf, mint } from '../advisories/forge.ts'
import { until } from '../providers/outcome.ts'
import { accepting } from '@claimcheck/testing/contract/issuer'
import { watchUnhandledRejections } from './unhandled-rejections.ts'
import { modes } from './modes.ts'
import { stopTimers } from './stopped-timers.ts'

const jwksUrl = 'https://issuer.example/keys'
const bytes = new TextEncoder().encode(JSON.stringify({ keys: [jwkOf(ecPair.publicKey, { kid: 'k1' })] }))
const good = mint(ecdsa(), {}, { kid: 'k1' })
const headers = { get: () => null }
const silence = new Promise<never>(() => undefined)
const cancel = async () => undefined

/** An answer whose body gives these parts, one for each time that it is read. */
const answerOf = (...parts: readonly unknown[]) => {
  let at = 0
  const read = async () => (at < parts.length ? parts[at++] : { done: true }) as { readonly done: boolean }
  return { status: 200, headers, body: { getReader: () => ({ read, cancel }), cancel } }
}

/** What a fetch of one's own may give in place of an answer. */
const nonsense: readonly (readonly [string, () => unknown])[] = [
  ['throws at once', () => raise(new Error('no proxy'))],
  ['rejects with nothing', () => Promise.reject()],
  ['gives nothing', () => undefined],
  ['gives a text', () => 'keys'],
  ['gives the set itself', async () => ({ keys: [jwkOf(ecPair.publicKey)] })],
  ['gives a status that is text', async () => ({ ...answerOf({ value: bytes }), status: '200' })],
  ['gives no headers', async () => ({ ...answerOf({ value: bytes }), headers: undefined })],
  [
    'gives headers that cannot be read',
    async () => ({ ...answerOf({ value: bytes }), headers: { get: () => raise(new Error('no')) } }),
  ],
  ['gives no body', async () => ({ ...answerOf(), body: null })],
  ['gives a body that is text', async () => ({ ...answerOf(), body: new TextDecoder().decode(bytes) })],
  [
    'gives a body that cannot be read',
    async () => ({ ...answerOf(), body: { getReader: () => raise(new Error('no')), cancel } }),
  ],
  ['gives a part that is text', async () => answerOf({ done: false, value: 'keys' })],
  ['gives a part that is a number', async () => answerOf({ done: false, value: 7 })],
  ['gives a part that is nothing', async () => answerOf({ done: false, value: bytes.subarray(0, 9) }, null)],
  ['gives a part that is too long', async () => answerOf({ done: false, value: new Uint8Array(600_000) })],
  ['gives nothing but an end', async () => answerOf()],
]

/** The way to the keys, where it is code of the user's own, as a proxy is. */
export function fetchFaults(door: Harness): void {
  describe('a fetch of one’s own', () => {
    it.each(nonsense)('that %s is an outage under every mode', async (_name, given) => {
      const unhandled = watchUnhandledRejections()
      for (const mode of modes) {
        const options = { keys: { jwksUrl }, fetch: given as FetchLike }
        const { present, timesReached } = await door.open(accepting(options), { mode })
        expect([await present(good), timesReached()]).toEqual(['keys_unavailable', 0])
      }
      expect(unhandled).toEqual([])
    })

    it('is heard where it gives the least that an answer needs', async () => {
      const parts = [bytes.subarray(0, 9), bytes.subarray(9)].map((value) => ({ done: false, value }))
      const fetch: FetchLike = async () => answerOf(...parts)
      const { present } = await door.open(accepting({ keys: { jwksUrl }, fetch }))
      expect(await present(good)).toBe('john')
    })

    it.each<readonly [string, () => unknown]>([
      ['never answers', () => silence],
      [
        'gives a body that never ends',
        async () => ({ ...answerOf(), body: { getReader: () => ({ read: () => silence, cancel }), cancel } }),
      ],
    ])('that %s is an outage after 5 seconds, under every mode', async (_name, given) => {
      const { passed } = stopTimers()
      for (const mode of modes) {
        let timesAsked = 0
        const fetch = (async () => {
          timesAsked++
          return given()
        }) as FetchLike
        const { present, timesReached } = await door.open(accepting({ keys: { jwksUrl }, fetch }), { mode })
        const waiting = Promise.all([present(good), present(good)])
        await until(() => timesAsked === 1)
        await passed(5000)
        expect(await waiting).toEqual(['keys_unavailable', 'keys_unavailable'])
        expect(timesReached()).toBe(0)
      }
    })
  })
}

function raise(reason: Error): never {
  throw reason
}
