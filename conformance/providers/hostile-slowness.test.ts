import type { ServerResponse } from 'node:http'
import { createAuth } from '@claimcheck/core'
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { halfBody, json, silence } from './behaviours.ts'
import { HostileKeyServer } from './hostile-key-server.ts'
import { minute } from './moving-clock.ts'
import { outcomeOf, until } from './outcome.ts'
import { remoteIssuer as issuer, RemoteAuth } from './remote-auth.ts'
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

/** Timers stand still, the loopback does not. */
function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
}

/** An answer that is given piece by piece, when the test says so. */
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
  it('is asked once by all who wait for it, and then serves them all', async () => {
    const slow = inPieces()
    const remote = new RemoteAuth(server, slow.behaviour)
    const outcomes = Promise.all(Array.from({ length: 200 }, () => remote.outcomeOf(token)))
    await until(() => remote.timesAsked === 1)
    slow.begin()
    await until(() => remote.heads.length === 1)
    slow.end()
    expect(new Set(await outcomes)).toEqual(new Set(['accepted']))
    expect(remote.timesAsked).toBe(1)
  })

  it('keeps nobody waiting whose key is known, while an unknown key waits for it', async () => {
    const remote = new RemoteAuth(server, json(good))
    expect(await remote.outcomeOf(token)).toBe('accepted')
    const slow = inPieces()
    remote.behave(slow.behaviour)
    remote.clock.time += 10 * minute + 1
    const outcomes: string[] = []
    const waiting = remote.outcomeOf(tokenOfTwo).then((outcome) => outcomes.push(outcome))
    await until(() => remote.timesAsked === 2)
    for (let times = 0; times < 50; times++) expect(await remote.outcomeOf(token)).toBe('accepted')
    expect(outcomes).toEqual([])
    slow.begin()
    slow.end()
    await waiting
    expect(outcomes).toEqual(['key_not_found'])
    expect(remote.timesAsked).toBe(2)
  })

  it('has 5 seconds for its whole answer, though it never stops to drip', async () => {
    stopTimers()
    const slow = inPieces()
    const remote = new RemoteAuth(server, slow.behaviour)
    const outcome = remote.outcomeOf(token)
    await until(() => remote.timesAsked === 1)
    slow.begin()
    await until(() => remote.heads.length === 1)
    for (let seconds = 0; seconds < 5; seconds++) {
      expect(remote.fault).toBeNull()
      slow.drip()
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(await outcome).toBe('keys_unavailable')
    expect(remote.fault).toBe(tooLong)
  })

  it('has 5 seconds for metadata and keys together', async () => {
    stopTimers()
    const origin = await HostileKeyServer.start()
    onTestFinished(() => origin.close())
    const held: ServerResponse[] = []
    origin.at('/.well-known/openid-configuration', (response) => void held.push(response))
    const jwksUrl = origin.at('/keys', silence())
    const auth = createAuth({ issuer: origin.origin, audience })
    const outcome = outcomeOf(auth, await one.sign({ iss: origin.origin }))
    await until(() => held.length === 1)
    await vi.advanceTimersByTimeAsync(3000)
    held[0]?.end(JSON.stringify({ issuer: origin.origin, jwks_uri: jwksUrl }))
    await until(() => origin.timesAsked('/keys') === 1)
    await vi.advanceTimersByTimeAsync(1999)
    expect(auth.keyStatus()[0]?.lastError).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(await outcome).toBe('keys_unavailable')
  })
})

describe.each([
  ['never answers', silence()],
  ['hangs in the middle of its body', halfBody(good)],
])('a key server that %s', (name, behaviour) => {
  const isUnderWay = (remote: RemoteAuth, times: number) =>
    until(() => (name === 'never answers' ? remote.timesAsked : remote.heads.length) === times)

  it('is an outage after 5 seconds, and is hung up on', async () => {
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

  it('holds up nobody whose key is known, for 4 hours', async () => {
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
    expect(remote.timesAsked).toBe(17)
    remote.clock.time += 15 * minute
    const last = remote.outcomeOf(token)
    await isUnderWay(remote, 18)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await last).toBe('keys_unavailable')
  })

  it('is left by close', async () => {
    const remote = new RemoteAuth(server, behaviour)
    const outcome = remote.outcomeOf(token)
    await isUnderWay(remote, 1)
    remote.auth.close()
    expect(await outcome).toBe('keys_unavailable')
  })
})
