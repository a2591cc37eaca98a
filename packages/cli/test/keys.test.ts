import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuth } from '@claimcheck/core'
import type { Jwk } from '@claimcheck/core'
import { createIssuer, importSigningKey } from '@claimcheck/issuer'
import type { SigningKey } from '@claimcheck/issuer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'

const names = { issuer: 'https://auth.example', audience: 'https://api.example', clientId: 'web' }
const onWindows = process.platform === 'win32'
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claimcheck-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function keys(...args: readonly string[]): Promise<Terminal> {
  const terminal = new Terminal()
  expect([await terminal.run('keys', ...args), terminal.stderr]).toEqual([0, ''])
  return terminal
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8')

async function signWith(signingKey: SigningKey): Promise<string> {
  return (await createIssuer({ ...names, keys: signingKey }).login({ sub: 'john' })).accessToken
}

const { clientId: _clientId, ...api } = names

describe('claimcheck keys', () => {
  it.each(['ES256', 'EdDSA'])(
    'generates a pair for %s whose private key signs what the public key verifies',
    async (algorithm) => {
      await keys(algorithm, '--out', join(folder, 'signing'))
      const token = await signWith(JSON.parse(read('signing.private.json')) as SigningKey)
      const jwks = JSON.parse(read('signing.public.json')) as { readonly keys: readonly Jwk[] }
      expect((await createAuth({ ...api, keys: { jwks } }).verifyToken(token)).subject).toBe('john')
      expect(jwks.keys).toEqual([expect.objectContaining({ alg: algorithm, use: 'sig', kid: expect.any(String) })])
      expect(read('signing.public.json')).not.toMatch(/"(d|p|q|dp|dq|qi)"/)
    },
  )

  it('generates a pair in PEM format', async () => {
    await keys('ES384', '--format', 'pem', '--out', join(folder, 'signing'))
    const token = await signWith(await importSigningKey({ privateKey: read('signing.private.pem') }))
    const auth = createAuth({ ...api, keys: { publicKey: read('signing.public.pem') } })
    expect((await auth.verifyToken(token)).subject).toBe('john')
  })

  it('prints only the secret on stdout, for use in a variable', async () => {
    const secret = (await keys('HS512')).stdout.trimEnd()
    expect(Buffer.from(secret, 'base64url')).toHaveLength(64)
    const token = await signWith({ secret, algorithm: 'HS512' })
    const auth = createAuth({ ...api, keys: { secret }, algorithms: ['HS512'] })
    expect((await auth.verifyToken(token)).subject).toBe('john')
  })

  it('prints both keys without --out, and one object with --json', async () => {
    expect((await keys()).stdout).toMatch(/^\{\n {2}"privateKey": \{[^]+\}\n\{\n {2}"keys": \[/)
    expect((await keys('EdDSA', '--format', 'pem')).stdout).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[^]+\n-----BEGIN PUBLIC KEY-----\n/,
    )
    expect((await keys('--json')).json()).toMatchObject({
      algorithm: 'ES256',
      private: { privateKey: {} },
      public: { keys: [{}] },
    })
    expect((await keys('HS256', '--json')).json()).toMatchObject({
      algorithm: 'HS256',
      kid: null,
      secret: expect.any(String),
    })
  })

  it('prints only the kid of a key that it writes to files', async () => {
    const { stdout } = await keys('ES256', '--out', join(folder, 'signing'))
    const { privateKey } = JSON.parse(read('signing.private.json')) as { readonly privateKey: Record<string, string> }
    expect(stdout).toContain(`kid ${privateKey['kid']}`)
    expect(stdout).not.toContain(privateKey['d'])
    const { stdout: ofSecret } = await keys('HS256', '--out', join(folder, 'shared'))
    expect(ofSecret).not.toContain(read('shared.secret.txt').trim())
  })

  it.skipIf(onWindows)('creates secret files that only their owner can read', async () => {
    await keys('ES256', '--out', join(folder, 'a'))
    await keys('ES256', '--format', 'pem', '--out', join(folder, 'b'))
    await keys('HS256', '--out', join(folder, 'c'))
    const modes = ['a.private.json', 'b.private.pem', 'c.secret.txt'].map(
      (name) => statSync(join(folder, name)).mode & 0o777,
    )
    expect(modes).toEqual([0o600, 0o600, 0o600])
  })

  it.each(['signing.private.json', 'signing.public.json'])('writes nothing if %s already exists', async (name) => {
    writeFileSync(join(folder, name), 'mine')
    const terminal = new Terminal()
    expect([await terminal.run('keys', '--out', join(folder, 'signing')), terminal.stdout]).toEqual([2, ''])
    expect(terminal.stderr).toBe(`error: ${join(folder, name)} already exists. Choose another --out.\n`)
    expect([readdirSync(folder), read(name)]).toEqual([[name], 'mine'])
  })

  it.each([
    [['XS256'], /Invalid algorithm: expected one of HS256, .*\./],
    [['HS256', '--format', 'pem'], /A secret is plain text\. Omit --format\./],
    [['ES256', '--format', 'der'], /Allowed choices are jwk, pem\./],
    [['--out', ''], /--out .* is invalid\. It must not be empty\./],
    [['--out', '/nowhere/'], /--out .* is invalid\. It must be a file name, not a folder\./],
    [['--out', '/nowhere/at/all'], /The folder of \/nowhere\/at\/all\.private\.json does not exist\./],
  ])('rejects the arguments %j and explains why', async (args, words) => {
    const terminal = new Terminal()
    expect([await terminal.run('keys', ...args), terminal.stdout]).toEqual([2, ''])
    expect(terminal.stderr).toMatch(words)
  })
})
