import type { FetchLike } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { authOptions } from '@claimcheck/testing/contract/issuer'
import type { Harness } from '../src/harness.ts'
import { ecdsa, ecPair, jwkOf, mint } from '../src/forge.ts'
import { until } from '../src/outcome.ts'
import { modes, stopTimers, watchUnhandledRejections } from './fakes.ts'

const jwksUrl = 'https://issuer.example/keys'
const bytes = new TextEncoder().encode(JSON.stringify({ keys: [jwkOf(ecPair.publicKey, { kid: 'k1' })] }))
const good = mint(ecdsa(), {}, { kid: 'k1' })
const headers = { get: () => null }
const silence = new Promise<never>(() => undefined)
const cancel = async () => undefined

/** A response whose body returns these parts, one for each read. */
const responseOf = (...parts: readonly unknown[]) => {
  let at = 0
  const read = async () => (at < parts.length ? parts[at++] : { done: true }) as { readonly done: boolean }
  return { status: 200, headers, body: { getReader: () => ({ read, cancel }), cancel } }
}

/** What a custom fetch may return instead of a response. */
const invalidValues: readonly (readonly [string, () => unknown])[] = [
  ['throws synchronously', () => raise(new Error('no proxy'))],
  ['rejects with nothing', () => Promise.reject()],
  ['returns undefined', () => undefined],
  ['returns a string', () => 'keys'],
  ['returns the key set itself', async () => ({ keys: [jwkOf(ecPair.publicKey)] })],
  ['returns a status that is a string', async () => ({ ...responseOf({ value: bytes }), status: '200' })],
  ['returns no headers', async () => ({ ...responseOf({ value: bytes }), headers: undefined })],
  [
    'returns headers that cannot be read',
    async () => ({ ...responseOf({ value: bytes }), headers: { get: () => raise(new Error('no')) } }),
  ],
  ['returns no body', async () => ({ ...responseOf(), body: null })],
  ['returns a body that is a string', async () => ({ ...responseOf(), body: new TextDecoder().decode(bytes) })],
  [
    'returns a body that cannot be read',
    async () => ({ ...responseOf(), body: { getReader: () => raise(new Error('no')), cancel } }),
  ],
  ['returns a chunk that is a string', async () => responseOf({ done: false, value: 'keys' })],
  ['returns a chunk that is a number', async () => responseOf({ done: false, value: 7 })],
  ['returns a chunk that is null', async () => responseOf({ done: false, value: bytes.subarray(0, 9) }, null)],
  ['returns a chunk that is too long', async () => responseOf({ done: false, value: new Uint8Array(600_000) })],
  ['returns an empty body', async () => responseOf()],
]

/** A custom fetch, for example a proxy, that fails. */
export function fetchFaults(harness: Harness): void {
  describe('a custom fetch', () => {
    it.each(invalidValues)('responds with 503 in every mode if fetch %s', async (_name, fetch) => {
      const unhandled = watchUnhandledRejections()
      for (const mode of modes) {
        const options = { keys: { jwksUrl }, fetch: fetch as FetchLike }
        const { sendToken, handlerCalls } = await harness.start(authOptions(options), { mode })
        expect([await sendToken(good), handlerCalls()]).toEqual(['keys_unavailable', 0])
      }
      expect(unhandled).toEqual([])
    })

    it('accepts a token if the response of fetch has only the required properties', async () => {
      const parts = [bytes.subarray(0, 9), bytes.subarray(9)].map((value) => ({ done: false, value }))
      const fetch: FetchLike = async () => responseOf(...parts)
      const { sendToken } = await harness.start(authOptions({ keys: { jwksUrl }, fetch }))
      expect(await sendToken(good)).toBe('john')
    })

    it.each<readonly [string, () => unknown]>([
      ['never resolves', () => silence],
      [
        'returns a body that never ends',
        async () => ({ ...responseOf(), body: { getReader: () => ({ read: () => silence, cancel }), cancel } }),
      ],
    ])('responds with 503 after 5 seconds in every mode if fetch %s', async (_name, hang) => {
      const { passed } = stopTimers()
      for (const mode of modes) {
        let calls = 0
        const fetch = (async () => {
          calls++
          return hang()
        }) as FetchLike
        const { sendToken, handlerCalls } = await harness.start(authOptions({ keys: { jwksUrl }, fetch }), { mode })
        const waiting = Promise.all([sendToken(good), sendToken(good)])
        await until(() => calls === 1)
        await passed(5000)
        expect(await waiting).toEqual(['keys_unavailable', 'keys_unavailable'])
        expect(handlerCalls()).toBe(0)
      }
    })
  })
}

function raise(reason: Error): never {
  throw reason
}
