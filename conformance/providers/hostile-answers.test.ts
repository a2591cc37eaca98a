import { createAuth } from '@claimcheck/core'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { brokenBody, compressed, endless, hangUp, json, padded, raw, status, text } from './behaviours.ts'
import { HostileKeyServer } from './hostile-key-server.ts'
import type { Behaviour } from './hostile-key-server.ts'
import { hour, minute } from './moving-clock.ts'
import { outcomeOf, until } from './outcome.ts'
import { remoteIssuer as issuer, RemoteAuth } from './remote-auth.ts'
import { audience, createSigner } from './signer.ts'

const server = await HostileKeyServer.start()
const one = await createSigner('k1')
const two = await createSigner('k2')
const token = await one.sign({ iss: issuer })
const tokenOfTwo = await two.sign({ iss: issuer })
const good = { keys: [one.jwk] }
const html = '<!doctype html><title>Sign in</title>'
const limit = 512 * 1024
const chunk = ' '.repeat(64 * 1024)

afterAll(() => server.close())

const outages: [string, Behaviour, string][] = [
  ['500', status(500), 'the response has status 500'],
  ['503 with a Retry-After of its own', status(503, { 'retry-after': '86400' }), 'the response has status 503'],
  ['401', status(401, { 'www-authenticate': 'Basic realm="keys"' }), 'the response has status 401'],
  ['HTML with 200', text(html, { 'content-type': 'text/html' }), 'the response is not a JSON object'],
  ['HTML that is named JSON', text(html, { 'content-type': 'application/json' }), 'the response is not a JSON object'],
  [
    'a script',
    text('var keys = []', { 'content-type': 'application/javascript' }),
    'the response is not a JSON object',
  ],
  ['an empty body', text(''), 'the response is not a JSON object'],
  ['a list of keys', json([one.jwk]), 'the response is not a JSON object'],
  ['keys that are no list', json({ keys: { 0: one.jwk } }), 'the response is not a JWK Set'],
  ['no set', json({ error: 'not today' }), 'the response is not a JWK Set'],
  ['its keys twice', text(`{"keys":[],${JSON.stringify(good).slice(1)}`), 'the response is not a JSON object'],
  [
    'keys in 100,000 brackets',
    text(`{"keys":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
    'the response is not a JSON object',
  ],
  ['10 MB', text(padded(good, 10_000_000)), 'the response is larger than 524288 bytes'],
  [
    '10 MB in some KB of gzip',
    compressed('gzip', padded(good, 10_000_000)),
    'the response is larger than 524288 bytes',
  ],
  [
    '10 MB in some KB of deflate',
    compressed('deflate', padded(good, 10_000_000)),
    'the response is larger than 524288 bytes',
  ],
  [
    '10 MB in some bytes of brotli',
    compressed('br', padded(good, 10_000_000)),
    'the response is larger than 524288 bytes',
  ],
  ['one byte over the limit', text(padded(good, limit + 1)), 'the response is larger than 524288 bytes'],
  [
    'one byte over the limit in gzip',
    compressed('gzip', padded(good, limit + 1)),
    'the response is larger than 524288 bytes',
  ],
  ['gzip that is none', text(html, { 'content-encoding': 'gzip' }), 'the response ended early'],
  ['a body without an end', endless('HTTP/1.1 200 OK\r\n\r\n', chunk), 'the response is larger than 524288 bytes'],
  [
    'chunks without an end',
    endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', `10000\r\n${chunk}\r\n`),
    'the response is larger than 524288 bytes',
  ],
  [
    'chunks without an end, and a length that they have not',
    endless('HTTP/1.1 200 OK\r\nContent-Length: 20\r\nTransfer-Encoding: chunked\r\n\r\n', `10000\r\n${chunk}\r\n`),
    'the server could not be reached',
  ],
  [
    'headers without an end',
    endless('HTTP/1.1 200 OK\r\n', `X-Blank: ${chunk.slice(0, 1000)}\r\n`),
    'the server could not be reached',
  ],
  ['a body that breaks off', brokenBody(good), 'the response ended early'],
  ['a closed connection', hangUp(), 'the server could not be reached'],
  ['no HTTP', raw('SSH-2.0-OpenSSH_10.0\r\n'), 'the server could not be reached'],
  [
    'two answers that contradict',
    raw('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}'),
    'the server could not be reached',
  ],
]

describe.each(outages)('a key server that gives %s', (_name, behaviour, fault) => {
  it('is an outage while no key is held', async () => {
    const remote = new RemoteAuth(server, behaviour)
    expect(await remote.outcomeOf(token)).toBe('keys_unavailable')
    expect(remote.fault).toBe(`cannot fetch keys: ${fault}`)
    expect(await remote.outcomeOf(token)).toBe('keys_unavailable')
    expect(remote.timesAsked).toBe(1)
  })

  it('takes no key away for hours, and is over with its first good answer', async () => {
    const remote = new RemoteAuth(server, json(good))
    expect(await remote.outcomeOf(token)).toBe('accepted')
    remote.behave(behaviour)
    remote.clock.time += 10 * minute + 1
    expect(await remote.settledOutcomeOf(token)).toBe('accepted')
    expect(remote.fault).toBe(`cannot fetch keys: ${fault}`)
    expect(await remote.outcomeOf(token)).toBe('accepted')
    expect(await remote.outcomeOf(tokenOfTwo)).toBe('keys_unavailable')
    expect(remote.timesAsked).toBe(2)
    remote.clock.time += 3 * hour
    expect(await remote.settledOutcomeOf(token)).toBe('accepted')
    expect(remote.timesAsked).toBe(3)
    remote.behave(json({ keys: [one.jwk, two.jwk] }))
    remote.clock.time += 5 * minute
    expect(await remote.outcomeOf(tokenOfTwo)).toBe('accepted')
    expect(await remote.outcomeOf(token)).toBe('accepted')
  })
})

describe('a key server whose answer goes on and on', () => {
  it.each(outages.filter(([name]) => name === '10 MB' || name.includes('without an end')))(
    'is hung up on: %s',
    async (_name, behaviour) => {
      const ofItsOwn = await HostileKeyServer.start()
      onTestFinished(() => ofItsOwn.close())
      const auth = createAuth({ issuer, audience, keys: { jwksUrl: ofItsOwn.at('/keys', behaviour) } })
      expect(await outcomeOf(auth, token)).toBe('keys_unavailable')
      await until(() => ofItsOwn.openConnections === 0)
      expect(ofItsOwn.timesAsked('/keys')).toBe(1)
    },
  )
})

describe('a key server that is odd and honest', () => {
  it.each<[string, Behaviour]>([
    ['names another content type', json(good, { 'content-type': 'text/html; charset=iso-8859-1' })],
    ['names no content type', text(JSON.stringify(good))],
    ['answers with a byte order mark', text(`\uFEFF${JSON.stringify(good)}`)],
    ['answers with all the bytes that there may be', text(padded(good, limit))],
    ['compresses all the bytes that there may be', compressed('gzip', padded(good, limit))],
    ['publishes what is for others as well', json({ keys: [{ kty: 'later' }, { ...two.jwk, use: 'enc' }, one.jwk] })],
  ])('serves, though it %s', async (_name, behaviour) => {
    expect(await new RemoteAuth(server, behaviour).outcomeOf(token)).toBe('accepted')
  })
})
