import { createAuth } from '@claimcheck/core'
import type { Auth } from '@claimcheck/core'
import type { Mode } from '@claimcheck/core/adapter'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { responseLines } from '@claimcheck/testing/contract/response-lines'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import type { RawRequest } from '@claimcheck/testing/contract/raw-client'
import type { Target } from '../src/target.ts'
import { describeTargets } from '../src/targets.ts'
import { hangUp, HostileKeyServer, json } from '../src/hostile-key-server.ts'
import { MovingClock, second } from '../src/moving-clock.ts'
import { outcomeOf } from '../src/outcome.ts'
import { audience, createSigner, startSeconds } from './signer.ts'

const server = await HostileKeyServer.start()
const signer = await createSigner('k1')
const modes: readonly Mode[] = ['required', 'optional', 'attempt']

const unavailable = (retryAfter: number) => [
  'HTTP/1.1 503 Service Unavailable',
  'cache-control: no-store',
  'content-type: application/problem+json',
  `retry-after: ${retryAfter}`,
  '',
  '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The keys to verify the token are not available","code":"keys_unavailable"}',
]

afterAll(() => server.close())

let issuers = 0

/** An Auth whose issuer does not respond, and a clock that can be set to just before the next attempt. */
async function setUp() {
  const issuer = `${server.origin}/issuer-${(issuers += 1)}`
  const metadataPath = `${new URL(issuer).pathname}/.well-known/openid-configuration`
  server.at(metadataPath, hangUp())
  const clock = new MovingClock(startSeconds * second)
  const auth = createAuth({ issuer, audience, now: clock.now })
  const token = await signer.sign({ iss: issuer })
  return {
    auth,
    metadataPath,
    token,
    withToken: { headers: [['Authorization', `Bearer ${token}`]] } satisfies RawRequest,
    setBeforeNextAttempt: (milliseconds: number) => {
      clock.time = Math.round((auth.keyStatus()[0]?.nextRefreshAt ?? 0) * second) - milliseconds
    },
    recover: () => {
      const jwksUrl = server.at(`${metadataPath}/keys`, json({ keys: [signer.jwk] }))
      server.at(metadataPath, json({ issuer, jwks_uri: jwksUrl }))
    },
  }
}

function serve({ start }: Target, auth: Auth, mode: Mode): ReturnType<Target['start']> {
  const handler = () => 'handled'
  return start({ mounts: [{ auth, mode }], routes: [{ method: 'GET', path: '/', guards: [], handler }] })
}

describe('an Auth that can fetch no keys', () => {
  it('fetches once per pause, independent of the number of requests', async () => {
    const { auth, metadataPath, token, setBeforeNextAttempt } = await setUp()
    for (let failures = 1; failures <= 6; failures++) {
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcomeOf(auth, token)))
      expect(new Set(outcomes)).toEqual(new Set(['keys_unavailable']))
      expect(server.requestsTo(metadataPath)).toBe(failures)
      setBeforeNextAttempt(0)
    }
  })
})

await describeTargets((target) => {
  it.each(modes)('responds with 503 and Retry-After in mode %s', async (mode) => {
    const { auth, withToken, setBeforeNextAttempt } = await setUp()
    const { port, close } = await serve(target, auth, mode)
    onTestFinished(close)
    const linesNow = async () => responseLines(await sendRequest(port, withToken))
    expect([unavailable(1), unavailable(2)]).toContainEqual(await linesNow())
    for (let failures = 1; failures < 4; failures++) {
      setBeforeNextAttempt(0)
      await linesNow()
    }
    setBeforeNextAttempt(7001)
    expect(await linesNow()).toEqual(unavailable(8))
    setBeforeNextAttempt(7000)
    expect(await linesNow()).toEqual(unavailable(7))
    setBeforeNextAttempt(1)
    expect(await linesNow()).toEqual(unavailable(1))
  })

  it.each(modes)('accepts callers again in mode %s when it receives its first keys', async (mode) => {
    const { auth, withToken, setBeforeNextAttempt, recover } = await setUp()
    const { port, close } = await serve(target, auth, mode)
    onTestFinished(close)
    expect((await sendRequest(port, withToken)).status).toBe(503)
    recover()
    setBeforeNextAttempt(0)
    const { status: code, body } = await sendRequest(port, withToken)
    expect([code, String(body)]).toEqual([200, 'handled'])
  })

  it.each<[Mode, number]>([
    ['required', 401],
    ['optional', 200],
    ['attempt', 200],
  ])('needs no keys in mode %s for a request without a token: %d', async (mode, expected) => {
    const { auth } = await setUp()
    const requests = server.requests.length
    const { port, close } = await serve(target, auth, mode)
    onTestFinished(close)
    expect((await sendRequest(port)).status).toBe(expected)
    expect(server.requests.length).toBe(requests)
  })
})
