import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicKey } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { certificate } from '../../core/test/certificate.ts'
import { checksOf, doctor, verdictsOf } from './run-doctor.ts'
import { nowSeconds, Terminal } from './terminal.ts'
import { audience, jwk, secret, signBySecret } from './tokens.ts'

const issuer = 'https://login.example'
const names = { JWT_ISSUER: issuer, JWT_AUDIENCE: audience }
const publicKey = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
const folder = mkdtempSync(join(tmpdir(), 'claimcheck-'))
const inFile = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

afterAll(() => rmSync(folder, { recursive: true }))

describe('the doctor, of settings', () => {
  it('finds nothing to say of good ones', async () => {
    const doctored = await doctor([], { env: { ...names, JWT_SECRET: secret } })
    expect([doctored.exitCode, doctored.report.outcome]).toEqual([0, 'good'])
    expect(verdictsOf(doctored)).toBe('settings passed, key set passed, algorithms passed')
    expect(doctored.report.explanation).toBeNull()
  })

  it('lists them with what each was given by, and no character of a secret', async () => {
    const { report } = await doctor(['--audience', 'one', '--audience', 'two'], {
      env: { ...names, JWT_SECRET: secret },
    })
    expect(report.settings).toEqual([
      { name: 'issuer', holds: issuer, source: 'JWT_ISSUER' },
      { name: 'audience', holds: 'one,two', source: '--audience' },
      { name: 'keys', holds: 'a secret', source: 'JWT_SECRET' },
      { name: 'algorithms', holds: 'what the keys allow', source: null },
    ])
    expect(JSON.stringify(report)).not.toContain(secret.slice(0, 8))
  })

  it.each([
    [{}, [], 'JWT_ISSUER to be set', 'it is missing', /give its option/],
    [{ JWT_ISSUER: issuer }, [], 'JWT_AUDIENCE to be set', 'it is missing', /give its option/],
    [
      { ...names, JWT_SECRET: 'short' },
      [],
      'JWT_SECRET to be at least 32 random bytes for HS256',
      'it is 5 bytes long',
      /Change JWT_SECRET/,
    ],
    [
      { ...names, JWT_SECRET: 'a', JWT_JWKS_URL: 'b' },
      [],
      'JWT_SECRET and JWT_JWKS_URL to be one of them alone',
      'it is several',
      /Change JWT_SECRET and JWT_JWKS_URL/,
    ],
    [
      names,
      ['--jwks-url', 'http://keys.example'],
      /^--jwks-url to be an https URL/,
      'it is one with http:',
      /Change --jwks-url/,
    ],
    [
      names,
      ['--issuer', 'login.example'],
      /^keys left out, so --issuer to be|^--issuer to be an https URL/,
      'it is no URL',
      /Change --issuer/,
    ],
    [names, ['--algorithms', 'RS257'], /^--algorithms to be a list of HS256/, 'it is a string', /Change --algorithms/],
    [names, ['--audience', ''], /^--audience/, 'it is an empty string', /Change --audience/],
    [
      { ...names, JWT_PUBLIC_KEY: certificate.privateKey },
      [],
      /^JWT_PUBLIC_KEY to be the public part/,
      'it is a private key',
      /Change JWT_PUBLIC_KEY/,
    ],
  ] as const)('says which a server would not start with: %j %j', async (...[env, args, expected, found, remedy]) => {
    const doctored = await doctor(args, { env })
    expect([doctored.exitCode, verdictsOf(doctored)]).toEqual([1, 'settings failed'])
    const [check] = doctored.report.checks
    expect(check?.expected).toMatch(expected)
    expect(check?.found).toBe(found)
    expect(check?.remedy).toMatch(remedy)
  })

  it('takes keys of an option in place of those of the environment', async () => {
    const env = { ...names, JWT_JWKS_URL: 'https://keys.example/' }
    const doctored = await doctor(['--secret-file', inFile('secret', `${secret}\n`)], { env })
    expect(verdictsOf(doctored)).toBe('settings passed, key set passed, algorithms passed')
    expect(doctored.report.settings[2]).toEqual({ name: 'keys', holds: 'a secret', source: '--secret-file' })
    expect(checksOf(doctored, 'key set')[0]?.found).toBe('a secret of 43 bytes in --secret-file; nothing is fetched')
  })

  it('judges a token by a secret out of a file as by the variable', async () => {
    const stdin = { kind: 'pipe', text: await signBySecret(issuer) } as const
    const args = ['--secret-file', inFile('of-a-token', `${secret}\r\n`)]
    expect((await doctor(args, { env: names, stdin })).exitCode).toBe(0)
  })

  it('says that a file cannot be read', async () => {
    const terminal = new Terminal({ env: names })
    expect(await terminal.run('doctor', '--secret-file', join(folder, 'nowhere'))).toBe(2)
    expect(terminal.stderr).toBe('error: The file of --secret-file cannot be read (ENOENT).\n')
  })

  it.each([
    ['as PEM', publicKey],
    ['with line breaks written out', publicKey.replaceAll('\n', String.raw`\n`)],
  ])('checks a public key %s', async (_how, text) => {
    const doctored = await doctor([], { env: { ...names, JWT_PUBLIC_KEY: text } })
    expect([doctored.exitCode, verdictsOf(doctored)]).toEqual([0, 'settings passed, key set passed, algorithms passed'])
    expect(checksOf(doctored, 'algorithms')[0]?.found).toBe('ES256')
  })

  it('warns of a certificate that is over, whose key servers take all the same', async () => {
    const args = ['--public-key-file', inFile('certificate.pem', certificate.pem)]
    const before = await doctor(args, { env: names })
    expect([before.exitCode, checksOf(before, 'certificate')[0]?.verdict]).toEqual([0, 'passed'])
    const after = await doctor(args, { env: names, now: () => Date.UTC(2130, 0) })
    expect([after.exitCode, checksOf(after, 'certificate')[0]?.verdict]).toEqual([0, 'warned'])
    expect(checksOf(after, 'certificate')[0]).toMatchObject({
      found: 'it ended 3 years ago',
      remedy: expect.stringContaining('put it into --public-key-file'),
    })
  })

  it('warns of what the audit of core finds', async () => {
    const env = { JWT_ISSUER: issuer, JWT_AUDIENCE: '*', JWT_SECRET: 'q2mvRoAMQ36KpkPTdvIlqIu3nJ04ykGY' }
    const doctored = await doctor([], { env })
    expect(doctored.exitCode).toBe(0)
    expect(checksOf(doctored, 'audit').map(({ verdict, found }) => [verdict, found])).toEqual([
      ['warned', expect.stringContaining('audience is null')],
      ['warned', expect.stringContaining('keys.secret is a text of 32 characters')],
    ])
    expect(doctored.report.settings[1]).toMatchObject({ holds: 'not checked' })
  })

  it('warns that nothing can be revoked where the token lives over an hour, and nowhere else', async () => {
    const auditOf = async (seconds: number) => {
      const text = await signBySecret(issuer, { iat: nowSeconds - 60, exp: nowSeconds - 60 + seconds })
      return checksOf(
        await doctor([], { env: { ...names, JWT_SECRET: secret }, stdin: { kind: 'pipe', text } }),
        'audit',
      )
    }
    expect(await auditOf(3600)).toEqual([])
    expect(await auditOf(3601)).toMatchObject([
      { verdict: 'warned', found: expect.stringContaining('nothing can revoke') },
    ])
  })
})
