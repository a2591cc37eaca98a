import { createAuth } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { sendRequest, RawConnection } from '@claimcheck/testing/contract/raw-client'
import type { RawRequest } from '@claimcheck/testing/contract/raw-client'
import type { Target } from '../src/target.ts'
import { describeTargets } from '../src/targets.ts'
import { minute, MovingClock, second } from '../src/moving-clock.ts'
import { apiOf, createSigningKey, OpenIdProvider } from './openid-provider.ts'
import { outcomeOf, until } from '../src/outcome.ts'

const first = await createSigningKey('ES256', 'first')
const next = await createSigningKey('ES256', 'next')
const provider = await OpenIdProvider.start([first])
const { issuer, jwksUrl } = provider
const resource = apiOf('ES256')

afterAll(() => provider.close())

const withToken = (token: string): RawRequest => ({ headers: [['Authorization', `Bearer ${token}`]] })

/** A provider with its first key only, an Auth with its own clock, and a token of the first key. */
async function setUp(options: Partial<AuthOptions> = {}) {
  provider.use([first])
  const clock = new MovingClock(Date.now())
  const auth = createAuth({ issuer, audience: resource, now: clock.now, ...options } as AuthOptions)
  const refreshed = (since: number | null | undefined) => until(() => auth.keyStatus()[0]?.fetchedAt !== since)
  return { auth, clock, old: await provider.token({ resource }), refreshed }
}

/** Sends the tokens in turn on four connections while `work` runs. Every response advances the clock. */
async function underLoad(port: number, clock: MovingClock, work: (load: Load) => Promise<void>): Promise<void> {
  const load = new Load()
  const connections = await Promise.all(Array.from({ length: 4 }, () => RawConnection.open(port)))
  const workers = connections.map(async (connection, at) => {
    for (let turn = at; !load.isOver; turn++) {
      const token = load.tokens[turn % load.tokens.length] ?? ''
      const { status } = await connection.sendRequest(withToken(token))
      load.responses.push([token, status])
      clock.time += 2 * second
    }
    connection.destroy()
  })
  try {
    await work(load)
  } finally {
    load.isOver = true
    await Promise.all(workers)
  }
}

class Load {
  isOver = false
  readonly tokens: string[] = []
  readonly responses: [token: string, status: number][] = []

  /** Waits for this many more responses. */
  async goesOn(responses: number): Promise<void> {
    const goal = this.responses.length + responses
    await until(() => this.responses.length >= goal)
  }

  statusesOf(token: string): ReadonlySet<number> {
    return new Set(this.responses.filter(([sent]) => sent === token).map(([, status]) => status))
  }
}

describe('a new key', () => {
  it.each<[string, Partial<AuthOptions>]>([
    ['discovery', {}],
    ['its JWK Set', { keys: { jwksUrl } }],
  ])('finds a new key through %s with its first token, in one request', async (_name, options) => {
    const { auth, clock, old } = await setUp(options)
    expect(await outcomeOf(auth, old)).toBe('accepted')
    provider.use([next, first])
    const fresh = await provider.token({ resource })
    clock.time += 30 * second
    provider.requests.splice(0)
    const outcomes = await Promise.all([fresh, old, fresh, old].map((token) => outcomeOf(auth, token)))
    expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'accepted'])
    expect(provider.requests).toEqual(['/jwks'])
  })

  it('sends no request for the first token of a key that was published before it was used', async () => {
    const { auth, clock, old, refreshed } = await setUp()
    expect(await outcomeOf(auth, old)).toBe('accepted')
    provider.use([first, next])
    const since = auth.keyStatus()[0]?.fetchedAt
    clock.time += 10 * minute + 1
    expect(await outcomeOf(auth, old)).toBe('accepted')
    await refreshed(since)
    provider.use([next, first])
    const fresh = await provider.token({ resource })
    provider.requests.splice(0)
    expect(await outcomeOf(auth, fresh)).toBe('accepted')
    expect(provider.requests).toEqual([])
  })
})

await describeTargets(({ start }) => {
  const serve = (auth: Awaited<ReturnType<typeof setUp>>['auth']): ReturnType<Target['start']> => {
    const handler = () => 'let in'
    return start({ mounts: [{ auth }], routes: [{ method: 'GET', path: '/', guards: [], handler }] })
  }

  it('rejects no token while oidc-provider rotates its key under load', async () => {
    const { auth, clock, old } = await setUp()
    const { port, close } = await serve(auth)
    onTestFinished(close)
    await underLoad(port, clock, async (load) => {
      load.tokens.push(old)
      await load.goesOn(40)
      provider.use([next, first])
      load.tokens.push(await provider.token({ resource }))
      await load.goesOn(400)
      for (const token of load.tokens) expect(load.statusesOf(token)).toEqual(new Set([200]))
      expect(load.responses.length).toBeGreaterThan(400)
    })
  })

  it('rejects exactly the tokens of a key that oidc-provider removed, after the next refresh', async () => {
    const { auth, clock, old, refreshed } = await setUp()
    const { port, close } = await serve(auth)
    onTestFinished(close)
    provider.use([next, first])
    const fresh = await provider.token({ resource })
    const statuses = async () => [
      (await sendRequest(port, withToken(old))).status,
      (await sendRequest(port, withToken(fresh))).status,
    ]
    expect(await statuses()).toEqual([200, 200])
    provider.use([next])
    clock.time += 10 * minute
    expect(await statuses()).toEqual([200, 200])
    const since = auth.keyStatus()[0]?.fetchedAt
    clock.time += 1
    expect(await statuses()).toEqual([200, 200])
    await refreshed(since)
    expect(await statuses()).toEqual([401, 200])
    expect(String((await sendRequest(port, withToken(old))).body)).toContain('"code":"signature_invalid"')
  })
})
