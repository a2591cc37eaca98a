import { AuthError, createAuth, createVerificationKey, hasRole } from '@claimcheck/core'
import type { KeyQuery, Principal, VerificationKey } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { createLatch } from '@claimcheck/testing/contract/latch'
import { hour, minute, MovingClock, second } from '../src/moving-clock.ts'
import { until } from '../src/outcome.ts'
import {
  acceptingSecret,
  advisory,
  ecdsa,
  ecPair,
  encode,
  FakeKeyServer,
  hmac,
  jwkOf,
  mint,
  nowSeconds,
  otherPair,
  secret,
} from './advisory.ts'
import type { Harness, SomeOptions } from './advisory.ts'
import { createTwinTokens } from './twin-tokens.ts'

const jwksUrl = 'https://issuer.example/keys'
const jwk = jwkOf(ecPair.publicKey, { kid: 'k1', alg: 'ES256' })
const otherJwk = jwkOf(otherPair.publicKey, { kid: 'k2', alg: 'ES256' })
const sign = (claims: object = {}) => mint(hmac(), { ...claims })

/** Attacks on the cache. Every token is sent at least twice: a cached token must be judged like a new one. */
export function cacheAdvisories(harness: Harness): void {
  expiry(harness)
  collisions(harness)
  withdrawals(harness)
  clients(harness)
  revocations(harness)
}

function expiry(harness: Harness): void {
  advisory({ 23: 'CVE-2026-107719 / GHSA-x937-hj6v-793p (fast-jwt)' }, () => {
    const start = nowSeconds
    const withClock = async (options: SomeOptions = {}) => {
      const clock = new MovingClock(start * second)
      const { sendToken } = await harness.start(
        acceptingSecret({ now: clock.now, clockToleranceSeconds: 5, ...options }),
      )
      /** Sends the token at each of the times, and returns the outcomes. */
      const outcomesAt = async (token: string, ...times: readonly number[]) => {
        const outcomes: string[] = []
        for (const time of times) {
          clock.time = time * second
          outcomes.push(await sendToken(token))
        }
        return outcomes
      }
      return outcomesAt
    }

    it.each([
      ['without iat', { iat: undefined }],
      ['with iat', { iat: start - 60 }],
      ['with an iat in the future', { iat: start + 60 }],
      ['with an iat of long ago', { iat: 1 }],
      ['with jti and nbf', { jti: 'j1', nbf: start - 60 }],
    ])('rejects a cached token after it expired, %s', async (_name, claims) => {
      const outcomesAt = await withClock()
      const exp = start + 10
      const token = sign({ ...claims, exp })
      expect(await outcomesAt(token, start, start, exp + 4.999)).toEqual(['john', 'john', 'john'])
      const over = await outcomesAt(token, exp + 5, exp + 5, exp + 1e9)
      expect(over).toEqual(['token_expired', 'token_expired', 'token_expired'])
    })

    it('rejects a cached token after it became too old', async () => {
      const outcomesAt = await withClock({ maxTokenAgeSeconds: 60 })
      const token = sign({ iat: start, exp: start + 3600 })
      expect(await outcomesAt(token, start, start + 64.999, start + 65)).toEqual(['john', 'john', 'token_expired'])
    })

    it('rejects a cached token if the clock is set back before its nbf', async () => {
      const outcomesAt = await withClock()
      const token = sign({ nbf: start })
      const outcomes = await outcomesAt(token, start, start - 5, start - 5.001, start)
      expect(outcomes).toEqual(['john', 'john', 'token_not_active', 'john'])
    })

    it('caches no rejection: a token is accepted once its nbf is reached', async () => {
      const outcomesAt = await withClock()
      const token = sign({ nbf: start + 60 })
      expect(await outcomesAt(token, start, start, start + 60)).toEqual([
        'token_not_active',
        'token_not_active',
        'john',
      ])
    })

    it.each([4e9, 2 ** 31 + start, 2 ** 53 - 1])('accepts a token that expires at %d', async (exp) => {
      const outcomesAt = await withClock()
      expect(await outcomesAt(sign({ exp }), start, start, start + 1e8)).toEqual(['john', 'john', 'john'])
    })
  })
}

