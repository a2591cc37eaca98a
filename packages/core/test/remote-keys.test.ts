import { afterEach, describe, expect, it, vi } from 'vitest'
import { auditOptions } from '../src/audit.ts'
import { AuthError, createAuth } from '../src/index.ts'
import type { TrustedIssuerOptions } from '../src/index.ts'
import { KeyServer, minute, settle, unreachable } from './key-server.ts'
import { audience, issuer, keyPair, resultOf, sign as signAt } from './tokens.ts'

const jwksUrl = 'https://issuer.example/keys'
const one = await keyPair('ES256', 'k1')
const two = await keyPair('ES256', 'k2')

/** The tokens never expire during a test, because these tests are about keys. */
const sign = (claims: object = {}, kid = 'k1', pair = one) =>
  signAt({ exp: 4e9, ...claims }, { alg: 'ES256', kid }, pair.privateKey)
const token = await sign()
const tokenOfTwo = await sign({}, 'k2', two)

function setUp(options: object = {}) {
  const server = new KeyServer()
  server.responses.set(jwksUrl, { keys: [one.jwk] })
  const auth = createAuth({
    issuer,
    audience,
    keys: { jwksUrl },
    fetch: server.fetch,
    now: server.now,
    ...options,
  })
  const codeOf = (text: string) => resultOf(auth.verifyToken(text))
  return { server, auth, codeOf, fetches: () => server.fetched.length }
}

afterEach(() => vi.useRealTimers())

describe('key refresh', () => {
  it('fetches keys when they are first needed, once for all requests that wait', async () => {
    const { codeOf, fetches } = setUp()
    expect(fetches()).toBe(0)
    const codes = await Promise.all(Array.from({ length: 500 }, () => codeOf(token)))
    expect(new Set(codes)).toEqual(new Set(['accepted']))
    expect(fetches()).toBe(1)
  })

  it('keeps cached tokens after a refresh, except those whose key was removed', async () => {
    const rule = vi.fn<(claims: object) => boolean>(() => true) // is called once for each token that is not cached
    const { server, codeOf, fetches } = setUp({ roles: { member: rule } })
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    await codeOf(token)
    await codeOf(tokenOfTwo)
    server.responses.set(jwksUrl, { keys: [{ ...one.jwk }] })
    server.time += 11 * minute
    await codeOf(token)
    await settle()
    expect(fetches()).toBe(2)
    expect(await codeOf(token)).toBe('accepted')
    expect(rule).toHaveBeenCalledTimes(2)
    expect(await codeOf(tokenOfTwo)).toBe('key_not_found')
  })

  it('fetches no keys for a token of an unknown issuer, or one that is rejected before the signature', async () => {
    const { codeOf, fetches } = setUp()
    expect(await codeOf(await sign({ iss: 'https://evil.example' }))).toBe('issuer_unknown')
    expect(await codeOf(await sign({ exp: 1 }))).toBe('token_expired')
    expect(await codeOf('garbage')).toBe('token_malformed')
    expect(fetches()).toBe(0)
  })

  it('refreshes keys in the background while requests use the cached keys', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.time += 10 * minute
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(1)
    server.time += 1
    let release = (): void => undefined
    server.responses.set(
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
  ])('caches keys for the max-age of Cache-Control, within limits: %j → %d minutes', async (cacheControl, minutes) => {
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

  it('waits for a refresh if the keys are older than twice their lifetime', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.time += 20 * minute + 1
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    expect(await codeOf(token)).toBe('key_not_found')
    expect(fetches()).toBe(2)
  })

  it('rejects tokens of a removed key after the next refresh', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    server.time += 10 * minute + 1
    expect(await codeOf(token)).toBe('accepted')
    await settle()
    expect(await codeOf(token)).toBe('key_not_found')
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
  })

  it('rejects all tokens after all keys were removed', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, { keys: [] })
    server.time += 25 * minute
    expect(await codeOf(token)).toBe('key_not_found')
  })
})

