import { afterAll, describe, expect, it } from 'vitest'
import { hangUp, HostileKeyServer, json, redirect, status, text } from '../src/hostile-key-server.ts'
import { hour, minute, second } from '../src/moving-clock.ts'
import { RemoteAuth, remoteIssuer as issuer } from './remote-auth.ts'
import { createSigner } from './signer.ts'

const server = await HostileKeyServer.start()
const one = await createSigner('k1')
const two = await createSigner('k2')
const token = await one.sign({ iss: issuer })
const tokenOfTwo = await two.sign({ iss: issuer })

afterAll(() => server.close())

describe('an unreliable key server', () => {
  it('rejects no token with a known key while the key server fails in every possible way for a day', async () => {
    const good = json({ keys: [one.jwk] })
    const moods = [
      good,
      status(500),
      good,
      hangUp(),
      good,
      text('<html>'),
      good,
      redirect(302, '/', {}),
      json({ keys: 0 }),
    ]
    const remote = new RemoteAuth(server, good)
    for (let minutes = 0; minutes < 24 * 60; minutes += 2) {
      if (minutes % 14 === 0) remote.behave(moods[(minutes / 14) % moods.length] ?? good)
      expect([minutes, await remote.settledOutcomeOf(token)]).toEqual([minutes, 'accepted'])
      remote.clock.time += 2 * minute
    }
    // Less than six fetches per hour while it works, and up to one every two minutes while it does not.
    expect(remote.keyRequests).toBeGreaterThan(24 * 4)
    expect(remote.keyRequests).toBeLessThan(24 * 20)
  })

  it('fetches at most every 30 seconds if the server alternates between two sets, and always accepts a key in both', async () => {
    let turn = 0
    const sets = [[one.jwk], [one.jwk, two.jwk]]
    const remote = new RemoteAuth(server, (response, request) =>
      json({ keys: sets[(turn += 1) % 2] })(response, request),
    )
    const outcomes = new Set<string>()
    for (let seconds = 0; seconds < 3600; seconds += 5) {
      expect([seconds, await remote.settledOutcomeOf(token)]).toEqual([seconds, 'accepted'])
      outcomes.add(await remote.settledOutcomeOf(tokenOfTwo))
      remote.clock.time += 5 * second
    }
    expect(outcomes).toEqual(new Set(['accepted', 'key_not_found']))
    expect(remote.keyRequests).toBeLessThanOrEqual(3600 / 30)
  })
})

describe('a key server that is down for 3 hours', () => {
  it('fetches only after a pause, independent of the requests, and uses the server again within 5 minutes', async () => {
    const remote = new RemoteAuth(server, json({ keys: [one.jwk] }))
    expect(await remote.settledOutcomeOf(token)).toBe('accepted')
    remote.behave(status(503))
    remote.clock.time += 10 * minute + 1
    for (let seconds = 0; seconds < 3 * 3600; seconds += 30) {
      expect([seconds, await remote.settledOutcomeOf(token), await remote.settledOutcomeOf(tokenOfTwo)]).toEqual([
        seconds,
        'accepted',
        'keys_unavailable',
      ])
      remote.clock.time += 30 * second
    }
    // A back-off of 5 minutes with a random reduction of up to half, and the shorter ones before.
    expect(remote.keyRequests).toBeLessThan(1 + 9 + (3 * hour) / (2.5 * minute))
    expect(remote.keyRequests).toBeGreaterThan((3 * hour) / (5.5 * minute))
    remote.behave(json({ keys: [one.jwk, two.jwk] }))
    remote.clock.time += 5 * minute
    expect(await remote.settledOutcomeOf(tokenOfTwo)).toBe('accepted')
  })
})

describe('a key server that rotates its keys every hour', () => {
  it('causes no 401 for a valid token, even if it is down for half of the day', async () => {
    const signers = await Promise.all(Array.from({ length: 25 }, (_, index) => createSigner(`hour-${index}`)))
    const tokens = await Promise.all(signers.map((signer) => signer.sign({ iss: issuer })))
    const remote = new RemoteAuth(server, status(500))
    const outcomes = new Set<string>()
    for (let minutes = 0; minutes < 24 * 60; minutes += 2) {
      const now = Math.floor(minutes / 60)
      const published = signers.slice(Math.max(0, now - 1), now + 1).map((signer) => signer.jwk)
      remote.behave(minutes % 40 < 20 ? json({ keys: published }) : status(500))
      outcomes.add(await remote.settledOutcomeOf(tokens[now] ?? ''))
      if (minutes % 60 < 40) outcomes.add(await remote.settledOutcomeOf(tokens[Math.max(0, now - 1)] ?? ''))
      remote.clock.time += 2 * minute
    }
    expect(outcomes).toEqual(new Set(['accepted', 'keys_unavailable']))
  })
})
