import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, createAuth } from '../src/index.ts'
import type { TrustedIssuerOptions } from '../src/index.ts'
import { KeyServer, minute, settle, unreachable } from './key-server.ts'
import { audience, issuer, keyPair, refusalOf, sign as signAt } from './tokens.ts'

const jwksUrl = 'https://issuer.example/keys'
const one = await keyPair('ES256', 'k1')
const two = await keyPair('ES256', 'k2')

/** Tokens that outlive every test: what is judged here is the keys. */
const sign = (claims: object = {}, kid = 'k1', pair = one) =>
  signAt({ exp: 4e9, ...claims }, { alg: 'ES256', kid }, pair.privateKey)
const token = await sign()
const tokenOfTwo = await sign({}, 'k2', two)

function setUp(options: object = {}) {
  const server = new KeyServer()
  server.answers.set(jwksUrl, { keys: [one.jwk] })
  const auth = createAuth({
    issuer,
    audience,
    keys: { jwksUrl },
    fetch: server.fetch,
    now: server.now,
    ...options,
  })
  const codeOf = (text: string) => refusalOf(auth.verifyToken(text))
  return { server, auth, codeOf, fetches: () => server.fetched.length }
}

afterEach(() => vi.useRealTimers())

describe('keys that are fetched', () => {
  it('are not fetched before they are needed, and then once for all who wait', async () => {
    const { codeOf, fetches } = setUp()
    expect(fetches()).toBe(0)
    const codes = await Promise.all(Array.from({ length: 500 }, () => codeOf(token)))
    expect(new Set(codes)).toEqual(new Set(['accepted']))
    expect(fetches()).toBe(1)
  })

  it('keep what they verified in mind over a refresh, but for those that left', async () => {
    const asked = vi.fn<(claims: object) => boolean>(() => true) // once for each time that a token goes the whole way
    const { server, codeOf, fetches } = setUp({ roles: { member: asked } })
    server.answers.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    await codeOf(token)
    await codeOf(tokenOfTwo)
    server.answers.set(jwksUrl, { keys: [{ ...one.jwk }] })
    server.time += 11 * minute
    await codeOf(token)
    await settle()
    expect(fetches()).toBe(2)
    expect(await codeOf(token)).toBe('accepted')
    expect(asked).toHaveBeenCalledTimes(2)
    expect(await codeOf(tokenOfTwo)).toBe('key_not_found')
  })

  it('are not fetched for a token of an unknown issuer, nor for one that is refused unseen', async () => {
    const { codeOf, fetches } = setUp()
    expect(await codeOf(await sign({ iss: 'https://evil.example' }))).toBe('issuer_unknown')
    expect(await codeOf(await sign({ exp: 1 }))).toBe('token_expired')
    expect(await codeOf('garbage')).toBe('token_malformed')
    expect(fetches()).toBe(0)
  })

  it('are refreshed behind the back of known keys', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.time += 10 * minute
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(1)
    server.time += 1
    let release = (): void => undefined
    server.answers.set(
      jwksUrl,
      () => new Promise((resolve) => (release = () => resolve(Response.json({ keys: [one.jwk, two.jwk] })))),
    )
    expect(await codeOf(token)).toBe('accepted')
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(2)
    release()
    await settle()
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it.each([
    [null, 10],
    ['max-age=300', 5],
    ['public, MAX-AGE="300", must-revalidate', 5],
    ['max-age=0', 1],
    ['no-store, max-age=5', 1],
    ['max-age=86400', 60],
    ['max-age=soon', 10],
    ['s-maxage=300', 10],
  ])('live as Cache-Control %j says, within bounds: %d minutes', async (cacheControl, minutes) => {
    const { server, codeOf, fetches } = setUp()
    server.cacheControl = cacheControl
    await codeOf(token)
    server.time += minutes * minute
    await codeOf(token)
    await settle()
    expect(fetches()).toBe(1)
    server.time += 1
    await codeOf(token)
    await settle()
    expect(fetches()).toBe(2)
  })

  it('are not used past twice their life before one attempt to refresh them', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.time += 20 * minute + 1
    server.answers.set(jwksUrl, { keys: [two.jwk] })
    expect(await codeOf(token)).toBe('key_not_found')
    expect(fetches()).toBe(2)
  })

  it('that left the set stop at the next refresh', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, { keys: [two.jwk] })
    server.time += 10 * minute + 1
    expect(await codeOf(token)).toBe('accepted')
    await settle()
    expect(await codeOf(token)).toBe('key_not_found')
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
  })

  it('may be withdrawn altogether', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, { keys: [] })
    server.time += 25 * minute
    expect(await codeOf(token)).toBe('key_not_found')
  })
})