describe('unknown kid', () => {
  it('fetches keys for unknown kids at most once in 30 seconds', async () => {
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

  it('accepts a token of a new key after one fetch for its unknown kid', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 30_000
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it('rejects an unknown kid with keys_unavailable, not key_not_found, while keys cannot be fetched', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, 500)
    server.time += 30_000
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(2)
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 29_999
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
    server.time += 1
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
  })

  it('fetches keys for an unknown kid again after the clock was set back', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time -= 60 * minute
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it.each(['__proto__', 'constructor', 'toString'])('handles the kid %s like any other', async (kid) => {
    const { server, codeOf } = setUp()
    expect(await codeOf(await sign({}, kid))).toBe('key_not_found')
    server.responses.set(jwksUrl, { keys: [{ ...one.jwk, kid }] })
    server.time += 30_000
    expect(await codeOf(await sign({}, kid))).toBe('accepted')
  })
})

describe('outage of the key server', () => {
  it('rejects with a 503 and Retry-After if there are no cached keys', async () => {
    const { server, auth, codeOf, fetches } = setUp()
    server.responses.set(jwksUrl, unreachable)
    const error = await auth.verifyToken(token).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'keys_unavailable',
      logDetail: 'cannot fetch keys: the server could not be reached',
    })
    expect((error as AuthError).headers['Retry-After']).toMatch(/^[1-3]$/)
    expect(await codeOf(token)).toBe('keys_unavailable')
    expect(fetches()).toBe(1)
  })

  it('retries with a backoff from 1 second to 5 minutes, with jitter, until a fetch succeeds', async () => {
    const { server, auth, codeOf, fetches } = setUp()
    server.responses.set(jwksUrl, 500)
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
      const maxPause = Math.min(1000 * 2 ** (failures + 1), 300_000)
      expect(pause).toBeGreaterThanOrEqual(Math.max(1000, maxPause / 2))
      expect(pause).toBeLessThanOrEqual(maxPause)
    }
    expect(new Set(pauses.map((pause) => pause % 1000)).size).toBeGreaterThan(3)
    server.responses.set(jwksUrl, { keys: [one.jwk] })
    expect(await codeOf(token)).toBe('accepted')
    expect(auth.keyStatus()[0]?.lastError).toBeNull()
  })

  it('accepts tokens of cached keys for 4 hours after their lifetime, and no request waits', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, () => new Promise(() => undefined))
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
  ])('accepts tokens of cached keys for maxStaleSeconds after their lifetime: %d', async (maxStaleSeconds, minutes) => {
    const { server, codeOf } = setUp({ maxStaleSeconds })
    await codeOf(token)
    server.responses.set(jwksUrl, 500)
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
    server.responses.set(jwksUrl, { keys: [one.jwk] })
    server.time += 5 * minute
    expect(await codeOf(token)).toBe('accepted')
  })

  it('does not accept stale keys because of an outage that was long before the next request', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, 500)
    server.time += 15 * minute
    await codeOf(token)
    await settle()
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    server.time += 120 * minute
    expect(await codeOf(token)).toBe('key_not_found')
  })

  it('lets all concurrent requests wait for the first fetch after an outage that was long ago', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, 500)
    server.time += 30_000
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    server.time += 180 * minute
    expect(await Promise.all([codeOf(token), codeOf(token), codeOf(token)])).toEqual(Array(3).fill('key_not_found'))
  })

  it('keeps cached keys during an outage when the clock is set back', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, 500)
    server.time -= 60 * minute
    for (let minutes = 0; minutes < 60; minutes++) {
      expect(await codeOf(token)).toBe('accepted')
      await settle()
      server.time += minute
    }
    expect(fetches()).toBeGreaterThan(5)
  })

  it('returns in Retry-After the time until the next fetch for an unknown kid', async () => {
    const { server, auth, codeOf } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, 500)
    server.time += 30_000
    const pauses: unknown[] = []
    for (const wait of [0, 10_000]) {
      server.time += wait
      const error = (await auth.verifyToken(tokenOfTwo).catch((reason: unknown) => reason)) as AuthError
      pauses.push(error.headers['Retry-After'])
    }
    expect(pauses).toEqual(['30', '20'])
  })

  it('keeps cached keys after each kind of failed fetch', async () => {
    const { server, codeOf } = setUp()
    await codeOf(token)
    for (const response of [500, 404, [], { keys: 'none' }, { error: 'x' }, unreachable]) {
      server.responses.set(jwksUrl, response)
      server.time += 10 * minute
      expect(await codeOf(token)).toBe('accepted')
      await settle()
    }
  })
})