function collisions(harness: Harness): void {
  advisory({ 24: 'CVE-2026-35039 / GHSA-rp9m-7r4c-75qg (fast-jwt)' }, () => {
    const twins = createTwinTokens({ sub: 'john' }, { sub: 'root', admin: true })
    const keys = { publicKey: twins.jwk }
    const handle = (principal: Principal | null) => `${principal?.subject} ${principal?.roles.join()}`

    it('distinguishes two valid tokens with the same signature', async () => {
      expect(twins.first.split('.')[2]).toBe(twins.second.split('.')[2])
      for (const inOrder of [
        [twins.first, twins.second],
        [twins.second, twins.first],
      ]) {
        const { sendToken } = await harness.start(acceptingSecret({ keys }), { handle })
        for (let round = 0; round < 3; round++) {
          for (const token of inOrder) {
            expect(await sendToken(token)).toBe(token === twins.first ? 'john ' : 'root admin')
          }
        }
      }
    })

    it('distinguishes them if they are sent at the same time', async () => {
      const { sendToken } = await harness.start(acceptingSecret({ keys }), { handle })
      const tokens = Array.from({ length: 20 }, (_, index) => (index % 3 === 0 ? twins.second : twins.first))
      for (let round = 0; round < 2; round++) {
        const outcomes = await Promise.all(tokens.map(sendToken))
        expect(outcomes).toEqual(tokens.map((token) => (token === twins.first ? 'john ' : 'root admin')))
      }
    })

    it('judges two tokens with the same signature by their own claims', async () => {
      const bad = createTwinTokens({ sub: 'john' }, { aud: 'https://other.example' })
      const { sendToken } = await harness.start(acceptingSecret({ keys: { publicKey: bad.jwk } }))
      for (let round = 0; round < 2; round++) {
        expect(await sendToken(bad.first)).toBe('john')
        expect(await sendToken(bad.second)).toBe('audience_not_allowed')
      }
    })

    it('rejects another header or payload with a signature that was verified before', async () => {
      const { sendToken } = await harness.start(acceptingSecret({ keys }))
      const [header = '', payload = '', signature = ''] = twins.first.split('.')
      const forged = {
        'another payload': [header, encode(JSON.stringify({ sub: 'root' })), signature],
        'another subject': [
          header,
          encode(Buffer.from(payload, 'base64url').toString().replace('john', 'root')),
          signature,
        ],
        'another header': [encode('{"alg":"ES256","kid":"k"}'), payload, signature],
        'the same header in another spelling': [encode('{ "alg":"ES256"}'), payload, signature],
      }
      for (let round = 0; round < 2; round++) {
        expect(await sendToken(twins.first)).toBe('john')
        for (const [name, parts] of Object.entries(forged)) {
          expect([name, await sendToken(parts.join('.'))]).toEqual([
            name,
            name === 'another payload' ? 'issuer_unknown' : 'signature_invalid',
          ])
        }
        expect(await sendToken(twins.first.slice(0, -1))).not.toBe('john')
        expect(await sendToken(twins.first.slice(-86))).toBe('token_malformed')
      }
    })
  })
}

