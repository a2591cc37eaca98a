import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAuth, createVerificationKey } from '../src/index.ts'
import { createRevocations } from '../src/revocation.ts'
import type { AuthError, KeySource } from '../src/index.ts'
import { KeyServer, minute, settle } from './key-server.ts'
import type { KeyServerResponse } from './key-server.ts'
import { importPublicKey } from './stalled-import.ts'
import { audience, bearer, issuer, keyPair, resultOf, sign as signAt } from './tokens.ts'

vi.mock(import('#platform'), { spy: true })

const jwksUrl = 'https://issuer.example/keys'
const metadataUrl = 'https://issuer.example/.well-known/openid-configuration'
const one = await keyPair('ES256', 'k1')
const two = await keyPair('ES256', 'k2')
const sign = (claims: object = {}, kid = 'k1', pair = one) =>
  signAt({ exp: 4e9, ...claims }, { alg: 'ES256', kid }, pair.privateKey)
const token = await sign()
const tokenOfTwo = await sign({}, 'k2', two)
const madeUp = await Promise.all(Array.from({ length: 50 }, (_, index) => sign({}, `made-up-${index}`)))

const never = () => new Promise<never>(() => undefined)

function setUp(options: object = {}) {
  const server = new KeyServer()
  server.responses.set(jwksUrl, { keys: [one.jwk] })
  const auth = createAuth({ issuer, audience, keys: { jwksUrl }, fetch: server.fetch, now: server.now, ...options })
  const codeOf = (text: string) => resultOf(auth.verifyToken(text))
  const codesOf = async (texts: readonly string[]) => [...new Set(await Promise.all(texts.map(codeOf)))]
  /** A request whose client disconnects. On Workers, its fetches never settle and its timers never fire. */
  const cancelledRequest = async (text: string) => {
    const response = server.responses.get(jwksUrl)
    server.responses.set(jwksUrl, never)
    void codeOf(text)
    await settle()
    vi.clearAllTimers()
    if (response !== undefined) server.responses.set(jwksUrl, response)
  }
  return { server, auth, codeOf, codesOf, cancelledRequest, fetches: () => server.fetched.length }
}

/** Advances the timers. The clock of the Auth is separate: `server.time`. */
async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds)
  await settle()
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  const timers = vi.getTimerCount()
  vi.useRealTimers()
  vi.restoreAllMocks()
  importPublicKey.mockReset()
  if (timers > 0) throw new Error(`${timers} timers are left`)
})

