import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { checksOf, doctor, verdictsOf } from './run-doctor.ts'
import { OddServer } from './key-server.ts'
import type { Answer } from './key-server.ts'
import { audience, jwk } from './tokens.ts'

const server = await OddServer.start()
const { url } = server

beforeEach(() => server.behave())
afterAll(() => server.close())

async function examined(keys: Answer, args: readonly string[] = []) {
  server.behave({ '/keys': keys })
  return doctor(['--issuer', url, '--audience', audience, '--jwks-url', `${url}/keys`, ...args])
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

describe('the doctor, of keys', () => {
  it('lists those that may verify, with their algorithms, and says nothing of those for other work', async () => {
    const doctored = await examined({ keys: [jwk, strong, { ...other, use: 'enc' }] })
    expect(doctored.exitCode).toBe(0)
    expect(checksOf(doctored, 'key set')).toMatchObject([
      { verdict: 'passed', found: '2 keys: key-1 (ES256), strong (RS256, RS384, RS512, PS256, PS384, PS512)' },
    ])
    expect(checksOf(doctored, 'kids')).toMatchObject([{ verdict: 'passed', found: 'each key has a name of its own' }])
  })

  it.each<[string, Answer, string | RegExp, RegExp]>([
    ['holds none', { keys: [] }, 'an empty set', /Every token will be refused/],
    [
      'holds none that may verify',
      { keys: [{ ...jwk, use: 'enc' }] },
      /^none of 1 key: key-1 is not for signatures/,
      /Every token/,
    ],
    ['is none', { keys: 'none' }, 'it gave no JWK Set', /what answers there/],
    [
      'is the metadata',
      { issuer: url, jwks_uri: `${url}/keys` },
      'metadata of an issuer, and no JWK Set',
      /Set JWT_JWKS_URL to the jwks_uri/,
    ],
    [
      'is too long',
      { keys: Array.from({ length: 101 }, () => jwk) },
      'it gave more than 100 keys',
      /what answers there/,
    ],
    [
      'holds the private key',
      { keys: [jwk, { ...other, d: 'canary' }] },
      'key-2 is a private key (member d); only its public part belongs here',
      /have the key replaced at once/,
    ],
    [
      'holds a secret',
      { keys: [jwk, { kty: 'oct', k: 'canary', kid: 's' }] },
      /^s is a secret/,
      /have the key replaced at once/,
    ],
  ])('refuses a set that %s', async (_what, keys, found, remedy) => {
    const doctored = await examined(keys)
    const check = checksOf(doctored, 'key set').find(({ verdict }) => verdict === 'failed')
    expect(doctored.exitCode).toBe(1)
    expect(check?.found).toMatch(found)
    expect(check?.remedy).toMatch(remedy)
    expect(JSON.stringify(doctored.report)).not.toContain('canary')
  })

  it.each<[string, object, RegExp]>([
    ['of too few bits', weak, /^left out: weak is an RSA key of 1024 bits; 2048 are the least$/],
    ['that breaks off', { ...other, x: 'AAAA' }, /^left out: key-2 is a key whose member x has not the size/],
    ['that lies on no curve', { ...other, x: other.y }, /^left out: key-2 is/],
    ['that stands twice', jwk, /^left out: key-1 is the same as another$/],
  ])('warns of a key %s, which servers leave out', async (_what, key, found) => {
    const doctored = await examined({ keys: [jwk, key] })
    expect(doctored.exitCode).toBe(0)
    expect(checksOf(doctored, 'key set')).toMatchObject([{ verdict: 'passed' }, { verdict: 'warned' }])
    expect(checksOf(doctored, 'key set')[1]?.found).toMatch(found)
  })

  it('refuses keys of one name, of which servers take none', async () => {
    const doctored = await examined({ keys: [jwk, { ...other, kid: 'key-1' }] })
    expect([doctored.exitCode, checksOf(doctored, 'kids')[0]]).toMatchObject([
      1,
      { verdict: 'failed', found: 'several keys are called key-1' },
    ])
  })

  it('shows no more of a long name than of any text of a server', async () => {
    const doctored = await examined({ keys: [{ ...jwk, kid: 'k'.repeat(20_000) }] })
    expect(checksOf(doctored, 'key set')[0]?.found).toBe(`1 key: ${'k'.repeat(200)}… (20000 characters) (ES256)`)
  })

  it('warns of keys without a name', async () => {
    const doctored = await examined({ keys: [jwk, unnamed] })
    expect([doctored.exitCode, checksOf(doctored, 'kids')[0]]).toMatchObject([
      0,
      { verdict: 'warned', found: '1 key without a kid' },
    ])
  })

  it.each([
    [['ES256'], 0, 'passed', 'ES256'],
    [['RS256', 'ES256'], 0, 'passed', 'ES256'],
    [['RS256'], 1, 'failed', 'keys for ES256'],
    [['Ed25519', 'PS256'], 1, 'failed', 'keys for ES256'],
  ])('holds the algorithms %j against those of the keys', async (names, exitCode, verdict, found) => {
    const doctored = await examined(
      { keys: [jwk] },
      names.flatMap((name) => ['--algorithms', name]),
    )
    expect([doctored.exitCode, checksOf(doctored, 'algorithms')]).toMatchObject([exitCode, [{ verdict, found }]])
  })

  it('knows Ed25519 as EdDSA', async () => {
    const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
    const doctored = await examined({ keys: [{ ...key, kid: 'ed' }] }, ['--algorithms', 'Ed25519'])
    expect(checksOf(doctored, 'algorithms')).toMatchObject([{ verdict: 'passed', found: 'EdDSA' }])
  })
})

describe('the doctor, of the clock', () => {
  it.each([
    [0, 'passed', /^the time of /],
    [5, 'passed', /^the time of /],
    [-6, 'passed', /^the time of /],
    [6, 'failed', /^this machine is 6 seconds behind http/],
    [180, 'failed', /^this machine is 3 minutes behind http/],
    [-181, 'failed', /^this machine is 3 minutes ahead of http/],
  ])('says of a server that is %i seconds ahead: %s', async (secondsAhead, verdict, found) => {
    server.behave()
    server.secondsAhead = secondsAhead
    const doctored = await doctor(['--issuer', url, '--audience', audience])
    expect([doctored.exitCode, checksOf(doctored, 'clock')[0]?.verdict]).toEqual([
      verdict === 'passed' ? 0 : 1,
      verdict,
    ])
    expect(checksOf(doctored, 'clock')[0]?.found).toMatch(found)
  })

  it('takes no Age that no cache has', async () => {
    server.behave({
      '/keys': (response) => void response.setHeader('Age', '999999999').end(JSON.stringify({ keys: [jwk] })),
    })
    expect(checksOf(await doctor(['--issuer', url, '--audience', audience]), 'clock')).toMatchObject([
      { verdict: 'passed' },
    ])
  })

  it('counts the time that an answer lay in a cache', async () => {
    server.behave({
      '/keys': (response) => {
        const date = new Date(Date.parse(String(response.getHeader('Date'))) - 600_000)
        response.writeHead(200, { Date: date.toUTCString(), Age: '600' }).end(JSON.stringify({ keys: [jwk] }))
      },
    })
    expect(checksOf(await doctor(['--issuer', url, '--audience', audience]), 'clock')).toMatchObject([
      { verdict: 'passed' },
    ])
  })

  it.each(['', 'soon', '2026', '2023-11-14T22:13:20Z'])(
    'says nothing where the server tells no time: Date %j',
    async (date) => {
      const doctored = await examined((response) => {
        if (date === '') response.removeHeader('Date')
        else response.setHeader('Date', date)
        response.sendDate = false
        response.end(JSON.stringify({ keys: [jwk] }))
      })
      expect(verdictsOf(doctored)).toBe('settings passed, key set passed, kids passed, algorithms passed')
    },
  )
})