function withdrawals(harness: Harness): void {
  advisory({ 55: 'GHSA-675f-rq2r-jw82 (jwkset-go)' }, () => {
    const ofOne = mint(ecdsa(), { exp: 4e9 }, { kid: 'k1' })
    const ofTwo = mint(ecdsa(otherPair.privateKey), { sub: 'jane', exp: 4e9 }, { kid: 'k2' })

    const serve = async () => {
      const server = new FakeKeyServer()
      const clock = new MovingClock(nowSeconds * second)
      const keys = server.at(jwksUrl, { keys: [jwk, otherJwk] })
      const auth = createAuth(acceptingSecret({ keys, fetch: server.fetch, now: clock.now }))
      const { sendToken } = await harness.start(auth)
      /** Lets the key set become stale, and waits for its refresh in the background. */
      const refresh = async (token: string) => {
        const before = auth.keyStatus()[0]?.fetchedAt
        clock.time += 10 * minute + 1
        await sendToken(token)
        await until(() => auth.keyStatus()[0]?.fetchedAt !== before)
      }
      return { server, clock, sendToken, refresh }
    }

    it('rejects the cached tokens of a key that a refresh removed', async () => {
      const { server, sendToken, refresh } = await serve()
      for (let times = 0; times < 2; times++)
        expect([await sendToken(ofOne), await sendToken(ofTwo)]).toEqual(['john', 'jane'])
      server.responses.set(jwksUrl, { keys: [otherJwk] })
      await refresh(ofTwo)
      for (let times = 0; times < 2; times++) {
        expect([await sendToken(ofOne), await sendToken(ofTwo)]).toEqual([harness.unknownKey, 'jane'])
      }
    })

    it('rejects the cached tokens of a key whose kid now belongs to another key', async () => {
      const { server, sendToken, refresh } = await serve()
      expect([await sendToken(ofOne), await sendToken(ofTwo)]).toEqual(['john', 'jane'])
      server.responses.set(jwksUrl, { keys: [{ ...otherJwk, kid: 'k1' }] })
      await refresh(ofTwo)
      expect([await sendToken(ofOne), await sendToken(ofTwo)]).toEqual(['signature_invalid', harness.unknownKey])
    })

    it('accepts the cached tokens of a key again when the key is back', async () => {
      const { server, sendToken, refresh } = await serve()
      expect(await sendToken(ofOne)).toBe('john')
      server.responses.set(jwksUrl, { keys: [otherJwk] })
      await refresh(ofTwo)
      server.responses.set(jwksUrl, { keys: [jwk, otherJwk] })
      expect(await sendToken(ofOne)).toBe(harness.unknownKey)
      await refresh(ofTwo)
      expect(await sendToken(ofOne)).toBe('john')
    })

    it('responds to cached tokens with 503 if the keys are too old and cannot be fetched', async () => {
      const { server, clock, sendToken } = await serve()
      expect(await sendToken(ofOne)).toBe('john')
      server.responses.set(jwksUrl, () => new Response('no', { status: 500 }))
      clock.time += 10 * minute + 1
      expect(await sendToken(ofOne)).toBe('john')
      clock.time += 5 * hour
      expect(await sendToken(ofOne)).toBe('keys_unavailable')
    })

    it('rejects the cached tokens of a key that a custom key source removed', async () => {
      const cached = new Map([['k1', createVerificationKey({ publicKey: ecPair.publicKey })]])
      const find = ({ kid = '' }: KeyQuery): VerificationKey => {
        const key = cached.get(kid)
        if (key === undefined) throw new AuthError('key_not_found')
        return key
      }
      const has = (key: VerificationKey) => cached.get('k1') === key
      const { sendToken } = await harness.start(acceptingSecret({ keys: { find, has: has } }))
      expect([await sendToken(ofOne), await sendToken(ofOne)]).toEqual(['john', 'john'])
      cached.set('k1', createVerificationKey({ publicKey: otherPair.publicKey }))
      expect(await sendToken(ofOne)).toBe('signature_invalid')
      cached.clear()
      expect([await sendToken(ofOne), await sendToken(ofOne)]).toEqual([harness.unknownKey, harness.unknownKey])
    })
  })
}