describe('an unknown kid', () => {
  it('joins one fetch per 30 seconds, whoever asks', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    const madeUp = await Promise.all(Array.from({ length: 50 }, (_, index) => sign({}, `made-up-${index}`)))
    const codes = await Promise.all(madeUp.map(codeOf))
    expect(new Set(codes)).toEqual(new Set(['key_not_found']))
    expect(fetches()).toBe(1)
    server.time += 29_999
    await Promise.all(madeUp.map(codeOf))
    expect(fetches()).toBe(1)
    server.time += 1
    expect(new Set(await Promise.all(madeUp.map(codeOf)))).toEqual(new Set(['key_not_found']))
    expect(fetches()).toBe(2)
    server.time += 30_000
    await Promise.all(madeUp.map(codeOf))
    expect(fetches()).toBe(3)
  })

  it('that is new is found by that fetch', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 30_000
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it('is an outage, not a bad token, while the keys cannot be fetched', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, 500)
    server.time += 30_000
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(2)
    server.answers.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 29_999
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
    server.time += 1
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
  })

  it('is looked for again after the clock was set back', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time -= 60 * minute
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it.each(['__proto__', 'constructor', 'toString'])('may be named %s', async (kid) => {
    const { server, codeOf } = setUp()
    expect(await codeOf(await sign({}, kid))).toBe('key_not_found')
    server.answers.set(jwksUrl, { keys: [{ ...one.jwk, kid }] })
    server.time += 30_000
    expect(await codeOf(await sign({}, kid))).toBe('accepted')
  })
})

describe('an outage', () => {
  it('without keys held is a 503 that says when to come back', async () => {
    const { server, auth, codeOf, fetches } = setUp()
    server.answers.set(jwksUrl, unreachable)
    const error = await auth.verifyToken(token).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'keys_unavailable',
      logDetail: 'cannot fetch keys: the server could not be reached',
    })
    expect((error as AuthError).headers['Retry-After']).toMatch(/^[1-3]$/)
    expect(await codeOf(token)).toBe('keys_unavailable')
    expect(fetches()).toBe(1)
  })

  it('backs off from 1 second to 5 minutes, with jitter, and ends with the first success', async () => {
    const { server, auth, codeOf, fetches } = setUp()
    server.answers.set(jwksUrl, 500)
    const pauses: number[] = []
    for (let failure = 0; failure < 14; failure++) {
      expect(await codeOf(token)).toBe('keys_unavailable')
      expect(fetches()).toBe(failure + 1)
      const pause = Math.round((auth.keyStatus()[0]?.nextRefreshAt ?? 0) * 1000) - server.time
      pauses.push(pause)
      server.time += pause - 1
      expect(await codeOf(token)).toBe('keys_unavailable')
      expect(fetches()).toBe(failure + 1)
      server.time += 1
    }
    for (const [failures, pause] of pauses.entries()) {
      const longest = Math.min(1000 * 2 ** (failures + 1), 300_000)
      expect(pause).toBeGreaterThanOrEqual(Math.max(1000, longest / 2))
      expect(pause).toBeLessThanOrEqual(longest)
    }
    expect(new Set(pauses.map((pause) => pause % 1000)).size).toBeGreaterThan(3)
    server.answers.set(jwksUrl, { keys: [one.jwk] })
    expect(await codeOf(token)).toBe('accepted')
    expect(auth.keyStatus()[0]?.lastError).toBeNull()
  })

  it('lets held keys serve for 4 hours past their life, without a request that waits', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, () => new Promise(() => undefined))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    for (let minutes = 1; minutes <= 250; minutes++) {
      server.time += minute
      expect([minutes, await codeOf(token)]).toEqual([minutes, 'accepted'])
      vi.advanceTimersByTime(5000)
      await settle()
    }
    server.time += minute
    const last = codeOf(token)
    vi.advanceTimersByTime(5000)
    expect(await last).toBe('keys_unavailable')
  })

  it.each([
    [0, 10],
    [300, 15],
  ])('lets them serve for maxStaleSeconds %d', async (maxStaleSeconds, minutes) => {
    const { server, codeOf } = setUp({ maxStaleSeconds })
    await codeOf(token)
    server.answers.set(jwksUrl, 500)
    server.time += 10 * minute + 1
    await codeOf(token)
    await settle()
    if (maxStaleSeconds > 0) {
      server.time += (minutes - 10) * minute - 1
      expect(await codeOf(token)).toBe('accepted')
      await settle()
      server.time += 1
    }
    expect(await codeOf(token)).toBe('keys_unavailable')
    server.answers.set(jwksUrl, { keys: [one.jwk] })
    server.time += 5 * minute
    expect(await codeOf(token)).toBe('accepted')
  })

  it('of long ago says nothing about keys that nobody has asked for since', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, 500)
    server.time += 15 * minute
    await codeOf(token)
    await settle()
    server.answers.set(jwksUrl, { keys: [two.jwk] })
    server.time += 120 * minute
    expect(await codeOf(token)).toBe('key_not_found')
  })

  it('of long ago excuses nobody who asks beside the one that tries again', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, 500)
    server.time += 30_000
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
    server.answers.set(jwksUrl, { keys: [two.jwk] })
    server.time += 180 * minute
    expect(await Promise.all([codeOf(token), codeOf(token), codeOf(token)])).toEqual(Array(3).fill('key_not_found'))
  })

  it('takes no held key away when the clock is set back', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, 500)
    server.time -= 60 * minute
    for (let minutes = 0; minutes < 60; minutes++) {
      expect(await codeOf(token)).toBe('accepted')
      await settle()
      server.time += minute
    }
    expect(fetches()).toBeGreaterThan(5)
  })

  it('says to whom names an unknown kid when the next fetch may be', async () => {
    const { server, auth, codeOf } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, 500)
    server.time += 30_000
    const pauses: unknown[] = []
    for (const wait of [0, 10_000]) {
      server.time += wait
      const error = (await auth.verifyToken(tokenOfTwo).catch((reason: unknown) => reason)) as AuthError
      pauses.push(error.headers['Retry-After'])
    }
    expect(pauses).toEqual(['30', '20'])
  })

  it('takes no key away that may still be used', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    for (const answer of [500, 404, [], { keys: 'none' }, { error: 'x' }, unreachable]) {
      server.answers.set(jwksUrl, answer)
      server.time += 10 * minute
      expect(await codeOf(token)).toBe('accepted')
      await settle()
    }
  })
})