describe('responses of the key server', () => {
  const failing = async (response: () => Response | Promise<Response>) => {
    const { server, auth } = setUp()
    server.responses.set(jwksUrl, response)
    return auth.verifyToken(token).catch((reason: unknown) => (reason as AuthError).logDetail)
  }
  const logDetail = (reason: string) => `cannot fetch keys: ${reason}`

  it.each([
    ['status 500', () => new Response('x', { status: 500 }), 'the response has status 500'],
    ['status 404', () => new Response('x', { status: 404 }), 'the response has status 404'],
    ['status 204', () => new Response(null, { status: 204 }), 'the response has status 204'],
    ['status 201', () => Response.json({ keys: [one.jwk] }, { status: 201 }), 'the response has status 201'],
    [
      'HTML with status 200',
      () => new Response('<html></html>', { headers: { 'content-type': 'text/html' } }),
      'the response is not a JSON object',
    ],
    ['no body', () => new Response(null), 'the response is not a JSON object'],
    ['an array', () => Response.json([one.jwk]), 'the response is not a JSON object'],
    ['broken UTF-8', () => new Response(Uint8Array.of(0x7b, 0xff, 0x7d)), 'the response could not be read'],
    ['no JWK Set', () => Response.json({ jwks: [] }), 'the response is not a JWK Set'],
    ['keys that are not an array', () => Response.json({ keys: { 0: one.jwk } }), 'the response is not a JWK Set'],
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
    ['no response', unreachable, 'the server could not be reached'],
  ])('rejects with keys_unavailable for a failed response of the key server: %s', async (_name, response, reason) => {
    expect(await failing(response)).toBe(logDetail(reason))
  })

  it('accepts a JWK Set with another content type', async () => {
    const { server, codeOf } = setUp()
    server.responses.set(
      jwksUrl,
      () => new Response(JSON.stringify({ keys: [one.jwk] }), { headers: { 'content-type': 'text/plain' } }),
    )
    expect(await codeOf(token)).toBe('accepted')
  })

  it('requests JSON without redirects from the key server', async () => {
    const requests: RequestInit[] = []
    const fetch = async (_url: string, init: RequestInit) => {
      requests.push(init)
      return Response.json({ keys: [one.jwk] })
    }
    expect(await setUp({ fetch }).codeOf(token)).toBe('accepted')
    expect(requests).toEqual([
      { redirect: 'manual', headers: { accept: 'application/json' }, signal: expect.any(AbortSignal) },
    ])
  })

  it.each([
    ['before its response', () => new Promise<Response>(() => undefined)],
    [
      'in the middle of its body',
      () => new Response(new ReadableStream({ start: (body) => body.enqueue(Uint8Array.of(0x7b)) })),
    ],
  ])(
    'ends a fetch after 5 seconds if the key server hangs %s and fetch ignores the abort signal',
    async (_name, response) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const outcome = failing(response)
      await settle()
      vi.advanceTimersByTime(4999)
      await settle()
      expect(await Promise.race([outcome, Promise.resolve('waiting')])).toBe('waiting')
      vi.advanceTimersByTime(1)
      expect(await outcome).toBe(logDetail('the response took too long'))
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  it('rejects with keys_unavailable if the response of the key server ends early', async () => {
    const body = () => new ReadableStream({ pull: (controller) => controller.error(new Error('socket hang up')) })
    expect(await failing(() => new Response(body()))).toBe(logDetail('the response could not be read'))
  })
})

describe('fetched JWK Set', () => {
  const warnings: string[] = []
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)))

  it('ignores invalid keys of a fetched JWK Set, with one warning for each reason', async () => {
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
    server.responses.set(jwksUrl, { keys: [...bad, one.jwk] })
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

  it('ignores keys that share kid, kty and alg, but not keys of different types that share a kid', async () => {
    const rsa = await keyPair('RS256', 'k1')
    const other = await keyPair('ES256', 'k1')
    const { server, codeOf } = setUp()
    server.responses.set(jwksUrl, { keys: [one.jwk, rsa.jwk] })
    expect(await codeOf(token)).toBe('accepted')
    server.responses.set(jwksUrl, { keys: [one.jwk, rsa.jwk, other.jwk, two.jwk] })
    server.time += 25 * minute
    expect(await codeOf(token)).toBe('key_not_found')
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(await codeOf(await signAt({ exp: 4e9 }, { alg: 'RS256', kid: 'k1' }, rsa.privateKey))).toBe('accepted')
  })

  it('accepts a JWK Set that contains the same key twice', async () => {
    const { server, codeOf } = setUp()
    server.responses.set(jwksUrl, { keys: [one.jwk, one.jwk] })
    expect(await codeOf(token)).toBe('accepted')
  })

  it('verifies a token without a kid only if exactly one fetched key fits its algorithm', async () => {
    const { server, codeOf } = setUp()
    const bare = await signAt({ exp: 4e9 }, { alg: 'ES256' }, one.privateKey)
    expect(await codeOf(bare)).toBe('accepted')
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 25 * minute
    expect(await codeOf(bare)).toBe('key_not_found')
  })

  it('ignores a property __proto__ of a JWK Set', async () => {
    const { server, codeOf } = setUp()
    server.responses.set(jwksUrl, () => new Response(`{"__proto__":{"keys":[]},"keys":[${JSON.stringify(one.jwk)}]}`))
    expect(await codeOf(token)).toBe('accepted')
  })

  it('verifies only the configured algorithms with fetched keys', async () => {
    const { codeOf } = setUp({ algorithms: ['RS256'] })
    expect(await codeOf(token)).toBe('algorithm_not_allowed')
  })

  it('emits no warning if many issuers of one Auth share a jwksUrl', () => {
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

  it('emits one warning if an Auth is created again and again', () => {
    warnings.length = 0
    const url = 'https://issuer.example/made-again'
    for (let times = 0; times < 50; times++) setUp({ keys: { jwksUrl: `${url}?subscription-key=s3cr3t` } })
    expect(warnings).toEqual([
      `createAuth was called 20 times for the keys of ${url}. Create one Auth at startup and share it`,
    ])
  })

  it('does not count audits as created Auths', () => {
    warnings.length = 0
    const url = 'https://issuer.example/audited'
    for (let times = 0; times < 25; times++) auditOptions({ issuer, audience, keys: { jwksUrl: url } })
    for (let times = 0; times < 19; times++) setUp({ keys: { jwksUrl: url } })
    expect(warnings).toEqual([])
    setUp({ keys: { jwksUrl: url } })
    expect(warnings).toEqual([
      `createAuth was called 20 times for the keys of ${url}. Create one Auth at startup and share it`,
    ])
  })
})

describe('ready, keyStatus and close', () => {
  it('ready() fetches keys in advance, and reports which issuers failed while tokens of the others are accepted', async () => {
    const server = new KeyServer()
    server.responses.set(jwksUrl, { keys: [one.jwk] })
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
    expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
    expect(await resultOf(auth.verifyToken(await sign({ iss: other })))).toBe('keys_unavailable')
    expect(server.fetched).toHaveLength(2)
  })

  it('ready() does not fetch keys that are cached', async () => {
    const { auth, codeOf, fetches } = setUp()
    expect(auth.keyStatus()).toEqual([{ issuer, fetchedAt: null, nextRefreshAt: null, lastError: null }])
    await codeOf(token)
    await auth.ready()
    expect(fetches()).toBe(1)
  })

  it('keyStatus() contains no network message in its errors', async () => {
    const { server, auth } = setUp()
    server.responses.set(jwksUrl, unreachable)
    await auth.ready()
    const error = auth.keyStatus()[0]?.lastError as AuthError
    expect(error.message + error.logDetail + JSON.stringify(error)).not.toContain('10.0.0.1')
  })

  it('close() ends a fetch and its timer, and no other fetch begins', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { server, auth, codeOf, fetches } = setUp()
    server.responses.set(jwksUrl, () => new Promise(() => undefined))
    const waiting = codeOf(token)
    await settle()
    auth.close()
    expect(await waiting).toBe('keys_unavailable')
    expect(vi.getTimerCount()).toBe(0)
    expect(await codeOf(token)).toBe('keys_unavailable')
    expect(fetches()).toBe(1)
  })

  it('does not count close() during a fetch as an outage', async () => {
    const { server, auth, codeOf } = setUp()
    await codeOf(token)
    server.responses.set(jwksUrl, () => new Promise(() => undefined))
    server.time += 11 * minute
    expect(await codeOf(token)).toBe('accepted')
    auth.close()
    await settle()
    expect(auth.keyStatus()[0]?.lastError).toBeNull()
    server.time += 10 * minute
    expect(await codeOf(token)).toBe('keys_unavailable')
  })

  it('accepts tokens of cached keys after close()', async () => {
    const { server, auth, codeOf } = setUp()
    await codeOf(token)
    auth.close()
    server.time += 30_000
    expect(await codeOf(token)).toBe('accepted')
    expect(await codeOf(tokenOfTwo)).toBe('keys_unavailable')
  })
})

describe('global fetch', () => {
  it('uses the current global fetch if the option fetch is not set', async () => {
    const server = new KeyServer()
    server.responses.set(jwksUrl, { keys: [one.jwk] })
    const auth = createAuth({ issuer, audience, keys: { jwksUrl } })
    vi.stubGlobal('fetch', server.fetch)
    try {
      expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
