import { createAuth } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../src/harness.ts'
import { ecdsa, ecPair, jwkOf, mint } from '../src/forge.ts'
import { FakeKeyServer } from '../src/fake-keys.ts'
import { hour, minute, MovingClock, second } from '../src/moving-clock.ts'
import { until } from '../src/outcome.ts'
import { authOptions, nowSeconds, sign } from '@claimcheck/testing/contract/issuer'
import { modes } from './fakes.ts'

const year = 365 * 24 * hour
const good = sign()
const expired = sign({ exp: nowSeconds - 600 })
const jwk = jwkOf(ecPair.publicKey, { kid: 'k1', alg: 'ES256' })
const longLived = mint(ecdsa(), { exp: 4e9 }, { kid: 'k1' })
const jwksUrl = 'https://issuer.example/keys'

/** A clock that jumps forwards and backwards, or returns no time. */
export function clockFaults(harness: Harness): void {
  describe('a clock that jumps', () => {
    it.each(modes)('judges a token by the current time only, in mode %s', async (mode) => {
      const clock = new MovingClock(nowSeconds * second)
      const { sendToken } = await harness.start(authOptions({ now: clock.now, maxTokenAgeSeconds: 3600 }), { mode })
      const token = sign({ nbf: nowSeconds - 60 })
      const rejected = (code: string) => (mode === 'attempt' ? 'anonymous' : code)
      for (const [jump, outcome] of [
        [0, 'john'],
        [10 * year, rejected('token_expired')],
        [0, 'john'],
        [-10 * year, rejected('token_not_active')],
        [0, 'john'],
        [hour, rejected('token_expired')],
        [-hour, rejected('token_not_active')],
        [-nowSeconds * second, rejected('token_not_active')],
        [Number.MAX_VALUE, rejected('token_expired')],
        [0, 'john'],
      ] as const) {
        clock.time = nowSeconds * second + jump
        expect([jump, await sendToken(token), await sendToken(token)]).toEqual([jump, outcome, outcome])
      }
    })
  })

  describe('a clock that jumps while the key server is down', () => {
    const withKeys = async () => {
      const server = new FakeKeyServer()
      const clock = new MovingClock(nowSeconds * second)
      const keys = server.at(jwksUrl, { keys: [jwk] })
      const auth = createAuth(authOptions({ keys, now: clock.now, fetch: server.fetch }))
      const { sendToken } = await harness.start(auth)
      expect(await sendToken(longLived)).toBe('john')
      server.responses.set(jwksUrl, () => new Response('no', { status: 503 }))
      const failures = () => auth.keyStatus()[0]?.lastError
      return { server, clock, sendToken, failures }
    }

    it('causes 503 and no 401 if the clock jumps forward, because the keys are too old, until it is corrected', async () => {
      const { clock, sendToken } = await withKeys()
      clock.time += 10 * year
      expect([await sendToken(longLived), await sendToken(longLived)]).toEqual(['keys_unavailable', 'keys_unavailable'])
      clock.time -= 10 * year
      expect(await sendToken(longLived)).toBe('john')
    })

    it('removes no key if the clock jumps backward, and fetches keys again', async () => {
      const { server, clock, sendToken, failures } = await withKeys()
      clock.time -= 10 * year
      expect(await sendToken(longLived)).toBe('john')
      await until(() => failures() !== null)
      expect(server.requests).toHaveLength(2)
      expect(await sendToken(longLived)).toBe('john')
    })

    it('does not extend the lifetime of keys if the clock jumps backward and forward again', async () => {
      const { clock, sendToken, failures } = await withKeys()
      clock.time -= hour
      expect(await sendToken(longLived)).toBe('john')
      await until(() => failures() !== null)
      clock.time += hour + 10 * minute + 4 * hour
      expect(await sendToken(longLived)).toBe('john')
      clock.time += 1
      expect(await sendToken(longLived)).toBe('keys_unavailable')
    })

    it('does not restore withdrawn keys if the clock jumps backward', async () => {
      const { server, clock, sendToken } = await withKeys()
      server.responses.set(jwksUrl, { keys: [] })
      clock.time += year
      expect(await sendToken(longLived)).toBe(harness.unknownKey)
      clock.time -= year
      expect([await sendToken(longLived), await sendToken(longLived)]).toEqual([harness.unknownKey, harness.unknownKey])
    })
  })

  describe('a clock that returns no time', () => {
    const times = [
      Number.NaN,
      Infinity,
      -Infinity,
      undefined,
      null,
      '1700000000000',
      '',
      new Date(0),
      1n,
      [nowSeconds],
      {},
    ]

    it.each([...times, Promise.resolve(nowSeconds * second), () => nowSeconds].map((time): [unknown] => [time]))(
      'responds with 500 and accepts no token if the clock returns %o',
      async (time) => {
        for (const mode of modes) {
          const { sendToken, handlerCalls } = await harness.start(authOptions({ now: () => time as number }), { mode })
          expect([mode, await sendToken(good), await sendToken(expired)]).toEqual([mode, 'bug', 'bug'])
          expect(handlerCalls()).toBe(0)
        }
      },
    )

    it('accepts no expired token while the clock fails, and valid tokens when it works again', async () => {
      const clock = new MovingClock(nowSeconds * second)
      const { sendToken, handlerCalls } = await harness.start(authOptions({ now: clock.now }))
      expect(await sendToken(good)).toBe('john')
      clock.time = Number.NaN
      expect([await sendToken(good), await sendToken(expired)]).toEqual(['bug', 'bug'])
      clock.time = nowSeconds * second
      expect([await sendToken(good), await sendToken(expired)]).toEqual(['john', 'token_expired'])
      expect(handlerCalls()).toBe(2)
    })

    it('accepts no token if the clock fails during a key fetch, and uses the keys when it works again', async () => {
      const server = new FakeKeyServer()
      const clock = new MovingClock(nowSeconds * second)
      const keys = server.at(jwksUrl, () => {
        clock.time = Number.NaN
        return Response.json({ keys: [jwk] })
      })
      const { sendToken } = await harness.start(authOptions({ keys, now: clock.now, fetch: server.fetch }))
      expect(await sendToken(longLived)).toBe('bug')
      server.responses.set(jwksUrl, { keys: [jwk] })
      clock.time = nowSeconds * second
      for (let round = 0; round < 5; round++) expect(await sendToken(longLived)).toBe('john')
      await until(() => server.requests.length === 2)
      clock.time += minute
      expect(await sendToken(longLived)).toBe('john')
      expect(server.requests).toHaveLength(2)
    })
  })
}