function clients(harness: Harness): void {
  advisory({ 52: 'CVE-2026-25536 (MCP SDK)' }, () => {
    it('does not mix up callers that are verified at the same time', async () => {
      const key = createVerificationKey({ publicKey: ecPair.publicKey })
      const together = createLatch()
      const callers = Array.from({ length: 40 }, (_, index) => `caller-${index % 10}-${index}`)
      let waiting = 0
      const find = async () => {
        waiting++
        if (waiting === callers.length) together.open()
        await together.opened
        return key
      }
      const { sendToken } = await harness.start(acceptingSecret({ keys: { find, has: () => true } }))
      const tokens = callers.map((sub) => mint(ecdsa(), { sub }))
      for (let round = 0; round < 2; round++) expect(await Promise.all(tokens.map(sendToken))).toEqual(callers)
    })

    it('does not show a caller what a handler did to the principal of an earlier request', async () => {
      const describeCaller = (principal: Principal | null) =>
        JSON.stringify([principal?.subject, principal?.roles, principal?.scopes, principal?.claims])
      const { sendToken } = await harness.start(acceptingSecret(), {
        handle: (principal) => {
          const description = describeCaller(principal)
          changeEverything(principal)
          return description
        },
      })
      const token = sign({ roles: ['reader'], scope: 'read', nested: { list: [{ tenant: 'a' }] } })
      const first = await sendToken(token)
      expect(first).toContain('"tenant":"a"')
      expect(await sendToken(token)).toBe(first)
      expect(await sendToken(token)).toBe(first)
    })

    it('does not show a caller what a handler did to the output of a claims schema', async () => {
      const validate = () => ({ value: { when: new Date(0), groups: new Set(['a']) } })
      const claims = { '~standard': { version: 1, vendor: 'test', validate } } as const
      const { sendToken } = await harness.start(acceptingSecret({ claims }), {
        handle: (principal) => {
          const { when, groups } = (principal?.claims ?? {}) as unknown as ReturnType<typeof validate>['value']
          const description = JSON.stringify([when, [...groups]])
          attemptTo(() => when.setTime(1))
          attemptTo(() => groups.add('root'))
          return description
        },
      })
      const token = sign()
      const first = await sendToken(token)
      expect(first).toBe('["1970-01-01T00:00:00.000Z",["a"]]')
      expect(await sendToken(token)).toBe(first)
    })

    it('does not share verdicts between Auths', async () => {
      const token = sign({ roles: ['admin'], azp: 'web', exp: nowSeconds - 3 })
      const others: readonly (readonly [string, SomeOptions, string])[] = [
        ['another audience', { audience: 'https://other.example' }, 'audience_not_allowed'],
        ['another issuer', { issuer: 'https://other.example' }, 'issuer_unknown'],
        ['another secret', { keys: { secret: `${secret}, of another` } }, 'signature_invalid'],
        ['other algorithms', { keys: { secret: secret.repeat(2) }, algorithms: ['HS512'] }, 'algorithm_not_allowed'],
        ['other clients', { clients: 'app' }, 'claim_invalid'],
        ['another tolerance', { clockToleranceSeconds: 0 }, 'token_expired'],
        ['another type', { profile: 'at+jwt' }, 'token_type_not_allowed'],
        ['other roles', { roles: { admin: 'admin' } }, 'access_denied'],
        ['a shorter limit', { maxTokenBytes: 50 }, 'token_too_large'],
        ['a schema', { claims: rejectingSchema }, 'claim_invalid'],
        ['revocation', { isRevoked: () => true }, 'token_revoked'],
      ]
      const guards = [hasRole('admin')]
      const ours = await harness.start(acceptingSecret(), { guards })
      expect(await ours.sendToken(token)).toBe('john')
      for (const [name, options, code] of others) {
        const theirs = await harness.start(acceptingSecret(options), { guards })
        expect([name, await theirs.sendToken(token)]).toEqual([name, code])
        expect(await ours.sendToken(token)).toBe('john')
      }
    })
  })
}

function revocations(harness: Harness): void {
  describe('the revocation check for a cached token', () => {
    it('runs for every request, and its result applies to this request only', async () => {
      let check: () => boolean = () => false
      let calls = 0
      const isRevoked = () => {
        calls++
        return check()
      }
      const { sendToken } = await harness.start(acceptingSecret({ isRevoked }))
      const token = sign()
      const outcomes: string[] = []
      for (const next of [() => false, () => false, () => true, () => true, fail, () => false]) {
        check = next
        outcomes.push(await sendToken(token))
      }
      expect(outcomes).toEqual(['john', 'john', 'token_revoked', 'token_revoked', 'revocation_unavailable', 'john'])
      expect(calls).toBe(6)
    })
  })
}

const rejectingSchema = {
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
} as const

function fail(): never {
  throw new Error('connect ECONNREFUSED 10.0.0.7:6379')
}

/** Tries to change everything that is reachable from a principal. */
function changeEverything(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const name of Object.keys(value)) {
    changeEverything(Reflect.get(value, name))
    attemptTo(() => Reflect.set(value, name, 'root'))
  }
  attemptTo(() => Reflect.set(value, 'added', 'root'))
  attemptTo(() => Reflect.defineProperty(value, 'admin', { value: true, enumerable: true }))
  attemptTo(() => Array.isArray(value) && value.push('root'))
  attemptTo(() => Reflect.setPrototypeOf(value, { admin: true }))
}

function attemptTo(work: () => unknown): void {
  try {
    work()
  } catch {
    // Failing is the expected result.
  }
}
