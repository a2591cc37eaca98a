import { createAuth } from '@claimcheck/core'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  brokenBody,
  compressed,
  endless,
  hangUp,
  HostileKeyServer,
  json,
  padded,
  raw,
  status,
  text,
} from '../src/hostile-key-server.ts'
import type { Behaviour } from '../src/hostile-key-server.ts'
import { hour, minute } from '../src/moving-clock.ts'
import { outcomeOf, until } from '../src/outcome.ts'
import { RemoteAuth, remoteIssuer as issuer } from './remote-auth.ts'
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
  ['503 with Retry-After', status(503, { 'retry-after': '86400' }), 'the response has status 503'],
  ['401', status(401, { 'www-authenticate': 'Basic realm="keys"' }), 'the response has status 401'],
  ['HTML with 200', text(html, { 'content-type': 'text/html' }), 'the response is not a JSON object'],
  [
    'HTML with the content type of JSON',
    text(html, { 'content-type': 'application/json' }),
    'the response is not a JSON object',
  ],
  [
    'a script',
    text('var keys = []', { 'content-type': 'application/javascript' }),
    'the response is not a JSON object',
  ],
  ['an empty body', text(''), 'the response is not a JSON object'],
  ['an array of keys', json([one.jwk]), 'the response is not a JSON object'],
  ['keys that are not an array', json({ keys: { 0: one.jwk } }), 'the response is not a JWK Set'],
  ['a document without keys', json({ error: 'not today' }), 'the response is not a JWK Set'],
  [
    'duplicate keys properties',
    text(`{"keys":[],${JSON.stringify(good).slice(1)}`),
    'the response is not a JSON object',
  ],
  [
    'keys in 100,000 nested arrays',
    text(`{"keys":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
    'the response is not a JSON object',
  ],
  ['10 MB', text(padded(good, 10_000_000)), 'the response is larger than 524288 bytes'],
  [
    '10 MB compressed with gzip',
    compressed('gzip', padded(good, 10_000_000)),
    'the response is larger than 524288 bytes',
  ],
  [
    '10 MB compressed with deflate',
    compressed('deflate', padded(good, 10_000_000)),
    'the response is larger than 524288 bytes',
  ],
  [
    '10 MB compressed with brotli',
    compressed('br', padded(good, 10_000_000)),
    'the response is larger than 524288 bytes',
  ],
  ['one byte over the limit', text(padded(good, limit + 1)), 'the response is larger than 524288 bytes'],
  [
    'one byte over the limit in gzip',
    compressed('gzip', padded(good, limit + 1)),
    'the response is larger than 524288 bytes',
  ],
  ['HTML declared as gzip', text(html, { 'content-encoding': 'gzip' }), 'the response could not be read'],
  ['a body without end', endless('HTTP/1.1 200 OK\r\n\r\n', chunk), 'the response is larger than 524288 bytes'],
  [
    'chunks without end',
    endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', `10000\r\n${chunk}\r\n`),
    'the response is larger than 524288 bytes',
  ],
  [
    'chunks without end and a content length',
    endless('HTTP/1.1 200 OK\r\nContent-Length: 20\r\nTransfer-Encoding: chunked\r\n\r\n', `10000\r\n${chunk}\r\n`),
    'the server could not be reached',
  ],
  [
    'headers without end',
    endless('HTTP/1.1 200 OK\r\n', `X-Blank: ${chunk.slice(0, 1000)}\r\n`),
    'the server could not be reached',
  ],
  ['an incomplete body', brokenBody(good), 'the response could not be read'],
  ['a closed connection', hangUp(), 'the server could not be reached'],
  ['a response that is not HTTP', raw('SSH-2.0-OpenSSH_10.0\r\n'), 'the server could not be reached'],
  [
    'two contradicting content lengths',
    raw('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}'),
    'the server could not be reached',
  ],
]

describe.each(outages)('a key server that sends %s', (_name, behaviour, fault) => {
  it('responds with 503 if no key is cached', async () => {
    const remote = new RemoteAuth(server, behaviour)
    expect(await remote.outcomeOf(token)).toBe('keys_unavailable')
    expect(remote.fault).toBe(`cannot fetch keys: ${fault}`)
    expect(await remote.outcomeOf(token)).toBe('keys_unavailable')
    expect(remote.keyRequests).toBe(1)
  })

  it('removes no cached key for hours, and accepts new keys with the first valid response', async () => {
    const remote = new RemoteAuth(server, json(good))
    expect(await remote.outcomeOf(token)).toBe('accepted')
    remote.behave(behaviour)
    remote.clock.time += 10 * minute + 1
    expect(await remote.settledOutcomeOf(token)).toBe('accepted')
    expect(remote.fault).toBe(`cannot fetch keys: ${fault}`)
    expect(await remote.outcomeOf(token)).toBe('accepted')
    expect(await remote.outcomeOf(tokenOfTwo)).toBe('keys_unavailable')
    expect(remote.keyRequests).toBe(2)
    remote.clock.time += 3 * hour
    expect(await remote.settledOutcomeOf(token)).toBe('accepted')
    expect(remote.keyRequests).toBe(3)
    remote.behave(json({ keys: [one.jwk, two.jwk] }))
    remote.clock.time += 5 * minute
    expect(await remote.outcomeOf(tokenOfTwo)).toBe('accepted')
    expect(await remote.outcomeOf(token)).toBe('accepted')
  })
})

describe('a key server with an endless response', () => {
  it.each(outages.filter(([name]) => name === '10 MB' || name.includes('without end')))(
    'closes the connection to the key server: %s',
    async (_name, behaviour) => {
      const ofItsOwn = await HostileKeyServer.start()
      onTestFinished(() => ofItsOwn.close())
      const auth = createAuth({ issuer, audience, keys: { jwksUrl: ofItsOwn.at('/keys', behaviour) } })
      expect(await outcomeOf(auth, token)).toBe('keys_unavailable')
      await until(() => ofItsOwn.openConnections === 0)
      expect(ofItsOwn.requestsTo('/keys')).toBe(1)
    },
  )
})

describe('an unusual but valid key server', () => {
  it.each<[string, Behaviour]>([
    ['declares another content type', json(good, { 'content-type': 'text/html; charset=iso-8859-1' })],
    ['declares no content type', text(JSON.stringify(good))],
    ['sends a byte order mark', text(`\uFEFF${JSON.stringify(good)}`)],
    ['sends as many bytes as allowed', text(padded(good, limit))],
    ['compresses as many bytes as allowed', compressed('gzip', padded(good, limit))],
    ['also publishes keys for other purposes', json({ keys: [{ kty: 'later' }, { ...two.jwk, use: 'enc' }, one.jwk] })],
  ])('accepts the keys of a server that %s', async (_name, behaviour) => {
    expect(await new RemoteAuth(server, behaviour).outcomeOf(token)).toBe('accepted')
  })
})
