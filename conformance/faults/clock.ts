import { createAuth } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../advisories/door.ts'
import { ecdsa, ecPair, jwkOf, mint } from '../advisories/forge.ts'
import { KeyServer } from '../advisories/key-server.ts'
import { hour, minute, MovingClock, second } from '../providers/moving-clock.ts'
import { until } from '../providers/outcome.ts'
import { accepting, nowSeconds, sign } from '@claimcheck/testing/contract/issuer'
import { modes } from './modes.ts'

const year = 365 * 24 * hour
const good = sign()
const expired = sign({ exp: nowSeconds - 600 })
const jwk = jwkOf(ecPair.publicKey, { kid: 'k1', alg: 'ES256' })
const longLived = mint(ecdsa(), { exp: 4e9 }, { kid: 'k1' })
const jwksUrl = 'https://issuer.example/keys'

/** A clock that jumps both ways, or gives no time. */
export function clockFaults(door: Harness): void {
  describe('a clock that jumps', () => {
    it.each(modes)('judges a token by the time that it is, as if none had been before, under mode %s', async (mode) => {
      const clock = new MovingClock(nowSeconds * second)
      const { present } = await door.open(accepting({ now: clock.now, maxTokenAgeSeconds: 3600 }), { mode })
      const token = sign({ nbf: nowSeconds - 60 })
      const refused = (code: string) => (mode === 'attempt' ? 'nobody' : code)
      for (const [jump, outcome] of [
        [0, 'john'],
        [10 * year, refused('token_expired')],
        [0, 'john'],
        [-10 * year, refused('token_not_active')],
        [0, 'john'],
        [hour, refused('token_expired')],
        [-hour, refused('token_not_active')],
        [-nowSeconds * second, refused('token_not_active')],
        [Number.MAX_VALUE, refused('token_expired')],
        [0, 'john'],
      ] as const) {
        clock.time = nowSeconds * second + jump
        expect([jump, await present(token), await present(token)]).toEqual([jump, outcome, outcome])
      }
    })
  })

  describe('a clock that jumps while the key server is down', () => {
    const withKeys = async () => {
      const server = new KeyServer()
      const clock = new MovingClock(nowSeconds * second)
      const keys = server.at(jwksUrl, { keys: [jwk] })
      const auth = createAuth(accepting({ keys, now: clock.now, fetch: server.fetch }))
      const { present } = await door.open(auth)
      expect(await present(longLived)).toBe('john')
      server.says.set(jwksUrl, () => new Response('no', { status: 503 }))
      const failures = () => auth.keyStatus()[0]?.lastError
      return { server, clock, present, failures }
    }

    it('forward makes the keys too old, an outage and no bad token, until it is set right', async () => {
      const { clock, present } = await withKeys()
      clock.time += 10 * year
      expect([await present(longLived), await present(longLived)]).toEqual(['keys_unavailable', 'keys_unavailable'])
      clock.time -= 10 * year
      expect(await present(longLived)).toBe('john')
    })

    it('backward takes no key away, and the server is asked again', async () => {
      const { server, clock, present, failures } = await withKeys()
      clock.time -= 10 * year
      expect(await present(longLived)).toBe('john')
      await until(() => failures() !== null)
      expect(server.asked).toHaveLength(2)
      expect(await present(longLived)).toBe('john')
    })

    it('backward and forward again lets the keys serve no longer than before', async () => {
      const { clock, present, failures } = await withKeys()
      clock.time -= hour
      expect(await present(longLived)).toBe('john')
      await until(() => failures() !== null)
      clock.time += hour + 10 * minute + 4 * hour
      expect(await present(longLived)).toBe('john')
      clock.time += 1
      expect(await present(longLived)).toBe('keys_unavailable')
    })

    it('backward after a withdrawal brings no withdrawn key back', async () => {
      const { server, clock, present } = await withKeys()
      server.says.set(jwksUrl, { keys: [] })
      clock.time += year
      expect(await present(longLived)).toBe(door.unknownKey)
      clock.time -= year
      expect([await present(longLived), await present(longLived)]).toEqual([door.unknownKey, door.unknownKey])
    })
  })

  describe('a clock that gives no time', () => {
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
      'lets nobody in, and is a 500: %o',
      async (time) => {
        for (const mode of modes) {
          const { present, timesReached } = await door.open(accepting({ now: () => time as number }), { mode })
          expect([mode, await present(good), await present(expired)]).toEqual([mode, 'bug', 'bug'])
          expect(timesReached()).toBe(0)
        }
      },
    )

    it('for a moment lets nobody in by an expired token, and everybody in who may once it goes again', async () => {
      const clock = new MovingClock(nowSeconds * second)
      const { present, timesReached } = await door.open(accepting({ now: clock.now }))
      expect(await present(good)).toBe('john')
      clock.time = Number.NaN
      expect([await present(good), await present(expired)]).toEqual(['bug', 'bug'])
      clock.time = nowSeconds * second
      expect([await present(good), await present(expired)]).toEqual(['john', 'token_expired'])
      expect(timesReached()).toBe(2)
    })

    it('while keys are fetched lets nobody in, and the keys are as good as any once it goes again', async () => {
      const server = new KeyServer()
      const clock = new MovingClock(nowSeconds * second)
      const keys = server.at(jwksUrl, () => {
        clock.time = Number.NaN
        return Response.json({ keys: [jwk] })
      })
      const { present } = await door.open(accepting({ keys, now: clock.now, fetch: server.fetch }))
      expect(await present(longLived)).toBe('bug')
      server.says.set(jwksUrl, { keys: [jwk] })
      clock.time = nowSeconds * second
      for (let round = 0; round < 5; round++) expect(await present(longLived)).toBe('john')
      await until(() => server.asked.length === 2)
      clock.time += minute
      expect(await present(longLived)).toBe('john')
      expect(server.asked).toHaveLength(2)
    })
  })
}
