import { AuthError, createAuth, createVerificationKey, hasRole } from '@claimcheck/core'
import type { AuthOptions, KeyQuery, Principal, VerificationKey } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { hour, minute, MovingClock, second } from '../providers/moving-clock.ts'
import { until } from '../providers/outcome.ts'
import { accepting as acceptingKeys, nowSeconds } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import { createLatch } from '@claimcheck/testing/contract/latch'
import { advisory } from './advisory.ts'
import type { Harness } from './door.ts'
import { ecdsa, ecPair, encode, hmac, jwkOf, mint, secret, strangerPair } from './forge.ts'
import { KeyServer } from './key-server.ts'
import { createTwinTokens } from './twin-tokens.ts'

const jwksUrl = 'https://issuer.example/keys'
const jwk = jwkOf(ecPair.publicKey, { kid: 'k1', alg: 'ES256' })
const strangerJwk = jwkOf(strangerPair.publicKey, { kid: 'k2', alg: 'ES256' })
const accepting = (options: SomeOptions = {}): AuthOptions => acceptingKeys({ keys: { secret }, ...options })
const sign = (claims: object = {}) => mint(hmac(), { ...claims })

/** Everything is asked twice at least: what was verified once may be remembered, and must be judged as if it were new. */
export function cacheAdvisories(door: Harness): void {
  expiry(door)
  collisions(door)
  withdrawals(door)
  clients(door)
  revocations(door)
}

function expiry(door: Harness): void {
  advisory({ 23: 'CVE-2026-107719 / GHSA-x937-hj6v-793p (fast-jwt)' }, () => {
    const start = nowSeconds
    const withClock = async (options: SomeOptions = {}) => {
      const clock = new MovingClock(start * second)
      const { present } = await door.open(accepting({ now: clock.now, clockToleranceSeconds: 5, ...options }))
      /** What becomes of the token at each of the times, one after the other. */
      const outcomesAt = async (token: string, ...times: readonly number[]) => {
        const outcomes: string[] = []
        for (const time of times) {
          clock.time = time * second
          outcomes.push(await present(token))
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
    ])('refuses a token that was verified and is over by now, %s', async (_name, claims) => {
      const outcomesAt = await withClock()
      const exp = start + 10
      const token = sign({ ...claims, exp })
      expect(await outcomesAt(token, start, start, exp + 4.999)).toEqual(['john', 'john', 'john'])
      const over = await outcomesAt(token, exp + 5, exp + 5, exp + 1e9)
      expect(over).toEqual(['token_expired', 'token_expired', 'token_expired'])
    })

    it('refuses a token that was verified and is too old by now', async () => {
      const outcomesAt = await withClock({ maxTokenAgeSeconds: 60 })
      const token = sign({ iat: start, exp: start + 3600 })
      expect(await outcomesAt(token, start, start + 64.999, start + 65)).toEqual(['john', 'john', 'token_expired'])
    })

    it('refuses a token that was verified, when the clock is set back to before its time', async () => {
      const outcomesAt = await withClock()
      const token = sign({ nbf: start })
      const outcomes = await outcomesAt(token, start, start - 5, start - 5.001, start)
      expect(outcomes).toEqual(['john', 'john', 'token_not_active', 'john'])
    })

    it('remembers no refusal: a token before its time is let in when its time has come', async () => {
      const outcomesAt = await withClock()
      const token = sign({ nbf: start + 60 })
      expect(await outcomesAt(token, start, start, start + 60)).toEqual([
        'token_not_active',
        'token_not_active',
        'john',
      ])
    })

    it.each([4e9, 2 ** 31 + start, 2 ** 53 - 1])('lets in a token until %d, however far that is', async (exp) => {
      const outcomesAt = await withClock()
      expect(await outcomesAt(sign({ exp }), start, start, start + 1e8)).toEqual(['john', 'john', 'john'])
    })
  })
}

function collisions(door: Harness): void {
  advisory({ 24: 'CVE-2026-35039 / GHSA-rp9m-7r4c-75qg (fast-jwt)' }, () => {
    const twins = createTwinTokens({ sub: 'john' }, { sub: 'root', admin: true })
    const keys = { publicKey: twins.jwk }
    const handle = (principal: Principal | null) => `${principal?.subject} ${principal?.roles.join()}`

    it('tells two well signed tokens apart that have the same end, signature and all', async () => {
      expect(twins.first.split('.')[2]).toBe(twins.second.split('.')[2])
      for (const inOrder of [
        [twins.first, twins.second],
        [twins.second, twins.first],
      ]) {
        const { present } = await door.open(accepting({ keys }), { handle })
        for (let round = 0; round < 3; round++) {
          for (const token of inOrder) {
            expect(await present(token)).toBe(token === twins.first ? 'john ' : 'root admin')
          }
        }
      }
    })

    it('tells them apart when they come at one time', async () => {
      const { present } = await door.open(accepting({ keys }), { handle })
      const tokens = Array.from({ length: 20 }, (_, index) => (index % 3 === 0 ? twins.second : twins.first))
      for (let round = 0; round < 2; round++) {
        const outcomes = await Promise.all(tokens.map(present))
        expect(outcomes).toEqual(tokens.map((token) => (token === twins.first ? 'john ' : 'root admin')))
      }
    })

    it('judges each by its own claims', async () => {
      const bad = createTwinTokens({ sub: 'john' }, { aud: 'https://other.example' })
      const { present } = await door.open(accepting({ keys: { publicKey: bad.jwk } }))
      for (let round = 0; round < 2; round++) {
        expect(await present(bad.first)).toBe('john')
        expect(await present(bad.second)).toBe('audience_not_allowed')
      }
    })

    it('refuses another header or payload in front of a signature that was verified', async () => {
      const { present } = await door.open(accepting({ keys }))
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
        expect(await present(twins.first)).toBe('john')
        for (const [name, parts] of Object.entries(forged)) {
          expect([name, await present(parts.join('.'))]).toEqual([
            name,
            name === 'another payload' ? 'issuer_unknown' : 'signature_invalid',
          ])
        }
        expect(await present(twins.first.slice(0, -1))).not.toBe('john')
        expect(await present(twins.first.slice(-86))).toBe('token_malformed')
      }
    })
  })
}

