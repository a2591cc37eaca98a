import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { checksOf, runDoctor, verdictsOf } from './run-doctor.ts'
import { KeyServer } from './key-server.ts'
import type { TestResponse } from './key-server.ts'
import { audience, jwk } from './tokens.ts'

const server = await KeyServer.start()
const { url } = server

beforeEach(() => server.reset())
afterAll(() => server.close())

async function runWith(keys: TestResponse, args: readonly string[] = []) {
  server.reset({ '/keys': keys })
  return runDoctor(['--issuer', url, '--audience', audience, '--jwks-url', `${url}/keys`, ...args])
}

const rsa = (bits: number, kid: string) => ({
  ...generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }),
  kid,
})
const { kid: _kid, ...unnamed } = jwk
const other = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid: 'key-2',
}
const weak = rsa(1024, 'weak')
const strong = rsa(2048, 'strong')

describe('claimcheck doctor: keys', () => {
  it('lists the usable keys with their algorithms, and ignores keys for other purposes', async () => {
    const result = await runWith({ keys: [jwk, strong, { ...other, use: 'enc' }] })
    expect(result.exitCode).toBe(0)
    expect(checksOf(result, 'key set')).toMatchObject([
      { verdict: 'passed', found: '2 keys: key-1 (ES256), strong (RS256, RS384, RS512, PS256, PS384, PS512)' },
    ])
    expect(checksOf(result, 'kids')).toMatchObject([{ verdict: 'passed', found: 'each key has its own kid' }])
  })

  it.each<[string, TestResponse, string | RegExp, RegExp]>([
    ['is empty', { keys: [] }, 'an empty set', /Every token will be rejected/],
    [
      'has no key for signatures',
      { keys: [{ ...jwk, use: 'enc' }] },
      /^no usable key: key-1 is a key that is not for signatures/,
      /Every token/,
    ],
    ['is not a JWK Set', { keys: 'none' }, 'the response is not a JWK Set', /Check with the operator/],
    [
      'is the metadata instead',
      { issuer: url, jwks_uri: `${url}/keys` },
      "the issuer's metadata instead of a JWK Set",
      /Set JWT_JWKS_URL to the jwks_uri/,
    ],
    [
      'has too many keys',
      { keys: Array.from({ length: 101 }, () => jwk) },
      'the JWK Set has more than 100 keys',
      /Check with the operator/,
    ],
    [
      'contains a private key',
      { keys: [jwk, { ...other, d: 'canary' }] },
      'key-2 is a private key (with "d"; use its public part)',
      /must replace the key immediately/,
    ],
    [
      'contains a secret',
      { keys: [jwk, { kty: 'oct', k: 'canary', kid: 's' }] },
      /^s is a secret/,
      /must replace the key immediately/,
    ],
  ])('fails if the key set %s', async (_what, keys, found, remedy) => {
    const result = await runWith(keys)
    const check = checksOf(result, 'key set').find(({ verdict }) => verdict === 'failed')
    expect(result.exitCode).toBe(1)
    expect(check?.found).toMatch(found)
    expect(check?.remedy).toMatch(remedy)
    expect(JSON.stringify(result.report)).not.toContain('canary')
  })

  it.each<[string, object, RegExp]>([
    ['with too few bits', weak, /^ignored: weak is an RSA key of 1024 bits \(min 2048\)$/],
    ['with a truncated coordinate', { ...other, x: 'AAAA' }, /^ignored: key-2 is a key whose "x" has the wrong size/],
    ['that is not a point on its curve', { ...other, x: other.y }, /^ignored: key-2 is/],
    ['that is listed twice', jwk, /^ignored: key-1 is a duplicate of another key$/],
  ])('warns about a key %s, which servers ignore', async (_what, key, found) => {
    const result = await runWith({ keys: [jwk, key] })
    expect(result.exitCode).toBe(0)
    expect(checksOf(result, 'key set')).toMatchObject([{ verdict: 'passed' }, { verdict: 'warned' }])
    expect(checksOf(result, 'key set')[1]?.found).toMatch(found)
  })

  it('fails if several keys have the same kid, because servers ignore all of them', async () => {
    const result = await runWith({ keys: [jwk, { ...other, kid: 'key-1' }] })
    expect([result.exitCode, checksOf(result, 'kids')[0]]).toMatchObject([
      1,
      { verdict: 'failed', found: 'several keys have the kid key-1' },
    ])
  })

  it('shortens a long kid', async () => {
    const result = await runWith({ keys: [{ ...jwk, kid: 'k'.repeat(20_000) }] })
    expect(checksOf(result, 'key set')[0]?.found).toBe(`1 key: ${'k'.repeat(200)}… (20000 characters) (ES256)`)
  })

  it('warns about keys without a kid', async () => {
    const result = await runWith({ keys: [jwk, unnamed] })
    expect([result.exitCode, checksOf(result, 'kids')[0]]).toMatchObject([
      0,
      { verdict: 'warned', found: '1 key without a kid' },
    ])
  })

  it.each([
    [['ES256'], 0, 'passed', 'ES256'],
    [['RS256', 'ES256'], 0, 'passed', 'ES256'],
    [['RS256'], 1, 'failed', 'keys for ES256'],
    [['Ed25519', 'PS256'], 1, 'failed', 'keys for ES256'],
  ])('compares the algorithms %j with those of the keys', async (names, exitCode, verdict, found) => {
    const result = await runWith(
      { keys: [jwk] },
      names.flatMap((name) => ['--algorithms', name]),
    )
    expect([result.exitCode, checksOf(result, 'algorithms')]).toMatchObject([exitCode, [{ verdict, found }]])
  })

  it('treats Ed25519 as EdDSA', async () => {
    const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
    const result = await runWith({ keys: [{ ...key, kid: 'ed' }] }, ['--algorithms', 'Ed25519'])
    expect(checksOf(result, 'algorithms')).toMatchObject([{ verdict: 'passed', found: 'EdDSA' }])
  })
})