describe('a key server', () => {
  const failing = async (answer: () => Response | Promise<Response>) => {
    const { server, auth } = setUp()
    server.answers.set(jwksUrl, answer)
    return auth.verifyToken(token).catch((reason: unknown) => (reason as AuthError).logDetail)
  }
  const logDetail = (reason: string) => `cannot fetch keys: ${reason}`

  it.each([
    ['500', () => new Response('x', { status: 500 }), 'the response has status 500'],
    ['404', () => new Response('x', { status: 404 }), 'the response has status 404'],
    ['204', () => new Response(null, { status: 204 }), 'the response has status 204'],
    ['201', () => Response.json({ keys: [one.jwk] }, { status: 201 }), 'the response has status 201'],
    [
      'HTML with 200',
      () => new Response('<html></html>', { headers: { 'content-type': 'text/html' } }),
      'the response is not a JSON object',
    ],
    ['no body', () => new Response(null), 'the response is not a JSON object'],
    ['an array', () => Response.json([one.jwk]), 'the response is not a JSON object'],
    ['broken UTF-8', () => new Response(Uint8Array.of(0x7b, 0xff, 0x7d)), 'the response ended early'],
    ['no set', () => Response.json({ jwks: [] }), 'the response is not a JWK Set'],
    ['keys that are no array', () => Response.json({ keys: { 0: one.jwk } }), 'the response is not a JWK Set'],
    [
      '101 keys',
      () => Response.json({ keys: Array.from({ length: 101 }, () => one.jwk) }),
      'the JWK Set has more than 100 keys',
    ],
    ['10 MB', () => new Response('x'.repeat(10_000_000)), 'the response is larger than 524288 bytes'],
    [
      'a redirect that was followed',
      () => Object.defineProperty(Response.json({ keys: [one.jwk] }), 'redirected', { value: true }),
      'the response is a redirect',
    ],
    ['nothing', unreachable, 'the server could not be reached'],
  ])('that gives %s is an outage', async (_name, answer, reason) => {
    expect(await failing(answer)).toBe(logDetail(reason))
  })

  it('may name another content type', async () => {
    const { server, codeOf } = setUp()
    server.answers.set(
      jwksUrl,
      () => new Response(JSON.stringify({ keys: [one.jwk] }), { headers: { 'content-type': 'text/plain' } }),
    )
    expect(await codeOf(token)).toBe('accepted')
  })

  it('is asked not to redirect, and for JSON', async () => {
    const asked: RequestInit[] = []
    const fetch = async (_url: string, init: RequestInit) => {
      asked.push(init)
      return Response.json({ keys: [one.jwk] })
    }
    expect(await setUp({ fetch }).codeOf(token)).toBe('accepted')
    expect(asked).toEqual([
      { redirect: 'manual', headers: { accept: 'application/json' }, signal: expect.any(AbortSignal) },
    ])
  })

  it.each([
    ['before its answer', () => new Promise<Response>(() => undefined)],
    [
      'in the middle of its body',
      () => new Response(new ReadableStream({ start: (body) => body.enqueue(Uint8Array.of(0x7b)) })),
    ],
  ])('that hangs %s is an outage after 5 seconds, even under a fetch that does not listen', async (_name, answer) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const outcome = failing(answer)
    await settle()
    vi.advanceTimersByTime(4999)
    await settle()
    expect(await Promise.race([outcome, Promise.resolve('waiting')])).toBe('waiting')
    vi.advanceTimersByTime(1)
    expect(await outcome).toBe(logDetail('the response took too long'))
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that breaks off is an outage', async () => {
    const body = () => new ReadableStream({ pull: (controller) => controller.error(new Error('socket hang up')) })
    expect(await failing(() => new Response(body()))).toBe(logDetail('the response ended early'))
  })
})

