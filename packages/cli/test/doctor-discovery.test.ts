import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checksOf, doctor, verdictsOf } from './run-doctor.ts'
import { metadataPath, oauthMetadataPath, OddServer } from './key-server.ts'
import type { Answer } from './key-server.ts'
import { nowSeconds, Terminal } from './terminal.ts'
import type { TestSurroundings } from './terminal.ts'
import { audience, jwk, sign } from './tokens.ts'

const server = await OddServer.start()
const { url } = server

beforeEach(() => server.behave())
afterEach(() => vi.useRealTimers())
afterAll(() => server.close())

async function examined(args: readonly string[] = [], surroundings: TestSurroundings = {}) {
  return doctor(['--issuer', url, '--audience', audience, ...args], surroundings)
}

const page = (response: ServerResponse) =>
  void response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Log in')
const redirect = (response: ServerResponse) => void response.writeHead(302, { Location: '/login?back=secret' }).end()
const silence = () => undefined
const breaksOff = (response: ServerResponse) =>
  void response.writeHead(200, { 'Content-Length': '100' }).write('{', () => response.destroy())

describe('the doctor, of discovery', () => {
  it('finds a good issuer good, and asks it as often as a server does', async () => {
    const doctored = await examined()
    expect(verdictsOf(doctored)).toBe(
      'settings passed, discovery passed, key set passed, kids passed, algorithms passed, clock passed',
    )
    expect([doctored.exitCode, doctored.report.outcome]).toEqual([0, 'good'])
    expect(checksOf(doctored, 'discovery')[0]?.found).toBe(`${url}${metadataPath} leads to ${url}/keys`)
    expect(server.asked).toEqual([metadataPath, '/keys'])
  })

  it('finds the metadata of RFC 8414 where there are no others', async () => {
    const metadata = { issuer: url, jwks_uri: `${url}/keys` }
    server.behave({ [metadataPath]: 404, [oauthMetadataPath]: metadata })
    const doctored = await examined()
    expect(doctored.exitCode).toBe(0)
    expect(checksOf(doctored, 'discovery')[0]?.found).toBe(`${url}${oauthMetadataPath} leads to ${url}/keys`)
  })

  it('asks for no metadata where it knows where the keys are', async () => {
    const doctored = await examined(['--jwks-url', `${url}/keys`])
    expect(verdictsOf(doctored)).toBe('settings passed, key set passed, kids passed, algorithms passed, clock passed')
    expect(server.asked).toEqual(['/keys'])
  })

  const metadata = { issuer: url, jwks_uri: `${url}/keys` }

  it.each<[string, Answer, string, RegExp, RegExp]>([
    [
      'another issuer',
      { ...metadata, issuer: 'https://other.example' },
      'failed',
      /names the issuer https:\/\/other\.example$/,
      /set --issuer to https:\/\/other\.example, to the letter\.$/,
    ],
    [
      'an issuer with a slash more',
      { ...metadata, issuer: `${url}/` },
      'failed',
      /names the issuer/,
      /they differ by the slash at the end/,
    ],
    ['no issuer', { jwks_uri: `${url}/keys` }, 'failed', /names the issuer undefined$/, /must name the issuer/],
    ['no jwks_uri', { issuer: url }, 'failed', /names the jwks_uri null$/, /Set JWT_JWKS_URL/],
    [
      'a jwks_uri by http elsewhere',
      { issuer: url, jwks_uri: 'http://keys.example/' },
      'failed',
      /jwks_uri http:\/\/keys\.example\/$/,
      /by https/,
    ],
    [
      '404',
      404,
      'failed',
      /openid-configuration and .*oauth-authorization-server: it answered 404$/,
      /Is the address right/,
    ],
    ['403', 403, 'failed', /it answered 403$/, /open to everybody/],
    ['500', 500, 'outage', /it answered 500$/, /look at its own log/],
    ['429', (response) => void response.writeHead(429).end(), 'outage', /it answered 429$/, /too much to do/],
    [
      'a redirect',
      redirect,
      'failed',
      /it answered 302, a redirect to http:\/\/127\.0\.0\.1:\d+\/login$/,
      /Redirects are not followed/,
    ],
    ['an HTML page', page, 'failed', /an HTML page instead of JSON \(text\/html\)$/, /A web page answers there/],
    [
      'other text',
      (response) => void response.end('ok'),
      'failed',
      /other text instead of JSON \(no Content-Type\)$/,
      /what answers there/,
    ],
    ['nothing', (response) => void response.end(), 'failed', /nothing instead of JSON/, /what answers there/],
    [
      'too much',
      (response) => void response.end(`{"x":"${'x'.repeat(600_000)}"}`),
      'failed',
      /more than 524288 bytes$/,
      /what answers there/,
    ],
    ['half of it', breaksOff, 'outage', /its answer broke off$/, /what answers there/],
  ])('says what is wrong where the metadata are %s', async (...[, answer, verdict, found, remedy]) => {
    // Of RFC 8414 there are none, and a server asks for them after any 4xx.
    server.behave({
      [metadataPath]: answer,
      [oauthMetadataPath]: typeof answer === 'number' && answer < 500 ? answer : 429,
    })
    const doctored = await examined()
    const [check] = checksOf(doctored, 'discovery')
    expect(check?.verdict).toBe(verdict)
    expect(check?.found).toMatch(found)
    expect(check?.remedy).toMatch(remedy)
    expect(doctored.exitCode).toBe(verdict === 'outage' ? 3 : 1)
    expect(JSON.stringify(doctored.report)).not.toContain('back=secret')
    expect(checksOf(doctored, 'key set')).toEqual([])
  })

  it('waits 5 seconds for an answer, and says so meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.behave({ [metadataPath]: silence })
    const terminal = new Terminal()
    const running = terminal.run('doctor', '--issuer', url, '--audience', audience)
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    terminal.passTime()
    expect(terminal.stderr).toBe(`Waiting for ${url}${metadataPath}\n`)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await running).toBe(3)
    expect(terminal.stdout).toContain('no answer came in 5 seconds')
  })

  it('waits no second time for a server that is silent, though a token is to be explained', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.behave({ [metadataPath]: silence })
    let elapsed = 0
    const stdin = { kind: 'pipe', text: await sign(url) } as const
    const terminal = new Terminal({ stdin, now: () => nowSeconds * 1000 + elapsed })
    const running = terminal.run('doctor', '--issuer', url, '--audience', audience)
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    elapsed = 5000
    await vi.advanceTimersByTimeAsync(5000)
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(5000)
    expect([await running, server.asked]).toEqual([3, [metadataPath]])
    expect(terminal.stdout).toContain('Refused: keys_unavailable')
  })

  it('counts the seconds on a terminal, and leaves nothing of that behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.behave({ [metadataPath]: silence })
    const terminal = new Terminal({ isTerminal: true })
    const running = terminal.run('doctor', '--issuer', url, '--audience', audience)
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    for (let seconds = 0; seconds < 2; seconds++) terminal.passTime()
    const line = `\r\u001B[2KWaiting for ${url}${metadataPath}`
    expect(terminal.stderr).toBe(`${line} (1 s)${line} (2 s)`)
    await vi.advanceTimersByTimeAsync(5000)
    await running
    expect(terminal.stderr).toBe(`${line} (1 s)${line} (2 s)\r\u001B[2K`)
  })

  it.each([
    ['ECONNREFUSED', 3, /nothing listens there \(ECONNREFUSED\)$/, /Does the server run/],
    ['ENOTFOUND', 3, /its host name is not known \(ENOTFOUND\)$/, /spelt right/],
    ['CERT_HAS_EXPIRED', 1, /its certificate has expired/, /Renew/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 1, /an authority that is not trusted/, /NODE_EXTRA_CA_CERTS/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 1, /speaks no https \(ERR_SSL_WRONG_VERSION_NUMBER\)$/, /Is the port right/],
    ['EODD', 3, /it could not be reached \(EODD\)$/, /curl -v/],
    ['a message, and no code', 3, /it could not be reached \(no code\)$/, /curl -v/],
  ])('says what is wrong where the connection fails with %s: exit status %i', async (code, exitCode, found, remedy) => {
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('of secret.internal'), { code }) })
    }
    const doctored = await examined([], { fetch })
    expect([doctored.exitCode, doctored.report.outcome]).toEqual([exitCode, exitCode === 3 ? 'outage' : 'faulty'])
    expect(checksOf(doctored, 'discovery')[0]?.found).toMatch(found)
    expect(checksOf(doctored, 'discovery')[0]?.remedy).toMatch(remedy)
    expect(JSON.stringify(doctored.report)).not.toContain('secret.internal')
  })

  it('says of a port that fetch never calls that waiting does not help', async () => {
    const doctored = await doctor(['--issuer', 'http://127.0.0.1:9', '--audience', audience])
    expect([doctored.exitCode, checksOf(doctored, 'discovery')[0]?.found]).toEqual([
      1,
      expect.stringContaining('its port is one that fetch never calls'),
    ])
  })

  it('follows the metadata to keys that are not to be had', async () => {
    server.behave({ '/keys': 503 })
    const doctored = await examined()
    expect(verdictsOf(doctored)).toBe('settings passed, discovery passed, key set outage, clock passed')
    expect([doctored.exitCode, checksOf(doctored, 'key set')[0]?.found]).toEqual([3, 'it answered 503'])
  })

  it('obeys nothing that a server says: what a terminal would do is written out', async () => {
    server.behave({ [metadataPath]: { ...metadata, issuer: 'https://x\u001B[2J.example' } })
    const terminal = new Terminal()
    await terminal.run('doctor', '--issuer', url, '--audience', audience)
    expect(terminal.stdout).not.toContain('\u001B')
    expect(terminal.stdout).toContain(String.raw`\u001b[2J`)
  })

  it('keeps the query of a URL to itself, which may hold a key', async () => {
    server.behave({ '/keys?key=canary': { keys: [jwk] } })
    const doctored = await examined(['--jwks-url', `${url}/keys?key=canary`])
    expect(doctored.exitCode).toBe(0)
    expect(JSON.stringify(doctored.report)).not.toContain('canary')
  })
})
