import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checksOf, doctor } from './run-doctor.ts'
import type { Doctored } from './run-doctor.ts'
import { metadataPath, OddServer } from './key-server.ts'
import { nowSeconds, Terminal } from './terminal.ts'
import { audience, forge, secret, sign, signBySecret } from './tokens.ts'

const server = await OddServer.start()
const { url } = server
const settings = ['--issuer', url, '--audience', audience]

beforeEach(() => server.behave())
afterEach(() => vi.unstubAllEnvs())
afterAll(() => server.close())

async function examined(text: string, args: readonly string[] = []): Promise<Doctored> {
  return doctor([...settings, ...args], { stdin: { kind: 'pipe', text } })
}

function refusedStep({ report }: Doctored) {
  return report.explanation?.steps.find(({ verdict }) => verdict === 'refused')
}

describe('the doctor, of a token', () => {
  it('accepts a good one, with every step on its way', async () => {
    const doctored = await examined(await sign(url, { admin: true }))
    expect([doctored.exitCode, doctored.report.explanation?.outcome]).toEqual([0, 'accepted'])
    expect(doctored.report.explanation?.steps.every(({ verdict }) => verdict === 'passed')).toBe(true)
    expect(server.asked).toEqual([metadataPath, '/keys'])
  })

  it.each([
    ['token_malformed', 'parse', () => 'opaque'],
    ['token_malformed', 'parse', () => forge({ alg: 'ES256' }, [])],
    ['issuer_unknown', 'find issuer', () => sign('https://other.example')],
    ['token_type_not_allowed', 'screen typ', () => sign(url, {}, { typ: 'logout+jwt' })],
    ['algorithm_not_allowed', 'screen alg', () => signBySecret(url)],
    ['token_expired', 'screen exp', () => sign(url, { exp: nowSeconds - 180 })],
    ['key_not_found', 'find key', () => sign(url, {}, { kid: 'key-9' })],
    ['signature_invalid', 'verify', async () => `${(await sign(url)).slice(0, -8)}AAAAAAAA`],
    ['audience_not_allowed', 'validate aud', () => sign(url, { aud: 'https://other.example' })],
    ['token_not_active', 'validate times', () => sign(url, { nbf: nowSeconds + 180 })],
    ['token_type_not_allowed', 'validate use', () => sign(url, { at_hash: 'x' })],
  ])('says that %s refuses it, in %s', async (code, step, token) => {
    const doctored = await examined(await token())
    expect([doctored.exitCode, doctored.report.outcome]).toEqual([1, 'faulty'])
    expect([doctored.report.explanation?.code, refusedStep(doctored)?.step]).toEqual([code, step])
    expect(refusedStep(doctored)?.remedy).not.toBeNull()
  })

  it('tells an outage from a refusal', async () => {
    server.behave({ '/keys': 503 })
    const doctored = await examined(await sign(url))
    expect([doctored.exitCode, doctored.report.explanation?.code]).toEqual([3, 'keys_unavailable'])
  })

  it.each([
    [['--role', 'admin'], 0, null],
    [['--role', 'editor', '--role', 'admin'], 0, null],
    [['--role', 'editor'], 1, 'access_denied'],
    [['--scope', 'read', '--scope', 'write'], 1, 'scope_insufficient'],
    [['--scope', 'read', '--role', 'admin'], 0, null],
    [['--scope', 'read', '--role', 'editor'], 1, 'access_denied'],
    [['--scope', 'write', '--role', 'admin'], 1, 'scope_insufficient'],
  ])('asks for what a route would: %j', async (args, exitCode, code) => {
    const doctored = await examined(await sign(url, { admin: true, scope: 'read' }), args)
    expect([doctored.exitCode, doctored.report.explanation?.code]).toEqual([exitCode, code])
    expect(doctored.report.explanation?.steps.at(-1)?.step).toBe('decide')
  })

  it('wants a token for what a route would ask for', async () => {
    const terminal = new Terminal()
    expect(await terminal.run('doctor', ...settings, '--role', 'admin')).toBe(2)
    expect(terminal.stderr).toContain('--role and --scope ask for a token')
  })

  it('warns of a token from the future', async () => {
    const doctored = await examined(await sign(url, { iat: nowSeconds + 180 }))
    expect([doctored.exitCode, doctored.report.explanation?.outcome]).toEqual([0, 'accepted'])
    expect(checksOf(doctored, 'clock')).toMatchObject([
      { verdict: 'passed' },
      { verdict: 'warned', found: 'it will be issued in 3 minutes' },
    ])
  })

  it('warns of a token whose exp is in milliseconds, which is accepted for thousands of years', async () => {
    const doctored = await examined(await sign(url, { exp: (nowSeconds + 600) * 1000 }))
    expect([doctored.exitCode, doctored.report.explanation?.outcome]).toEqual([0, 'accepted'])
    expect(checksOf(doctored, 'clock')).toMatchObject([
      { verdict: 'passed' },
      { verdict: 'warned', found: expect.stringContaining('looks like milliseconds') },
    ])
  })

  it('explains in production too, for who runs it has the token and the settings', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect((await examined(await sign(url))).exitCode).toBe(0)
  })

  it('prints neither the token, nor its signature, nor a secret', async () => {
    const token = await signBySecret('https://login.example', {}, `${secret}another`)
    const env = { JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: audience, JWT_SECRET: secret }
    for (const options of [[], ['--json']]) {
      const terminal = new Terminal({ env })
      expect(await terminal.run('doctor', token, ...options)).toBe(1)
      for (const part of [...token.split('.'), secret.slice(0, 8)]) {
        expect(terminal.stdout + terminal.stderr).not.toContain(part)
      }
    }
  })

  it('shows people what was expected, what was found and what to do, and what was not reached', async () => {
    const terminal = new Terminal({ stdin: { kind: 'pipe', text: await sign(url, { exp: nowSeconds - 180 }) } })
    expect(await terminal.run('doctor', ...settings)).toBe(1)
    const [, way = ''] = terminal.stdout.split('The way of the token\n')
    expect(way).toContain('✓ find issuer')
    expect(way).toMatch(/✗ screen exp +expected {2}exp after/)
    expect(way).toMatch(/\n +found {5}exp 2023-11-14T22:10:20Z \(3 minutes ago\)/)
    expect(way).toMatch(/\n +do {8}Get a new token/)
    expect(way).toMatch(/\n {2}· not reached +find key, verify, .*, revocation\n/)
    expect(way).toMatch(/✗ Refused: token_expired, which is answered with 401\.\n$/)
  })
})