describe('a fetched set', () => {
  const warnings: string[] = []
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)))

  it('leaves out what must not verify, with one warning a kind', async () => {
    const rsa = await keyPair('RS256', 'r1')
    const { exportJWK } = await import('jose')
    const { server, codeOf } = setUp()
    const bad = [
      { kty: 'oct', kid: 'o1', k: 'c2VjcmV0' },
      { kty: 'oct', kid: 'o2', k: 'c2VjcmV0' },
      { ...(await exportJWK(two.privateKey)), kid: 'k2' },
      { ...rsa.jwk, n: (rsa.jwk as { n: string }).n.slice(0, 100) },
      { kty: 'EC', crv: 'P-256', kid: 'off', x: 'A'.repeat(43), y: 'A'.repeat(43) },
      { ...rsa.jwk, use: 'enc' },
      { ...rsa.jwk, key_ops: ['encrypt'] },
      null,
      7,
    ]
    server.answers.set(jwksUrl, { keys: [...bad, one.jwk] })
    warnings.length = 0
    expect(await codeOf(token)).toBe('accepted')
    expect(await codeOf(tokenOfTwo)).toBe('key_not_found')
    server.time += 30_000
    expect(await codeOf(await signAt({ exp: 4e9 }, { alg: 'RS256', kid: 'r1' }, rsa.privateKey))).toBe('key_not_found')
    expect(warnings).toEqual([
      `Ignoring a key of the JWK Set: a secret (kty oct), not a public key (${jwksUrl})`,
      `Ignoring a key of the JWK Set: a private key (with "d"; use its public part) (${jwksUrl})`,
      expect.stringContaining('an RSA key of'),
      `Ignoring a key of the JWK Set: a key that this runtime cannot import (${jwksUrl})`,
    ])
  })

  it('leaves out keys that share kid, kty and alg, and keeps a kid that different types share', async () => {
    const rsa = await keyPair('RS256', 'k1')
    const other = await keyPair('ES256', 'k1')
    const { server, codeOf } = setUp()
    server.answers.set(jwksUrl, { keys: [one.jwk, rsa.jwk] })
    expect(await codeOf(token)).toBe('accepted')
    server.answers.set(jwksUrl, { keys: [one.jwk, rsa.jwk, other.jwk, two.jwk] })
    server.time += 25 * minute
    expect(await codeOf(token)).toBe('key_not_found')
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(await codeOf(await signAt({ exp: 4e9 }, { alg: 'RS256', kid: 'k1' }, rsa.privateKey))).toBe('accepted')
  })

  it('may repeat a key word for word', async () => {
    const { server, codeOf } = setUp()
    server.answers.set(jwksUrl, { keys: [one.jwk, one.jwk] })
    expect(await codeOf(token)).toBe('accepted')
  })

  it('answers a token without kid only where exactly one key fits its algorithm', async () => {
    const { server, codeOf } = setUp()
    const bare = await signAt({ exp: 4e9 }, { alg: 'ES256' }, one.privateKey)
    expect(await codeOf(bare)).toBe('accepted')
    server.answers.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 25 * minute
    expect(await codeOf(bare)).toBe('key_not_found')
  })

  it('may hold a member __proto__', async () => {
    const { server, codeOf } = setUp()
    server.answers.set(jwksUrl, () => new Response(`{"__proto__":{"keys":[]},"keys":[${JSON.stringify(one.jwk)}]}`))
    expect(await codeOf(token)).toBe('accepted')
  })

  it('verifies only the algorithms that are listed', async () => {
    const { codeOf } = setUp({ algorithms: ['RS256'] })
    expect(await codeOf(token)).toBe('algorithm_not_allowed')
  })

  it('at one URL for many issuers of one Auth is warned of never', () => {
    warnings.length = 0
    const keys = { jwksUrl: 'https://issuer.example/shared' }
    const listed = Array.from({ length: 30 }, (_, index) => ({
      issuer: `https://${index}.example`,
      audience,
      keys,
      roles: {},
    }))
    const [first, ...rest] = listed
    if (first !== undefined) createAuth({ issuers: [first, ...rest] })
    expect(warnings).toEqual([])
  })

  it('of an Auth that is made again and again is warned of once', () => {
    warnings.length = 0
    const url = 'https://issuer.example/made-again'
    for (let times = 0; times < 50; times++) setUp({ keys: { jwksUrl: `${url}?subscription-key=s3cr3t` } })
    expect(warnings).toEqual([
      `createAuth was called 20 times for the keys of ${url}. Create one Auth at startup and share it`,
    ])
  })
})

