import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { Response } from 'miniflare'
import { afterEach, describe, expect, it } from 'vitest'
import { startWorker } from '../harness/worker.ts'
import type { Worker } from '../harness/worker.ts'

const minute = 60_000
const start = 1_800_000_000_000
const issuer = 'https://issuer.test'

async function createSigner(kid: string, iss = issuer) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }
  const token = await new SignJWT({ sub: kid, iss, aud: 'runtimes', exp: start / 1000 + 86_400 })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(privateKey)
  return { jwk, token }
}

const [old, renewed] = await Promise.all([createSigner('old'), createSigner('new')])
const foreign = await createSigner('foreign', 'https://other.test')

/** The server of the issuer: what it publishes, or how it fails. */
class IssuerServer {
  keys: readonly object[] = [old.jwk]
  mood: 'well' | 'down' | 'silent' = 'well'
  /** Longer than the Worker needs to respond: a refresh that nothing keeps alive is cancelled. */
  delay = 50
  /** How often the keys were fetched. */
  fetches = 0

  readonly serve = async (request: { readonly url: string }): Promise<Response> => {
    const isMetadata = request.url.endsWith('/.well-known/openid-configuration')
    if (!isMetadata) this.fetches += 1
    if (this.mood === 'silent') return new Promise<never>(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, this.delay))
    if (this.mood === 'down') return new Response('out of order', { status: 503 })
    return Response.json(isMetadata ? { issuer, jwks_uri: `${issuer}/jwks` } : { keys: this.keys })
  }
}

let worker: Worker | null = null
afterEach(async () => {
  await worker?.stop()
  worker = null
})

async function setUp(path: string) {
  const server = new IssuerServer()
  const running = await startWorker('keys-worker', { outbound: server.serve })
  worker = running
  let time = start
  const send = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await running.send(path, { now: time, headers })
    const body = (await response.json()) as { subject?: string; fetchedAt?: number }
    return { outcome: body.subject ?? String(response.status), fetchedAt: (body.fetchedAt ?? 0) * 1000 - start }
  }
  const outcomeOf = async (token: string) => (await send(token)).outcome
  /** A request that ends while it waits for the keys. */
  const sendAndEnd = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, 'x-ends-early': 'yes' }
    expect((await running.send(path, { now: time, headers })).status).toBe(202)
  }
  const pass = (milliseconds: number) => {
    time += milliseconds
  }
  return { server, send, sendAndEnd, outcomeOf, pass }
}

const ways = [
  ['whose refreshes are cancelled', '/cancelled'],
  ['whose refreshes are cancelled and whose Auth was made by a request', '/made-by-a-request'],
  ['that passes refreshes to waitUntil', '/background'],
] as const

describe.each(ways)('a Worker %s', (_name, path) => {
  it('accepts tokens for two hours, through a rotation, an outage and a withdrawal', async () => {
    const { server, outcomeOf, pass } = await setUp(path)
    const outcomes: (readonly [minutes: number, old: string, renewed: string])[] = []
    for (let minutes = 0; minutes <= 120; minutes++) {
      if (minutes === 30) server.keys = [old.jwk, renewed.jwk]
      if (minutes === 45) server.mood = 'down'
      if (minutes === 75) server.mood = 'well'
      if (minutes === 90) server.keys = [renewed.jwk]
      outcomes.push([minutes, await outcomeOf(old.token), await outcomeOf(renewed.token)])
      pass(minute)
    }
    const between = (from: number, to: number) => outcomes.filter(([minutes]) => minutes >= from && minutes < to)
    expect(between(0, 90).filter(([, outcome]) => outcome !== 'old')).toEqual([])
    expect(between(30, 121).filter(([, , outcome]) => outcome !== 'new')).toEqual([])
    expect(between(110, 121).filter(([, outcome]) => outcome !== '401')).toEqual([])
  })

  it('accepts tokens while the key server never responds, and new keys when it does', async () => {
    const { server, outcomeOf, pass } = await setUp(path)
    expect(await outcomeOf(old.token)).toBe('old')
    server.mood = 'silent'
    for (let minutes = 1; minutes < 20; minutes++) {
      pass(minute)
      expect([minutes, await outcomeOf(old.token)]).toEqual([minutes, 'old'])
    }
    server.mood = 'well'
    server.keys = [renewed.jwk]
    pass(10 * minute)
    expect([await outcomeOf(renewed.token), await outcomeOf(old.token)]).toEqual(['new', '401'])
  })

  it('fetches once more for all requests that wait, if the first request ended before its fetch', async () => {
    const { server, sendAndEnd, outcomeOf, pass } = await setUp(path)
    await sendAndEnd(old.token)
    const outcomes = Promise.all(Array.from({ length: 20 }, () => outcomeOf(old.token)))
    expect(new Set(await outcomes)).toEqual(new Set(['old']))
    expect(server.fetches).toBe(1)
    pass(30 * minute)
    await sendAndEnd(old.token)
    pass(10_000)
    expect(await outcomeOf(old.token)).toBe('old')
  })
})

describe('a Worker with two issuers that share a jwksUrl', () => {
  it('accepts the tokens of both from a key server that takes 3 seconds', async () => {
    const { server, outcomeOf } = await setUp('/several-issuers')
    server.keys = [old.jwk, foreign.jwk]
    server.delay = 3000
    expect(await Promise.all([outcomeOf(old.token), outcomeOf(foreign.token)])).toEqual(['old', 'foreign'])
  })

  it('accepts the tokens of the other issuer if the request that fetched the keys was cancelled', async () => {
    const { server, sendAndEnd, outcomeOf } = await setUp('/several-issuers')
    server.keys = [old.jwk, foreign.jwk]
    await sendAndEnd(old.token)
    expect(await outcomeOf(foreign.token)).toBe('foreign')
  })
})

describe('a Worker with one client', () => {
  it('refreshes its keys after the response with waitUntil', async () => {
    const { server, send, pass } = await setUp('/background')
    await send(old.token)
    pass(10 * minute + 1)
    expect(await send(old.token)).toEqual({ outcome: 'old', fetchedAt: 0 })
    await expect.poll(async () => (await send(old.token)).fetchedAt).toBe(10 * minute + 1)
    expect(server.fetches).toBe(2)
  })

  it('fetches its keys while a request waits, at twice their life, if refreshes are cancelled', async () => {
    const { server, send, pass } = await setUp('/cancelled')
    await send(old.token)
    pass(10 * minute + 1)
    for (let minutes = 10; minutes < 20; minutes++) {
      expect(await send(old.token)).toEqual({ outcome: 'old', fetchedAt: 0 })
      pass(minute)
    }
    server.keys = [renewed.jwk]
    expect(await send(old.token)).toMatchObject({ outcome: '401' })
    expect(await send(renewed.token)).toEqual({ outcome: 'new', fetchedAt: 20 * minute + 1 })
  })

  it.each(['/cancelled', '/background'])('finds the end of an outage: %s', async (path) => {
    const { server, send, pass } = await setUp(path)
    await send(old.token)
    server.mood = 'down'
    const ends: number[] = []
    for (let minutes = 0; minutes < 120; minutes++) {
      const { outcome, fetchedAt } = await send(old.token)
      expect([minutes, outcome]).toEqual([minutes, 'old'])
      if (minutes >= 60 && fetchedAt > 0) ends.push(minutes)
      if (minutes === 60) server.mood = 'well'
      pass(minute)
    }
    // After a failure, a request waits for the next fetch after twice the life of the keys at the latest.
    expect(ends[0]).toBeLessThanOrEqual(60 + 21)
  })
})
