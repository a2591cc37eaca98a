import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checksOf, runDoctor } from './run-doctor.ts'
import type { DoctorResult } from './run-doctor.ts'
import { metadataPath, KeyServer } from './key-server.ts'
import { nowSeconds, Terminal } from './terminal.ts'
import { audience, forge, secret, sign, signWithSecret } from './tokens.ts'

const server = await KeyServer.start()
const { url } = server
const settings = ['--issuer', url, '--audience', audience]

beforeEach(() => server.reset())
afterEach(() => vi.unstubAllEnvs())
afterAll(() => server.close())

async function runWith(text: string, args: readonly string[] = []): Promise<DoctorResult> {
  return runDoctor([...settings, ...args], { stdin: { kind: 'pipe', text } })
}

function rejectingStep({ report }: DoctorResult) {
  return report.explanation?.steps.find(({ verdict }) => verdict === 'rejected')
}

describe('claimcheck doctor: token', () => {
  it('accepts a valid token, and passes every step', async () => {
    const result = await runWith(await sign(url, { admin: true }))
    expect([result.exitCode, result.report.explanation?.outcome]).toEqual([0, 'accepted'])
    expect(result.report.explanation?.steps.every(({ verdict }) => verdict === 'passed')).toBe(true)
    expect(server.requestedPaths).toEqual([metadataPath, '/keys'])
  })

  it.each([
    ['token_malformed', 'parse', () => 'opaque'],
    ['token_malformed', 'parse', () => forge({ alg: 'ES256' }, [])],
    ['issuer_unknown', 'find issuer', () => sign('https://other.example')],
    ['token_type_not_allowed', 'screen typ', () => sign(url, {}, { typ: 'logout+jwt' })],
    ['algorithm_not_allowed', 'screen alg', () => signWithSecret(url)],
    ['token_expired', 'screen exp', () => sign(url, { exp: nowSeconds - 180 })],
    ['key_not_found', 'find key', () => sign(url, {}, { kid: 'key-9' })],
    ['signature_invalid', 'verify', async () => `${(await sign(url)).slice(0, -8)}AAAAAAAA`],
    ['audience_not_allowed', 'validate aud', () => sign(url, { aud: 'https://other.example' })],
    ['token_not_active', 'validate times', () => sign(url, { nbf: nowSeconds + 180 })],
    ['token_type_not_allowed', 'validate use', () => sign(url, { at_hash: 'x' })],
  ])('reports the code %s and the rejecting step %s', async (code, step, token) => {
    const result = await runWith(await token())
    expect([result.exitCode, result.report.outcome]).toEqual([1, 'failed'])
    expect([result.report.explanation?.code, rejectingStep(result)?.step]).toEqual([code, step])
    expect(rejectingStep(result)?.remedy).not.toBeNull()
  })

  it('reports unavailable keys as an outage and not as a rejection', async () => {
    server.reset({ '/keys': 503 })
    const result = await runWith(await sign(url))
    expect([result.exitCode, result.report.explanation?.code]).toEqual([3, 'keys_unavailable'])
  })

  it.each([
    [['--role', 'admin'], 0, null],
    [['--role', 'editor', '--role', 'admin'], 0, null],
    [['--role', 'editor'], 1, 'access_denied'],
    [['--scope', 'read', '--scope', 'write'], 1, 'scope_insufficient'],
    [['--scope', 'read', '--role', 'admin'], 0, null],
    [['--scope', 'read', '--role', 'editor'], 1, 'access_denied'],
    [['--scope', 'write', '--role', 'admin'], 1, 'scope_insufficient'],
  ])('applies the policy of a route: %j', async (args, exitCode, code) => {
    const result = await runWith(await sign(url, { admin: true, scope: 'read' }), args)
    expect([result.exitCode, result.report.explanation?.code]).toEqual([exitCode, code])
    expect(result.report.explanation?.steps.at(-1)?.step).toBe('decide')
  })

  it('rejects --role and --scope without a token', async () => {
    const terminal = new Terminal()
    expect(await terminal.run('doctor', ...settings, '--role', 'admin')).toBe(2)
    expect(terminal.stderr).toContain('--role and --scope need a token')
  })

  it('warns about a token that was issued in the future', async () => {
    const result = await runWith(await sign(url, { iat: nowSeconds + 180 }))
    expect([result.exitCode, result.report.explanation?.outcome]).toEqual([0, 'accepted'])
    expect(checksOf(result, 'clock')).toMatchObject([
      { verdict: 'passed' },
      { verdict: 'warned', found: 'iat is in 3 minutes' },
    ])
  })

  it('warns about a token whose exp is in milliseconds, because it is accepted for thousands of years', async () => {
    const result = await runWith(await sign(url, { exp: (nowSeconds + 600) * 1000 }))
    expect([result.exitCode, result.report.explanation?.outcome]).toEqual([0, 'accepted'])
    expect(checksOf(result, 'clock')).toMatchObject([
      { verdict: 'passed' },
      { verdict: 'warned', found: expect.stringContaining('looks like milliseconds') },
    ])
  })

  it('explains a token under NODE_ENV=production, too', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect((await runWith(await sign(url))).exitCode).toBe(0)
  })

  it('prints no part of the token and no secret', async () => {
    const token = await signWithSecret('https://login.example', {}, `${secret}another`)
    const env = { JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: audience, JWT_SECRET: secret }
    for (const options of [[], ['--json']]) {
      const terminal = new Terminal({ env })
      expect(await terminal.run('doctor', token, ...options)).toBe(1)
      for (const part of [...token.split('.'), secret.slice(0, 8)]) {
        expect(terminal.stdout + terminal.stderr).not.toContain(part)
      }
    }
  })

  it('prints what was expected, what was found, the fix, and the steps that were not reached', async () => {
    const terminal = new Terminal({ stdin: { kind: 'pipe', text: await sign(url, { exp: nowSeconds - 180 }) } })
    expect(await terminal.run('doctor', ...settings)).toBe(1)
    const [, steps = ''] = terminal.stdout.split('\nToken\n')
    expect(steps).toContain('✓ find issuer')
    expect(steps).toMatch(/✗ screen exp +expected {2}exp after/)
    expect(steps).toMatch(/\n +found {5}exp 2023-11-14T22:10:20Z \(3 minutes ago\)/)
    expect(steps).toMatch(/\n +fix {7}Get a new token/)
    expect(steps).toMatch(/\n {2}· not reached +find key, verify, .*, revocation\n/)
    expect(steps).toMatch(/✗ Rejected: 401 token_expired\n$/)
  })
})