function withdrawals(door: Harness): void {
  advisory({ 55: 'GHSA-675f-rq2r-jw82 (jwkset-go)' }, () => {
    const ofOne = mint(ecdsa(), { exp: 4e9 }, { kid: 'k1' })
    const ofTwo = mint(ecdsa(strangerPair.privateKey), { sub: 'jane', exp: 4e9 }, { kid: 'k2' })

    const serve = async () => {
      const server = new KeyServer()
      const clock = new MovingClock(nowSeconds * second)
      const keys = server.at(jwksUrl, { keys: [jwk, strangerJwk] })
      const auth = createAuth(accepting({ keys, fetch: server.fetch, now: clock.now }))
      const { present } = await door.open(auth)
      /** Lets the set age, and waits for the refresh behind the back of whoever asks. */
      const refresh = async (token: string) => {
        const before = auth.keyStatus()[0]?.fetchedAt
        clock.time += 10 * minute + 1
        await present(token)
        await until(() => auth.keyStatus()[0]?.fetchedAt !== before)
      }
      return { server, clock, present, refresh }
    }

    it('refuses what a key verified, from the refresh on that finds it gone', async () => {
      const { server, present, refresh } = await serve()
      for (let times = 0; times < 2; times++)
        expect([await present(ofOne), await present(ofTwo)]).toEqual(['john', 'jane'])
      server.says.set(jwksUrl, { keys: [strangerJwk] })
      await refresh(ofTwo)
      for (let times = 0; times < 2; times++) {
        expect([await present(ofOne), await present(ofTwo)]).toEqual([door.unknownKey, 'jane'])
      }
    })

    it('refuses what a key verified whose kid names another key by now', async () => {
      const { server, present, refresh } = await serve()
      expect([await present(ofOne), await present(ofTwo)]).toEqual(['john', 'jane'])
      server.says.set(jwksUrl, { keys: [{ ...strangerJwk, kid: 'k1' }] })
      await refresh(ofTwo)
      expect([await present(ofOne), await present(ofTwo)]).toEqual(['signature_invalid', door.unknownKey])
    })

    it('lets it in again when the key is back', async () => {
      const { server, present, refresh } = await serve()
      expect(await present(ofOne)).toBe('john')
      server.says.set(jwksUrl, { keys: [strangerJwk] })
      await refresh(ofTwo)
      server.says.set(jwksUrl, { keys: [jwk, strangerJwk] })
      expect(await present(ofOne)).toBe(door.unknownKey)
      await refresh(ofTwo)
      expect(await present(ofOne)).toBe('john')
    })

    it('is an outage for what was verified as well, once the keys are too old and cannot be had', async () => {
      const { server, clock, present } = await serve()
      expect(await present(ofOne)).toBe('john')
      server.says.set(jwksUrl, () => new Response('no', { status: 500 }))
      clock.time += 10 * minute + 1
      expect(await present(ofOne)).toBe('john')
      clock.time += 5 * hour
      expect(await present(ofOne)).toBe('keys_unavailable')
    })

    it('refuses what a key verified that a source of one’s own no longer holds', async () => {
      const held = new Map([['k1', createVerificationKey({ publicKey: ecPair.publicKey })]])
      const find = ({ kid = '' }: KeyQuery): VerificationKey => {
        const key = held.get(kid)
        if (key === undefined) throw new AuthError('key_not_found')
        return key
      }
      const holds = (key: VerificationKey) => held.get('k1') === key
      const { present } = await door.open(accepting({ keys: { find, has: holds } }))
      expect([await present(ofOne), await present(ofOne)]).toEqual(['john', 'john'])
      held.set('k1', createVerificationKey({ publicKey: strangerPair.publicKey }))
      expect(await present(ofOne)).toBe('signature_invalid')
      held.clear()
      expect([await present(ofOne), await present(ofOne)]).toEqual([door.unknownKey, door.unknownKey])
    })
  })
}