describe('claimcheck doctor: clock', () => {
  it.each([
    [0, 'passed', /^same time as /],
    [5, 'passed', /^same time as /],
    [-6, 'passed', /^same time as /],
    [6, 'failed', /^the local clock is 6 seconds behind http/],
    [180, 'failed', /^the local clock is 3 minutes behind http/],
    [-181, 'failed', /^the local clock is 3 minutes ahead of http/],
  ])('checks the clock of a server that is %i seconds ahead: %s', async (secondsAhead, verdict, found) => {
    server.reset()
    server.secondsAhead = secondsAhead
    const result = await runDoctor(['--issuer', url, '--audience', audience])
    expect([result.exitCode, checksOf(result, 'clock')[0]?.verdict]).toEqual([verdict === 'passed' ? 0 : 1, verdict])
    expect(checksOf(result, 'clock')[0]?.found).toMatch(found)
  })

  it('ignores an invalid Age header', async () => {
    server.reset({
      '/keys': (response) => void response.setHeader('Age', '999999999').end(JSON.stringify({ keys: [jwk] })),
    })
    expect(checksOf(await runDoctor(['--issuer', url, '--audience', audience]), 'clock')).toMatchObject([
      { verdict: 'passed' },
    ])
  })

  it('adds the time that a response spent in a cache', async () => {
    server.reset({
      '/keys': (response) => {
        const date = new Date(Date.parse(String(response.getHeader('Date'))) - 600_000)
        response.writeHead(200, { Date: date.toUTCString(), Age: '600' }).end(JSON.stringify({ keys: [jwk] }))
      },
    })
    expect(checksOf(await runDoctor(['--issuer', url, '--audience', audience]), 'clock')).toMatchObject([
      { verdict: 'passed' },
    ])
  })

  it.each(['', 'soon', '2026', '2023-11-14T22:13:20Z'])(
    'skips the clock check if the Date header is %j',
    async (date) => {
      const result = await runWith((response) => {
        if (date === '') response.removeHeader('Date')
        else response.setHeader('Date', date)
        response.sendDate = false
        response.end(JSON.stringify({ keys: [jwk] }))
      })
      expect(verdictsOf(result)).toBe('settings passed, key set passed, kids passed, algorithms passed')
    },
  )
})