describe('key fetches that an edge runtime cancels', () => {
  it('replaces a cancelled fetch with one new fetch after 5 seconds, for all requests that wait', async () => {
    const { codesOf, cancelledRequest, fetches } = setUp()
    await cancelledRequest(token)
    const codes = codesOf(Array.from({ length: 100 }, () => token))
    await pass(4999)
    expect(fetches()).toBe(1)
    await pass(2)
    expect(await codes).toEqual(['accepted'])
    expect(fetches()).toBe(2)
  })

  it('replaces a cancelled fetch when a request arrives 5 seconds later, although no timer fires', async () => {
    const { server, codeOf, cancelledRequest, fetches } = setUp()
    await cancelledRequest(token)
    server.time += 5000
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it('replaces a cancelled fetch after the clock was set back', async () => {
    const { server, codeOf, cancelledRequest, fetches } = setUp()
    await cancelledRequest(token)
    server.time -= 60 * minute
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it('rejects all requests that wait with a 503 after 10 seconds, if two fetches in a row are cancelled', async () => {
    const { server, auth, codesOf, codeOf, cancelledRequest, fetches } = setUp()
    await cancelledRequest(token)
    // The timer of the second attempt never fires either.
    server.responses.set(jwksUrl, never)
    const setTimer = globalThis.setTimeout
    vi.spyOn(globalThis, 'setTimeout').mockImplementation((...timer: Parameters<typeof setTimeout>) =>
      timer[1] === 5000 ? (0 as unknown as ReturnType<typeof setTimeout>) : setTimer(...timer),
    )
    const error = auth.verifyToken(token).catch((reason: unknown) => reason as AuthError)
    const codes = codesOf(Array.from({ length: 100 }, () => token))
    await pass(5001)
    await pass(5001)
    expect(await codes).toEqual(['keys_unavailable'])
    expect(fetches()).toBe(2)
    expect(await error).toMatchObject({
      logDetail: 'no attempt to fetch the keys finished in time',
      headers: { 'Retry-After': '1' },
    })
    server.responses.set(jwksUrl, { keys: [one.jwk] })
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(3)
  })

  it('accepts tokens of a cached key without waiting for a cancelled refresh, and repeats the refresh once a minute', async () => {
    const { server, codeOf, cancelledRequest, fetches } = setUp()
    expect(await codeOf(token)).toBe('accepted')
    server.time += 10 * minute + 1
    await cancelledRequest(token)
    expect(fetches()).toBe(2)
    server.responses.set(jwksUrl, never)
    for (let seconds = 10; seconds <= 540; seconds += 10) {
      server.time += 10_000
      expect([seconds, await codeOf(token)]).toEqual([seconds, 'accepted'])
      vi.clearAllTimers()
    }
    expect(fetches()).toBe(2 + 7)
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    server.time += 70_000
    expect(await codeOf(token)).toBe('key_not_found')
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
  })

  it('rejects an unknown kid with a 503 instead of a 401, and replaces a cancelled fetch once in 30 seconds', async () => {
    const { server, codeOf, codesOf, cancelledRequest, fetches } = setUp()
    await codeOf(token)
    server.time += 10 * minute + 1
    await cancelledRequest(token)
    server.time += 5000
    await cancelledRequest(tokenOfTwo)
    expect(fetches()).toBe(3)
    server.time += 5000
    expect(await codesOf([...madeUp, tokenOfTwo])).toEqual(['keys_unavailable'])
    expect(await codeOf(token)).toBe('accepted')
    expect(fetches()).toBe(3)
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 25_000
    expect(await codesOf([tokenOfTwo, ...madeUp])).toEqual(['accepted', 'key_not_found'])
    expect(fetches()).toBe(4)
  })

  it('starts only two fetches in 30 seconds for a stream of unknown kids, if each fetch is cancelled', async () => {
    const { server, codeOf, fetches } = setUp()
    await codeOf(token)
    server.time += 31_000
    server.responses.set(jwksUrl, never)
    const setTimer = globalThis.setTimeout
    vi.spyOn(globalThis, 'setTimeout').mockImplementation((...timer: Parameters<typeof setTimeout>) =>
      timer[1] === 5000 ? (0 as unknown as ReturnType<typeof setTimeout>) : setTimer(...timer),
    )
    const codes = []
    for (const text of madeUp.slice(0, 29)) {
      codes.push(codeOf(text))
      server.time += 1000
      await pass(1000)
    }
    expect(fetches()).toBe(1 + 2)
    await pass(10_000)
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['keys_unavailable']))
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 10_000
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
  })

  it('lets a token of a new key wait 5 seconds for a cancelled refresh, and then fetches again', async () => {
    const { server, codeOf, cancelledRequest, fetches } = setUp()
    await codeOf(token)
    server.time += 10 * minute + 1
    await cancelledRequest(token)
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    const code = codeOf(tokenOfTwo)
    await pass(5001)
    expect(await code).toBe('accepted')
    expect(fetches()).toBe(3)
  })

  it('ignores the late result of a fetch that was replaced', async () => {
    const { server, codeOf, fetches } = setUp()
    let release = (): void => undefined
    server.responses.set(
      jwksUrl,
      () => new Promise((resolve) => (release = () => resolve(Response.json({ keys: [one.jwk] })))),
    )
    void codeOf(token)
    await settle()
    vi.clearAllTimers()
    server.time += 5000
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    release()
    await settle()
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(await codeOf(token)).toBe('key_not_found')
    expect(fetches()).toBe(2)
  })

  it('ready() waits 5 seconds for a cancelled fetch, and then fetches again', async () => {
    const { server, auth, cancelledRequest } = setUp()
    await cancelledRequest(token)
    const states = auth.ready()
    await pass(5001)
    expect(await states).toMatchObject([{ fetchedAt: server.time / 1000, lastError: null }])
  })

  it('reports in ready() and keyStatus() that no fetch had a result, until there are keys', async () => {
    const { server, auth, codeOf } = setUp()
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    importPublicKey.mockImplementation(never)
    const states = auth.ready()
    await pass(5001)
    await pass(5001)
    const logDetail = 'no attempt to fetch the keys finished in time'
    expect(await states).toMatchObject([{ fetchedAt: null, lastError: { logDetail } }])
    expect(auth.keyStatus()).toMatchObject([{ lastError: { logDetail } }])
    importPublicKey.mockReset()
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(auth.keyStatus()).toMatchObject([{ lastError: null }])
  })

  it('replaces a cancelled fetch of the metadata, and ignores its late result', async () => {
    const { server, codeOf } = setUp({ keys: { allowHttp: ['localhost'] } })
    let release = (): void => undefined
    const metadata = (url: string) => Response.json({ issuer, jwks_uri: url })
    server.responses.set(
      metadataUrl,
      () => new Promise((resolve) => (release = () => resolve(metadata(`${issuer}/old`)))),
    )
    void codeOf(token)
    await settle()
    vi.clearAllTimers()
    server.time += 5000
    server.responses.set(metadataUrl, () => metadata(jwksUrl))
    expect(await codeOf(token)).toBe('accepted')
    release()
    await settle()
    server.time += 11 * minute
    expect(await codeOf(token)).toBe('accepted')
    await settle()
    expect(server.fetched.filter((url) => url !== metadataUrl && url !== `${issuer}/old`)).toEqual([jwksUrl, jwksUrl])
  })

  it('ignores a late result of discovery, although the keys of the newer result could not be fetched', async () => {
    const { server, codeOf } = setUp({ keys: { allowHttp: ['localhost'] } })
    // Workers throw this if the fetch belongs to another request.
    vi.spyOn(AbortController.prototype, 'abort').mockImplementation(() => {
      throw new Error('Cannot perform I/O on behalf of a different request')
    })
    let release = (): void => undefined
    const metadata = (url: string) => Response.json({ issuer, jwks_uri: url })
    server.responses.set(
      metadataUrl,
      () => new Promise((resolve) => (release = () => resolve(metadata(`${issuer}/old`)))),
    )
    void codeOf(token)
    await settle()
    vi.clearAllTimers()
    server.time += 5000
    server.responses.set(metadataUrl, () => metadata(jwksUrl))
    server.responses.set(jwksUrl, 500)
    server.responses.set(`${issuer}/old`, { keys: [two.jwk] })
    expect(await codeOf(token)).toBe('keys_unavailable')
    release()
    await settle()
    server.responses.set(jwksUrl, { keys: [one.jwk] })
    server.time += minute
    expect(await codeOf(token)).toBe('accepted')
    expect(server.fetched.at(-1)).toBe(jwksUrl)
  })

  it('does not let an issuer wait for the cancelled fetch of another issuer with the same jwksUrl', async () => {
    const other = 'https://other.example'
    const listed = { audience, keys: { jwksUrl }, roles: {} }
    const server = new KeyServer()
    const issuers = [
      { ...listed, issuer },
      { ...listed, issuer: other },
    ] as const
    const auth = createAuth({ issuers, fetch: server.fetch, now: server.now })
    server.responses.set(jwksUrl, never)
    void resultOf(auth.verifyToken(token))
    await settle()
    vi.clearAllTimers()
    server.responses.set(jwksUrl, { keys: [one.jwk] })
    const code = resultOf(auth.verifyToken(await sign({ iss: other })))
    await pass(4999)
    expect(await code).toBe('accepted')
    expect(server.fetched).toHaveLength(2)
    expect(auth.keyStatus()[1]?.lastError).toBeNull()
  })
})

describe('a process that is suspended during a key fetch', () => {
  /** A fetch is in flight when the process is suspended; `end` settles it after the process has resumed. */
  const frozen = async (hours: number, options: object = {}) => {
    const test = setUp(options)
    expect(await test.codeOf(token)).toBe('accepted')
    let end = (_outcome: Response | Error): void => undefined
    const { responses } = test.server
    const pending = () =>
      new Promise<Response>((resolve, reject) => {
        end = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))
      })
    responses.set(jwksUrl, pending)
    test.server.time += 10 * minute + 1
    expect(await test.codeOf(token)).toBe('accepted')
    test.server.time += hours * 60 * minute
    return { ...test, end: (outcome: Response | Error) => end(outcome) }
  }

  it.each([
    ['its timer ended the fetch', () => pass(5000)],
    ['the server closed the connection', async () => undefined],
  ])('does not count an outage after the process was suspended and %s', async (_name, end) => {
    const { server, auth, codeOf, end: endFetch } = await frozen(3)
    await end()
    endFetch(new TypeError('fetch failed'))
    await settle()
    expect(auth.keyStatus()[0]?.lastError).toBeNull()
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    expect(await codeOf(token)).toBe('key_not_found')
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
  })

  it('rejects a withdrawn key although a response from before the process was suspended arrives', async () => {
    const { server, codeOf, end, fetches } = await frozen(3)
    end(Response.json({ keys: [one.jwk] }))
    await settle()
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    expect(await codeOf(token)).toBe('key_not_found')
    expect(fetches()).toBe(3)
  })

  it('accepts a request that waited while the process was suspended, after a second fetch', async () => {
    const { server, codeOf, fetches } = setUp()
    server.responses.set(jwksUrl, never)
    const code = codeOf(token)
    await settle()
    server.time += 3 * 60 * minute
    server.responses.set(jwksUrl, { keys: [one.jwk] })
    await pass(5000)
    expect(await code).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it('counts an outage that begins after the process has resumed', async () => {
    const { server, auth, codeOf, end } = await frozen(3)
    end(new TypeError('fetch failed'))
    await settle()
    server.responses.set(jwksUrl, 500)
    expect(await codeOf(token)).toBe('accepted')
    expect(auth.keyStatus()[0]?.lastError).toMatchObject({
      logDetail: 'cannot fetch keys: the response has status 500',
    })
    server.time += 2 * 60 * minute
    expect(await codeOf(token)).toBe('keys_unavailable')
  })
})

describe('a failed fetch before a process is suspended', () => {
  it.each([
    ['10 minutes', null, 16],
    ['60 minutes', 'max-age=3600', 111],
  ])(
    'rejects a withdrawn key after a failed fetch and a suspension, if keys are cached for %s',
    async (_name, cacheControl, failedAt) => {
      const { server, codeOf } = setUp()
      server.cacheControl = cacheControl
      expect(await codeOf(token)).toBe('accepted')
      server.time += failedAt * minute
      server.responses.set(jwksUrl, 500)
      expect(await codeOf(token)).toBe('accepted')
      await settle()
      server.responses.set(jwksUrl, { keys: [two.jwk] })
      server.time += 21 * minute
      expect(await codeOf(token)).toBe('key_not_found')
      expect(await codeOf(tokenOfTwo)).toBe('accepted')
    },
  )

  it('rejects a withdrawn key after 20 minutes, if a fetch failed and each later refresh is cancelled', async () => {
    const { server, codeOf, cancelledRequest } = setUp()
    server.cacheControl = 'max-age=3600'
    await codeOf(token)
    server.time += 121 * minute
    server.responses.set(jwksUrl, 500)
    expect(await codeOf(token)).toBe('accepted')
    server.responses.set(jwksUrl, { keys: [two.jwk] })
    for (let minutes = 0; minutes < 20; minutes++) {
      await cancelledRequest(token)
      server.time += minute
    }
    server.time += 1
    expect(await codeOf(token)).toBe('key_not_found')
  })
})

describe('option background', () => {
  const refreshes = (options: object = {}) => {
    const calls: (readonly [refresh: Promise<void>, request: unknown])[] = []
    const background = (...call: (typeof calls)[number]) => void calls.push(call)
    const test = setUp({ background, ...options })
    return { ...test, calls, identify: (request: object) => resultOf(test.auth.identify(request as never)) }
  }

  it.each([
    ['cached', {}],
    ['not cached', { cache: null }],
  ])(
    'calls background with a refresh and the request that started it, for a token that is %s',
    async (_name, options) => {
      const { server, identify, calls } = refreshes(options)
      await identify(bearer(token))
      server.time += 10 * minute + 1
      const request = bearer(token)
      await identify(request)
      await identify(bearer(token))
      expect(calls).toEqual([[expect.any(Promise), request]])
      expect(calls[0]?.[1]).toBe(request)
      await calls[0]?.[0]
      server.time += 10 * minute
      await identify(bearer(token))
      expect(calls).toHaveLength(1)
    },
  )

  it('calls background with null for a token that was verified without a request', async () => {
    const { server, codeOf, calls } = refreshes()
    await codeOf(token)
    server.time += 10 * minute + 1
    await codeOf(token)
    expect(calls).toEqual([[expect.any(Promise), null]])
    await calls[0]?.[0]
  })

  it('does not call background for a fetch that a request or ready() waits for', async () => {
    const { server, auth, codeOf, calls } = refreshes()
    await auth.ready()
    server.time += 30_000
    await codeOf(tokenOfTwo)
    server.time += 60 * minute
    await codeOf(token)
    expect(server.fetched).toHaveLength(3)
    expect(calls).toEqual([])
  })

  it.each<readonly [string, KeyServerResponse, () => Promise<void>]>([
    ['fails', 500, async () => undefined],
    ['hangs', never, () => pass(5000)],
  ])(
    'calls background with a promise that resolves, and does not reject, if the refresh %s',
    async (_name, response, end) => {
      const { server, codeOf, calls } = refreshes()
      await codeOf(token)
      server.responses.set(jwksUrl, response)
      server.time += 10 * minute + 1
      await codeOf(token)
      await end()
      expect(await calls[0]?.[0]).toBeUndefined()
    },
  )

  it('calls background with a promise that resolves after 5 seconds although the import of a key hangs', async () => {
    const { server, codeOf, calls } = refreshes()
    await codeOf(token)
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    importPublicKey.mockImplementationOnce(never)
    server.time += 10 * minute + 1
    await codeOf(token)
    await pass(5001)
    expect(await calls[0]?.[0]).toBeUndefined()
  })

  it('calls background with a promise that resolves when the Auth is closed', async () => {
    const { server, auth, codeOf, calls } = refreshes()
    await codeOf(token)
    server.responses.set(jwksUrl, never)
    server.time += 10 * minute + 1
    await codeOf(token)
    auth.close()
    expect(await calls[0]?.[0]).toBeUndefined()
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('no context')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no context'))],
  ])('completes the request and the refresh if background %s', async (_name, background) => {
    const { server, codeOf } = setUp({ background })
    await codeOf(token)
    server.responses.set(jwksUrl, { keys: [one.jwk, two.jwk] })
    server.time += 10 * minute + 1
    expect(await codeOf(token)).toBe('accepted')
    await settle()
    expect(await codeOf(tokenOfTwo)).toBe('accepted')
    expect(server.fetched).toHaveLength(2)
  })

  it('throws a ConfigError if background is not a function', () => {
    expect(() => setUp({ background: {} })).toThrow('Invalid option "background": expected a function')
  })
})

describe('custom key source', () => {
  it('ready() reports a custom key source that is not ready after 6 seconds, and the keys of the others', async () => {
    const server = new KeyServer()
    server.responses.set(jwksUrl, { keys: [one.jwk] })
    const hanging: KeySource = { find: never, has: () => true, ready: never }
    const listed = { audience, roles: {} }
    const auth = createAuth({
      issuers: [
        { ...listed, issuer, keys: { jwksUrl } },
        { ...listed, issuer: 'https://other.example', keys: hanging },
      ],
      fetch: server.fetch,
      now: server.now,
    })
    const states = auth.ready()
    await pass(6000)
    expect(await states).toMatchObject([{ lastError: null }, { lastError: { message: 'no result within 6 seconds' } }])
  })

  it('does not pass the request to a custom key source', async () => {
    const find = vi.fn<KeySource['find']>()
    const has = vi.fn<KeySource['has']>()
    find.mockReturnValue(createVerificationKey({ publicKey: one.publicKey }))
    const auth = createAuth({ issuer, audience, keys: { find, has }, now: () => 1_700_000_000_000 })
    await auth.identify(bearer(token))
    await auth.identify(bearer(token))
    expect(find.mock.lastCall).toHaveLength(1)
    expect(has.mock.lastCall).toHaveLength(1)
  })
})

describe('revocation list', () => {
  it('ready() waits at most 10 seconds for a revocation list that is never ready', async () => {
    const { auth } = setUp({ revocation: { ...createRevocations(), ready: never } })
    const states = auth.ready()
    await pass(10_000)
    expect(await states).toMatchObject([{ issuer, lastError: null }])
  })
})
