import type { ServerResponse } from 'node:http'
import { createAuth } from '@claimcheck/core'
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { halfBody, HostileKeyServer, json, silence } from '../src/hostile-key-server.ts'
import { minute } from '../src/moving-clock.ts'
import { outcomeOf, until } from '../src/outcome.ts'
import { RemoteAuth, remoteIssuer as issuer } from './remote-auth.ts'
import { audience, createSigner } from './signer.ts'

const server = await HostileKeyServer.start()
const one = await createSigner('k1')
const two = await createSigner('k2')
const token = await one.sign({ iss: issuer })
const tokenOfTwo = await two.sign({ iss: issuer })
const good = { keys: [one.jwk] }
const tooLong = 'cannot fetch keys: the response took too long'

afterEach(() => vi.useRealTimers())
afterAll(() => server.close())

/** Timers are mocked; the loopback connection is not. */
function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
}

/** A response that the test sends in parts. */
function inPieces() {
  const responses: ServerResponse[] = []
  const body = JSON.stringify(good)
  return {
    behaviour: (response: ServerResponse) => void responses.push(response),
    begin: () => responses.map((response) => response.writeHead(200).write(body[0])),
    drip: () => responses.map((response) => response.write(' ')),
    end: () => responses.map((response) => response.end(body.slice(1))),
  }
}

describe('a slow key server', () => {
  it('sends one request for all waiting requests, and then serves all of them', async () => {
    const slow = inPieces()
    const remote = new RemoteAuth(server, slow.behaviour)
    const outcomes = Promise.all(Array.from({ length: 200 }, () => remote.outcomeOf(token)))
    await until(() => remote.keyRequests === 1)
    slow.begin()
    await until(() => remote.statuses.length === 1)
    slow.end()
    expect(new Set(await outcomes)).toEqual(new Set(['accepted']))
    expect(remote.keyRequests).toBe(1)
  })

  it('delays no request with a known key while a request with an unknown key waits', async () => {
    const remote = new RemoteAuth(server, json(good))
    expect(await remote.outcomeOf(token)).toBe('accepted')
    const slow = inPieces()
    remote.behave(slow.behaviour)
    remote.clock.time += 10 * minute + 1
    const outcomes: string[] = []
    const waiting = remote.outcomeOf(tokenOfTwo).then((outcome) => outcomes.push(outcome))
    await until(() => remote.keyRequests === 2)
    for (let times = 0; times < 50; times++) expect(await remote.outcomeOf(token)).toBe('accepted')
    expect(outcomes).toEqual([])
    slow.begin()
    slow.end()
    await waiting
    expect(outcomes).toEqual(['key_not_found'])
    expect(remote.keyRequests).toBe(2)
  })

  it('waits 5 seconds for the complete response, even if the server keeps sending bytes', async () => {
    stopTimers()
    const slow = inPieces()
    const remote = new RemoteAuth(server, slow.behaviour)
    const outcome = remote.outcomeOf(token)
    await until(() => remote.keyRequests === 1)
    slow.begin()
    await until(() => remote.statuses.length === 1)
    for (let seconds = 0; seconds < 5; seconds++) {
      expect(remote.fault).toBeNull()
      slow.drip()
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(await outcome).toBe('keys_unavailable')
    expect(remote.fault).toBe(tooLong)
  })

  it('waits 5 seconds for metadata and keys together', async () => {
    stopTimers()
    const origin = await HostileKeyServer.start()
    onTestFinished(() => origin.close())
    const pending: ServerResponse[] = []
    origin.at('/.well-known/openid-configuration', (response) => void pending.push(response))
    const jwksUrl = origin.at('/keys', silence())
    const auth = createAuth({ issuer: origin.origin, audience })
    const outcome = outcomeOf(auth, await one.sign({ iss: origin.origin }))
    await until(() => pending.length === 1)
    await vi.advanceTimersByTimeAsync(3000)
    pending[0]?.end(JSON.stringify({ issuer: origin.origin, jwks_uri: jwksUrl }))
    await until(() => origin.requestsTo('/keys') === 1)
    await vi.advanceTimersByTimeAsync(1999)
    expect(auth.keyStatus()[0]?.lastError).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(await outcome).toBe('keys_unavailable')
  })
})

describe.each([
  ['never responds', silence()],
  ['stops in the middle of its body', halfBody(good)],
])('a key server that %s', (name, behaviour) => {
  const isUnderWay = (remote: RemoteAuth, times: number) =>
    until(() => (name === 'never responds' ? remote.keyRequests : remote.statuses.length) === times)

  it('responds with 503 after 5 seconds, and closes the connection', async () => {
    stopTimers()
    const remote = new RemoteAuth(server, behaviour)
    const open = server.openConnections
    const outcome = remote.outcomeOf(token)
    await isUnderWay(remote, 1)
    await vi.advanceTimersByTimeAsync(4999)
    expect(remote.fault).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(await outcome).toBe('keys_unavailable')
    expect(remote.fault).toBe(tooLong)
    await until(() => server.openConnections <= open)
  })

  it('delays no request with a known key for 4 hours', async () => {
    const remote = new RemoteAuth(server, json(good))
    expect(await remote.outcomeOf(token)).toBe('accepted')
    remote.behave(behaviour)
    stopTimers()
    for (let quarter = 1; quarter <= 16; quarter++) {
      remote.clock.time += 15 * minute
      expect([quarter, await remote.outcomeOf(token)]).toEqual([quarter, 'accepted'])
      await isUnderWay(remote, quarter + 1)
      expect([quarter, await remote.outcomeOf(token)]).toEqual([quarter, 'accepted'])
      await vi.advanceTimersByTimeAsync(5000)
    }
    expect(remote.keyRequests).toBe(17)
    remote.clock.time += 15 * minute
    const last = remote.outcomeOf(token)
    await isUnderWay(remote, 18)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await last).toBe('keys_unavailable')
  })

  it('closes the connection in close', async () => {
    const remote = new RemoteAuth(server, behaviour)
    const outcome = remote.outcomeOf(token)
    await isUnderWay(remote, 1)
    remote.auth.close()
    expect(await outcome).toBe('keys_unavailable')
  })
})