describe('ready, keys and close', () => {
  it('ready fetches ahead, and tells which issuers failed while the rest serve', async () => {
    const server = new KeyServer()
    server.answers.set(jwksUrl, { keys: [one.jwk] })
    const other = 'https://other.example'
    const listed = (name: string, url: string): TrustedIssuerOptions => ({
      issuer: name,
      audience,
      keys: { jwksUrl: url },
      roles: {},
    })
    const auth = createAuth({
      issuers: [listed(issuer, jwksUrl), listed(other, `${other}/keys`)],
      fetch: server.fetch,
      now: server.now,
    })
    const seconds = server.time / 1000
    expect(await auth.ready()).toEqual([
      { issuer, fetchedAt: seconds, nextRefreshAt: seconds + 600, lastError: null },
      { issuer: other, fetchedAt: null, nextRefreshAt: expect.any(Number), lastError: expect.any(AuthError) },
    ])
    expect(auth.keyStatus()[1]?.lastError).toMatchObject({
      logDetail: 'cannot fetch keys: the response has status 404',
    })
    expect(await refusalOf(auth.verifyToken(token))).toBe('accepted')
    expect(await refusalOf(auth.verifyToken(await sign({ iss: other })))).toBe('keys_unavailable')
    expect(server.fetched).toHaveLength(2)
  })

  it('ready fetches nothing that is there already', async () => {
    const { auth, codeOf, fetches } = setUp()
    expect(auth.keyStatus()).toEqual([{ issuer, fetchedAt: null, nextRefreshAt: null, lastError: null }])
    await codeOf(token)
    await auth.ready()
    expect(fetches()).toBe(1)
  })

  it('no network message stands in an error of ready or keys', async () => {
    const { server, auth } = setUp()
    server.answers.set(jwksUrl, unreachable)
    await auth.ready()
    const error = auth.keyStatus()[0]?.lastError as AuthError
    expect(error.message + error.logDetail + JSON.stringify(error)).not.toContain('10.0.0.1')
  })

  it('close ends a fetch and its timer, and no other begins', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { server, auth, codeOf, fetches } = setUp()
    server.answers.set(jwksUrl, () => new Promise(() => undefined))
    const waiting = codeOf(token)
    await settle()
    auth.close()
    expect(await waiting).toBe('keys_unavailable')
    expect(vi.getTimerCount()).toBe(0)
    expect(await codeOf(token)).toBe('keys_unavailable')
    expect(fetches()).toBe(1)
  })

  it('close while a fetch is under way counts as no outage', async () => {
    const { server, auth, codeOf } = setUp()
    await codeOf(token)
    server.answers.set(jwksUrl, () => new Promise(() => undefined))
    server.time += 11 * minute
    expect(await codeOf(token)).toBe('accepted')
    auth.close()
    await settle()
    expect(auth.keyStatus()[0]?.lastError).toBeNull()
    server.time += 10 * minute
    expect(await codeOf(token)).toBe('keys_unavailable')
  })

  it('close leaves the keys that are held in use', async () => {
    const { server, auth, codeOf } = setUp()
    await codeOf(token)
    auth.close()
    server.time += 30_000
    expect(await codeOf(token)).toBe('accepted')
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
  })
})

describe('the platform’s fetch', () => {
  it('is used where none is given, as it is at the time', async () => {
    const server = new KeyServer()
    server.answers.set(jwksUrl, { keys: [one.jwk] })
    const auth = createAuth({ issuer, audience, keys: { jwksUrl } })
    vi.stubGlobal('fetch', server.fetch)
    try {
      expect(await refusalOf(auth.verifyToken(token))).toBe('accepted')
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