function clients(door: Harness): void {
  advisory({ 52: 'CVE-2026-25536 (MCP SDK)' }, () => {
    it('keeps callers apart who are verified at one time, by one Auth', async () => {
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
      const { present } = await door.open(accepting({ keys: { find, has: () => true } }))
      const tokens = callers.map((sub) => mint(ecdsa(), { sub }))
      for (let round = 0; round < 2; round++) expect(await Promise.all(tokens.map(present))).toEqual(callers)
    })

    it('shows no caller what a handler did to the principal of one before', async () => {
      const tell = (principal: Principal | null) =>
        JSON.stringify([principal?.subject, principal?.roles, principal?.scopes, principal?.claims])
      const { present } = await door.open(accepting(), {
        handle: (principal) => {
          const told = tell(principal)
          deface(principal)
          return told
        },
      })
      const token = sign({ roles: ['reader'], scope: 'read', nested: { list: [{ tenant: 'a' }] } })
      const first = await present(token)
      expect(first).toContain('"tenant":"a"')
      expect(await present(token)).toBe(first)
      expect(await present(token)).toBe(first)
    })

    it('shows no caller what a handler did to what a schema made of the claims', async () => {
      const validate = () => ({ value: { when: new Date(0), groups: new Set(['a']) } })
      const claims = { '~standard': { version: 1, vendor: 'test', validate } } as const
      const { present } = await door.open(accepting({ claims }), {
        handle: (principal) => {
          const { when, groups } = (principal?.claims ?? {}) as unknown as ReturnType<typeof validate>['value']
          const told = JSON.stringify([when, [...groups]])
          attemptTo(() => when.setTime(1))
          attemptTo(() => groups.add('root'))
          return told
        },
      })
      const token = sign()
      const first = await present(token)
      expect(first).toBe('["1970-01-01T00:00:00.000Z",["a"]]')
      expect(await present(token)).toBe(first)
    })

    it('lends no verdict of one Auth to another', async () => {
      const token = sign({ roles: ['admin'], azp: 'web', exp: nowSeconds - 3 })
      const strangers: readonly (readonly [string, SomeOptions, string])[] = [
        ['another audience', { audience: 'https://other.example' }, 'audience_not_allowed'],
        ['another issuer', { issuer: 'https://other.example' }, 'issuer_unknown'],
        ['another secret', { keys: { secret: `${secret}, of another` } }, 'signature_invalid'],
        ['other algorithms', { keys: { secret: secret.repeat(2) }, algorithms: ['HS512'] }, 'algorithm_not_allowed'],
        ['other clients', { clients: 'app' }, 'claim_invalid'],
        ['another tolerance', { clockToleranceSeconds: 0 }, 'token_expired'],
        ['another type', { profile: 'at+jwt' }, 'token_type_not_allowed'],
        ['other roles', { roles: { admin: 'admin' } }, 'access_denied'],
        ['a shorter limit', { maxTokenBytes: 50 }, 'token_too_large'],
        ['a schema', { claims: refusingSchema }, 'claim_invalid'],
        ['revocation', { isRevoked: () => true }, 'token_revoked'],
      ]
      const guards = [hasRole('admin')]
      const ours = await door.open(accepting(), { guards })
      expect(await ours.present(token)).toBe('john')
      for (const [name, options, code] of strangers) {
        const theirs = await door.open(accepting(options), { guards })
        expect([name, await theirs.present(token)]).toEqual([name, code])
        expect(await ours.present(token)).toBe('john')
      }
    })
  })
}

function revocations(door: Harness): void {
  describe('revocation of a token that was verified before', () => {
    it('is asked again for every request, and its answer stands', async () => {
      let answer: () => boolean = () => false
      let timesAsked = 0
      const isRevoked = () => {
        timesAsked++
        return answer()
      }
      const { present } = await door.open(accepting({ isRevoked }))
      const token = sign()
      const outcomes: string[] = []
      for (const next of [() => false, () => false, () => true, () => true, fail, () => false]) {
        answer = next
        outcomes.push(await present(token))
      }
      expect(outcomes).toEqual(['john', 'john', 'token_revoked', 'token_revoked', 'revocation_unavailable', 'john'])
      expect(timesAsked).toBe(6)
    })
  })
}

const refusingSchema = {
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
} as const

function fail(): never {
  throw new Error('connect ECONNREFUSED 10.0.0.7:6379')
}

/** Tries to change everything about a principal that can be got at. */
function deface(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const name of Object.keys(value)) {
    deface(Reflect.get(value, name))
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
    // That it cannot be done is well.
  }
}
