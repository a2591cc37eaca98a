import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicKey } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { certificate } from '../../core/test/certificate.ts'
import { checksOf, runDoctor, verdictsOf } from './run-doctor.ts'
import { nowSeconds, Terminal } from './terminal.ts'
import { audience, jwk, secret, signWithSecret } from './tokens.ts'

const issuer = 'https://login.example'
const names = { JWT_ISSUER: issuer, JWT_AUDIENCE: audience }
const publicKey = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
const folder = mkdtempSync(join(tmpdir(), 'claimcheck-'))
const inFile = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

afterAll(() => rmSync(folder, { recursive: true }))

describe('claimcheck doctor: settings', () => {
  it('passes correct settings', async () => {
    const result = await runDoctor([], { env: { ...names, JWT_SECRET: secret } })
    expect([result.exitCode, result.report.outcome]).toEqual([0, 'ok'])
    expect(verdictsOf(result)).toBe('settings passed, key set passed, algorithms passed')
    expect(result.report.explanation).toBeNull()
  })

  it('lists each setting with its source, without any part of a secret', async () => {
    const { report } = await runDoctor(['--audience', 'one', '--audience', 'two'], {
      env: { ...names, JWT_SECRET: secret },
    })
    expect(report.settings).toEqual([
      { name: 'issuer', value: issuer, source: 'JWT_ISSUER' },
      { name: 'audience', value: 'one,two', source: '--audience' },
      { name: 'keys', value: 'a secret', source: 'JWT_SECRET' },
      { name: 'algorithms', value: 'those of the keys', source: null },
    ])
    expect(JSON.stringify(report)).not.toContain(secret.slice(0, 8))
  })

  it.each([
    [{}, [], 'JWT_ISSUER: the exact iss of your tokens', 'not set', /use its option/],
    [
      { JWT_ISSUER: issuer },
      [],
      'JWT_AUDIENCE: the aud of your tokens, or * to skip the check',
      'not set',
      /use its option/,
    ],
    [
      { ...names, JWT_SECRET: 'short' },
      [],
      'JWT_SECRET: at least 32 random bytes for HS256',
      '5 bytes',
      /Change JWT_SECRET/,
    ],
    [
      { ...names, JWT_SECRET: 'a', JWT_JWKS_URL: 'b' },
      [],
      'JWT_SECRET and JWT_JWKS_URL: only one of them',
      'several',
      /Change JWT_SECRET and JWT_JWKS_URL/,
    ],
    [
      names,
      ['--jwks-url', 'http://keys.example'],
      /^--jwks-url: an https URL/,
      'a URL with the scheme http',
      /Change --jwks-url/,
    ],
    [
      names,
      ['--issuer', 'login.example'],
      /^keys left out, so --issuer: |^--issuer: an https URL/,
      'a string that is not a URL',
      /Change --issuer/,
    ],
    [names, ['--algorithms', 'RS257'], /^--algorithms: only HS256/, 'another string', /Change --algorithms/],
    [names, ['--audience', ''], /^--audience/, 'an empty string', /Change --audience/],
    [
      { ...names, JWT_PUBLIC_KEY: certificate.privateKey },
      [],
      /^JWT_PUBLIC_KEY: a public key$/,
      'a private key (use its public part)',
      /Change JWT_PUBLIC_KEY/,
    ],
  ] as const)('explains why a server would not start with %j %j', async (...[env, args, expected, found, remedy]) => {
    const result = await runDoctor(args, { env })
    expect([result.exitCode, verdictsOf(result)]).toEqual([1, 'settings failed'])
    const [check] = result.report.checks
    expect(check?.expected).toMatch(expected)
    expect(check?.found).toBe(found)
    expect(check?.remedy).toMatch(remedy)
  })

  it('replaces all key variables by a key option', async () => {
    const env = { ...names, JWT_JWKS_URL: 'https://keys.example/' }
    const result = await runDoctor(['--secret-file', inFile('secret', `${secret}\n`)], { env })
    expect(verdictsOf(result)).toBe('settings passed, key set passed, algorithms passed')
    expect(result.report.settings[2]).toEqual({ name: 'keys', value: 'a secret', source: '--secret-file' })
    expect(checksOf(result, 'key set')[0]?.found).toBe('a secret of 43 bytes in --secret-file; nothing is fetched')
  })

  it('verifies a token with the secret from a file', async () => {
    const stdin = { kind: 'pipe', text: await signWithSecret(issuer) } as const
    const args = ['--secret-file', inFile('of-a-token', `${secret}\r\n`)]
    expect((await runDoctor(args, { env: names, stdin })).exitCode).toBe(0)
  })

  it('reports a file that cannot be read', async () => {
    const terminal = new Terminal({ env: names })
    expect(await terminal.run('doctor', '--secret-file', join(folder, 'nowhere'))).toBe(2)
    expect(terminal.stderr).toBe('error: Cannot read the file of --secret-file (ENOENT).\n')
  })

  it.each([
    ['in PEM format', publicKey],
    ['with escaped line breaks', publicKey.replaceAll('\n', String.raw`\n`)],
  ])('accepts a public key %s', async (_how, text) => {
    const result = await runDoctor([], { env: { ...names, JWT_PUBLIC_KEY: text } })
    expect([result.exitCode, verdictsOf(result)]).toEqual([0, 'settings passed, key set passed, algorithms passed'])
    expect(checksOf(result, 'algorithms')[0]?.found).toBe('ES256')
  })

  it('warns about an expired certificate, whose key servers still use', async () => {
    const args = ['--public-key-file', inFile('certificate.pem', certificate.pem)]
    const before = await runDoctor(args, { env: names })
    expect([before.exitCode, checksOf(before, 'certificate')[0]?.verdict]).toEqual([0, 'passed'])
    const after = await runDoctor(args, { env: names, now: () => Date.UTC(2130, 0) })
    expect([after.exitCode, checksOf(after, 'certificate')[0]?.verdict]).toEqual([0, 'warned'])
    expect(checksOf(after, 'certificate')[0]).toMatchObject({
      found: 'it expired 3 years ago',
      remedy: expect.stringContaining('put it into --public-key-file'),
    })
  })

  it("warns about the findings of core's audit", async () => {
    const env = { JWT_ISSUER: issuer, JWT_AUDIENCE: '*', JWT_SECRET: 'q2mvRoAMQ36KpkPTdvIlqIu3nJ04ykGY' }
    const result = await runDoctor([], { env })
    expect(result.exitCode).toBe(0)
    expect(checksOf(result, 'audit').map(({ verdict, found }) => [verdict, found])).toEqual([
      ['warned', expect.stringContaining('audience is null')],
      ['warned', expect.stringContaining('keys.secret is a string of 32 characters')],
    ])
    expect(result.report.settings[1]).toMatchObject({ value: 'not checked' })
  })

  it('warns about missing revocation only if the token lives for more than an hour', async () => {
    const auditOf = async (seconds: number) => {
      const text = await signWithSecret(issuer, { iat: nowSeconds - 60, exp: nowSeconds - 60 + seconds })
      return checksOf(
        await runDoctor([], { env: { ...names, JWT_SECRET: secret }, stdin: { kind: 'pipe', text } }),
        'audit',
      )
    }
    expect(await auditOf(3600)).toEqual([])
    expect(await auditOf(3601)).toMatchObject([
      { verdict: 'warned', found: expect.stringContaining('cannot be revoked') },
    ])
  })
})
