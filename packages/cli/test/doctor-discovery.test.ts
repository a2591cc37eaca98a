import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checksOf, runDoctor, verdictsOf } from './run-doctor.ts'
import { metadataPath, oauthMetadataPath, KeyServer } from './key-server.ts'
import type { TestResponse } from './key-server.ts'
import { nowSeconds, Terminal } from './terminal.ts'
import type { TestContext } from './terminal.ts'
import { audience, jwk, sign } from './tokens.ts'

const server = await KeyServer.start()
const { url } = server

beforeEach(() => server.reset())
afterEach(() => vi.useRealTimers())
afterAll(() => server.close())

async function runWith(args: readonly string[] = [], context: TestContext = {}) {
  return runDoctor(['--issuer', url, '--audience', audience, ...args], context)
}

const page = (response: ServerResponse) =>
  void response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Log in')
const redirect = (response: ServerResponse) => void response.writeHead(302, { Location: '/login?back=secret' }).end()
const silence = () => undefined
const abortResponse = (response: ServerResponse) =>
  void response.writeHead(200, { 'Content-Length': '100' }).write('{', () => response.destroy())

describe('claimcheck doctor: discovery', () => {
  it('passes a correct issuer, with as few requests as a server makes', async () => {
    const result = await runWith()
    expect(verdictsOf(result)).toBe(
      'settings passed, discovery passed, key set passed, kids passed, algorithms passed, clock passed',
    )
    expect([result.exitCode, result.report.outcome]).toEqual([0, 'ok'])
    expect(checksOf(result, 'discovery')[0]?.found).toBe(`${url}${metadataPath} → ${url}/keys`)
    expect(server.requestedPaths).toEqual([metadataPath, '/keys'])
  })

  it('falls back to the metadata of RFC 8414', async () => {
    const metadata = { issuer: url, jwks_uri: `${url}/keys` }
    server.reset({ [metadataPath]: 404, [oauthMetadataPath]: metadata })
    const result = await runWith()
    expect(result.exitCode).toBe(0)
    expect(checksOf(result, 'discovery')[0]?.found).toBe(`${url}${oauthMetadataPath} → ${url}/keys`)
  })

  it('fetches no metadata if the URL of the keys is set', async () => {
    const result = await runWith(['--jwks-url', `${url}/keys`])
    expect(verdictsOf(result)).toBe('settings passed, key set passed, kids passed, algorithms passed, clock passed')
    expect(server.requestedPaths).toEqual(['/keys'])
  })

  const metadata = { issuer: url, jwks_uri: `${url}/keys` }

  it.each<[string, TestResponse, string, RegExp, RegExp]>([
    [
      'another issuer',
      { ...metadata, issuer: 'https://other.example' },
      'failed',
      /: issuer https:\/\/other\.example$/,
      /set --issuer to exactly https:\/\/other\.example\.$/,
    ],
    [
      'an issuer with an additional slash',
      { ...metadata, issuer: `${url}/` },
      'failed',
      /: issuer/,
      /only the slash at the end differs/,
    ],
    ['no issuer', { jwks_uri: `${url}/keys` }, 'failed', /: issuer undefined$/, /must name the issuer/],
    ['no jwks_uri', { issuer: url }, 'failed', /: jwks_uri null$/, /set JWT_JWKS_URL/],
    [
      'a jwks_uri with plain HTTP on another host',
      { issuer: url, jwks_uri: 'http://keys.example/' },
      'failed',
      /jwks_uri http:\/\/keys\.example\/$/,
      /HTTPS/,
    ],
    [
      '404',
      404,
      'failed',
      /openid-configuration and .*oauth-authorization-server: the server responded with 404$/,
      /Check the URL/,
    ],
    ['403', 403, 'failed', /responded with 403$/, /must be public/],
    ['500', 500, 'outage', /responded with 500$/, /Check its log/],
    ['429', (response) => void response.writeHead(429).end(), 'outage', /responded with 429$/, /overloaded/],
    [
      'a redirect',
      redirect,
      'failed',
      /responded with 302, a redirect to http:\/\/127\.0\.0\.1:\d+\/login$/,
      /Redirects are not followed/,
    ],
    ['an HTML page', page, 'failed', /an HTML page instead of JSON \(text\/html\)$/, /not that of its website/],
    [
      'other text',
      (response) => void response.end('ok'),
      'failed',
      /other text instead of JSON \(no Content-Type\)$/,
      /Check with the operator/,
    ],
    [
      'an empty body',
      (response) => void response.end(),
      'failed',
      /an empty body instead of JSON/,
      /Check with the operator/,
    ],
    [
      'too long',
      (response) => void response.end(`{"x":"${'x'.repeat(600_000)}"}`),
      'failed',
      /larger than 524288 bytes$/,
      /Check with the operator/,
    ],
    ['incomplete', abortResponse, 'outage', /the response could not be read$/, /Check with the operator/],
  ])('explains the problem if the metadata are %s', async (...[, response, verdict, found, remedy]) => {
    // There are no metadata of RFC 8414, which a server requests after any 4xx.
    server.reset({
      [metadataPath]: response,
      [oauthMetadataPath]: typeof response === 'number' && response < 500 ? response : 429,
    })
    const result = await runWith()
    const [check] = checksOf(result, 'discovery')
    expect(check?.verdict).toBe(verdict)
    expect(check?.found).toMatch(found)
    expect(check?.remedy).toMatch(remedy)
    expect(result.exitCode).toBe(verdict === 'outage' ? 3 : 1)
    expect(JSON.stringify(result.report)).not.toContain('back=secret')
    expect(checksOf(result, 'key set')).toEqual([])
  })

  it('waits 5 seconds for a response, and reports on stderr that it is waiting', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.reset({ [metadataPath]: silence })
    const terminal = new Terminal()
    const running = terminal.run('doctor', '--issuer', url, '--audience', audience)
    while (server.requestedPaths.length === 0) await new Promise((resolve) => setImmediate(resolve))
    terminal.passTime()
    expect(terminal.stderr).toBe(`Waiting for ${url}${metadataPath}\n`)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await running).toBe(3)
    expect(terminal.stdout).toContain('no response within 5 seconds')
  })

  it('waits only once for a silent server, even if it then explains a token', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.reset({ [metadataPath]: silence })
    let elapsed = 0
    const stdin = { kind: 'pipe', text: await sign(url) } as const
    const terminal = new Terminal({ stdin, now: () => nowSeconds * 1000 + elapsed })
    const running = terminal.run('doctor', '--issuer', url, '--audience', audience)
    while (server.requestedPaths.length === 0) await new Promise((resolve) => setImmediate(resolve))
    elapsed = 5000
    await vi.advanceTimersByTimeAsync(5000)
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(5000)
    expect([await running, server.requestedPaths]).toEqual([3, [metadataPath]])
    expect(terminal.stdout).toContain('Rejected: 503 keys_unavailable')
  })

  it('counts the seconds on a terminal, and clears the line at the end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.reset({ [metadataPath]: silence })
    const terminal = new Terminal({ isTerminal: true })
    const running = terminal.run('doctor', '--issuer', url, '--audience', audience)
    while (server.requestedPaths.length === 0) await new Promise((resolve) => setImmediate(resolve))
    for (let seconds = 0; seconds < 2; seconds++) terminal.passTime()
    const line = `\r\u001B[2KWaiting for ${url}${metadataPath}`
    expect(terminal.stderr).toBe(`${line} (1 s)${line} (2 s)`)
    await vi.advanceTimersByTimeAsync(5000)
    await running
    expect(terminal.stderr).toBe(`${line} (1 s)${line} (2 s)\r\u001B[2K`)
  })

  it.each([
    ['ECONNREFUSED', 3, /the connection was refused \(ECONNREFUSED\)$/, /server is running/],
    ['ENOTFOUND', 3, /the host name was not found \(ENOTFOUND\)$/, /spelling/],
    ['CERT_HAS_EXPIRED', 1, /the certificate has expired/, /Renew/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 1, /an untrusted CA/, /NODE_EXTRA_CA_CERTS/],
    [
      'ERR_SSL_WRONG_VERSION_NUMBER',
      1,
      /does not speak HTTPS on this port \(ERR_SSL_WRONG_VERSION_NUMBER\)$/,
      /Check the port/,
    ],
    ['EODD', 3, /could not be reached \(EODD\)$/, /curl -v/],
    ['a message without a code', 3, /could not be reached \(no code\)$/, /curl -v/],
  ])('explains a connection that fails with %s, and exits with %i', async (code, exitCode, found, remedy) => {
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('of secret.internal'), { code }) })
    }
    const result = await runWith([], { fetch })
    expect([result.exitCode, result.report.outcome]).toEqual([exitCode, exitCode === 3 ? 'outage' : 'failed'])
    expect(checksOf(result, 'discovery')[0]?.found).toMatch(found)
    expect(checksOf(result, 'discovery')[0]?.remedy).toMatch(remedy)
    expect(JSON.stringify(result.report)).not.toContain('secret.internal')
  })

  it('reports a port that fetch blocks as a failure and not as an outage', async () => {
    const result = await runDoctor(['--issuer', 'http://127.0.0.1:9', '--audience', audience])
    expect([result.exitCode, checksOf(result, 'discovery')[0]?.found]).toEqual([
      1,
      expect.stringContaining('fetch blocks this port'),
    ])
  })

  it('reports an outage if the metadata are correct and the keys are unavailable', async () => {
    server.reset({ '/keys': 503 })
    const result = await runWith()
    expect(verdictsOf(result)).toBe('settings passed, discovery passed, key set outage, clock passed')
    expect([result.exitCode, checksOf(result, 'key set')[0]?.found]).toEqual([3, 'the server responded with 503'])
  })

  it('escapes terminal control characters of a server', async () => {
    server.reset({ [metadataPath]: { ...metadata, issuer: 'https://x\u001B[2J.example' } })
    const terminal = new Terminal()
    await terminal.run('doctor', '--issuer', url, '--audience', audience)
    expect(terminal.stdout).not.toContain('\u001B')
    expect(terminal.stdout).toContain(String.raw`\u001b[2J`)
  })

  it('does not print the query of a URL, which may contain a key', async () => {
    server.reset({ '/keys?key=canary': { keys: [jwk] } })
    const result = await runWith(['--jwks-url', `${url}/keys?key=canary`])
    expect(result.exitCode).toBe(0)
    expect(JSON.stringify(result.report)).not.toContain('canary')
  })
})
