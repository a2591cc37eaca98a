import { describe, expect, it } from 'vitest'
import { Terminal, nowSeconds } from './terminal.ts'
import type { TestContext } from './terminal.ts'
import { claimsOf, forge, sign } from './tokens.ts'

const issuer = 'https://login.example'
const minute = 60

async function decode(token: string, options: readonly string[] = [], context: TestContext = {}) {
  const terminal = new Terminal({ ...context, stdin: { kind: 'pipe', text: token } })
  const exitCode = await terminal.run('decode', '-', ...options)
  return { exitCode, terminal, text: terminal.stdout }
}

/** The line of a claim or a header parameter, with single spaces. */
function lineOf(name: string, text: string): string | undefined {
  return text
    .split('\n')
    .find((line) => line.startsWith(`  ${name} `))
    ?.trim()
    .replaceAll(/ +/g, ' ')
}

describe('claimcheck decode', () => {
  it('shows header and claims, and calls nothing verified', async () => {
    const { exitCode, text } = await decode(await sign(issuer, { tenant: 42 }, { typ: 'at+jwt' }))
    expect(exitCode).toBe(0)
    expect(text).toContain('Signed token, decoded but not verified: anyone could have written it.')
    expect(lineOf('alg', text)).toBe('alg ES256 signed with ECDSA')
    expect(lineOf('kid', text)).toBe('kid key-1 the key ID')
    expect(lineOf('typ', text)).toBe('typ at+jwt an access token (RFC 9068)')
    expect(lineOf('sub', text)).toBe('sub john the subject: the user, or the client itself')
    expect(lineOf('tenant', text)).toBe('tenant 42')
    expect(text.replaceAll('not verified', '')).not.toContain('verified')
  })

  it.each([
    ['exp', -3 * minute, 'expired 3 minutes ago, 2023-11-14 22:10:20 UTC'],
    ['exp', 12 * minute, 'expires in 12 minutes, 2023-11-14 22:25:20 UTC'],
    ['exp', 3 * minute - 1, 'expires in 3 minutes, 2023-11-14 22:16:19 UTC'],
    ['exp', 90, 'expires in 90 seconds, 2023-11-14 22:14:50 UTC'],
    ['exp', 0, 'expired now, 2023-11-14 22:13:20 UTC'],
    ['iat', -7 * 86_400, 'issued 7 days ago, 2023-11-07 22:13:20 UTC'],
    ['iat', 3 * minute, 'issued in 3 minutes, 2023-11-14 22:16:20 UTC; one of the clocks is wrong'],
    ['nbf', -1, 'valid since 1 second ago, 2023-11-14 22:13:19 UTC'],
    ['nbf', 2 * 3600, 'becomes valid in 2 hours, 2023-11-15 00:13:20 UTC'],
    ['auth_time', -3 * 365 * 86_400, 'the user logged in 3 years ago, 2020-11-14 22:13:20 UTC'],
  ])('explains the time claim %s with an offset of %i seconds', async (name, seconds, words) => {
    const { text } = await decode(forge({ alg: 'ES256' }, { [name]: nowSeconds + seconds }))
    expect(lineOf(name, text)).toBe(`${name} ${nowSeconds + seconds} ${words}`)
  })

  it.each([
    ['"soon"', 'must be a number of seconds since 1970'],
    ['1700000000000', 'must be seconds since 1970, but looks like milliseconds (2023-11-14 22:13:20 UTC)'],
    ['1e300', 'is out of range'],
  ])('explains what is wrong with an exp of %s', async (exp, words) => {
    const { text } = await decode(forge({ alg: 'ES256' }, `{"exp":${exp}}`))
    expect(lineOf('exp', text)).toContain(words)
  })

  it.each([
    ['an ID token', {}, { nonce: 'n', exp: 1 }, 'It looks like an ID token'],
    [
      'a token without exp',
      {},
      {},
      'It has no exp and would never expire. It is rejected unless maxLifetimeSeconds is null.',
    ],
    ['a token without alg', { alg: undefined }, { exp: 1 }, 'It has no alg'],
  ])('prints a remark for %s', async (_what, header, claims, remark) => {
    const { exitCode, text } = await decode(forge({ alg: 'ES256', ...header }, claims))
    expect([exitCode, text]).toEqual([0, expect.stringContaining(`! ${remark}`)])
  })

  it.each([
    ['Ed25519', 'signed with Ed25519'],
    ['ML-DSA-44', 'signed with ML-DSA (post-quantum)'],
    ['ESxyz', 'an unknown algorithm'],
    ['es256', 'an unknown algorithm'],
  ])('describes the algorithm %s as %s', async (alg, words) => {
    expect(lineOf('alg', (await decode(forge({ alg }, { exp: 1 }))).text)).toBe(`alg ${alg} ${words}`)
  })

  it('prints "none" for a token without claims', async () => {
    expect((await decode(forge({ alg: 'ES256' }, {}))).text).toContain('\nClaims\n  none\n')
  })

  it('warns that every server rejects an unsigned token', async () => {
    const { text } = await decode(forge({ alg: 'none' }, { exp: 1 }, ''))
    expect(lineOf('alg', text)).toContain('every server rejects it')
    expect(text).toContain('! It has no signature, so every server rejects it.')
  })

  it('shows the header of an encrypted token, and that its claims are encrypted', async () => {
    const header = Buffer.from('{"alg":"ECDH-ES","enc":"A256GCM"}').toString('base64url')
    const { exitCode, text } = await decode(`${header}..aaaa.bbbb.cccc`)
    expect([exitCode, text]).toEqual([
      0,
      expect.stringContaining('encrypted: only the holder of the key can read them'),
    ])
    expect(lineOf('enc', text)).toBe('enc A256GCM how the content is encrypted')
  })

  it.each([
    ['a string without dots', 'opaque', 'it has no dots'],
    ['a string of two parts', 'a.b', 'it has 2 parts'],
    ['a string whose header is not base64url', '{}.e30.x', 'the header is not base64url'],
    ['a string whose payload is not JSON', forge({ alg: 'ES256' }, 'plain'), 'the payload is not a JSON object'],
    ['a string whose signature is not base64url', forge({ alg: 'ES256' }, {}, '!!!'), 'the signature is not base64url'],
    ['a string whose payload is an array', forge({ alg: 'ES256' }, []), 'the payload is not a JSON object'],
  ])('explains why %s is not a token', async (_what, text, fault) => {
    const result = await decode(text)
    expect([result.exitCode, result.text]).toEqual([1, expect.stringContaining(`✗ Not a token: ${fault}`)])
    expect((await decode(text, ['--json'])).terminal.json()).toEqual({ fault: expect.stringContaining(fault) })
  })

  it('prints header and claims unchanged as JSON', async () => {
    const { terminal } = await decode(await sign(issuer, { roles: ['admin'] }), ['--json'])
    expect(terminal.json()).toEqual({
      verified: false,
      form: 'JWS',
      header: { alg: 'ES256', kid: 'key-1' },
      claims: claimsOf(issuer, { roles: ['admin'] }),
      signatureBytes: 64,
      remarks: [],
    })
  })

  it('prints neither the token nor its signature', async () => {
    const token = await sign(issuer)
    const [header = '', payload = '', signature = ''] = token.split('.')
    for (const options of [[], ['--json']]) {
      const { terminal } = await decode(token, options)
      for (const part of [header, payload, signature]) expect(terminal.stdout + terminal.stderr).not.toContain(part)
    }
  })

  it('escapes terminal control characters of a token', async () => {
    const { text } = await decode(forge({ alg: 'ES256', kid: 'a\u001B[2Jb' }, { 'x\u009B31m': '\u202Egnp', exp: 1 }))
    // eslint-disable-next-line no-control-regex -- the test looks for these characters
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]/)
    expect(text).toContain(String.raw`a\u001b[2Jb`)
    expect(text).toContain(String.raw`x\u009b31m`)
    expect(text).toContain(String.raw`\u202egnp`)
  })

  it('escapes terminal control characters in JSON without changing the values', async () => {
    const claims = { sub: '\u202E\u009B31m\u{E0001}\n', exp: 1 }
    const { text, terminal } = await decode(forge({ alg: 'ES256' }, claims), ['--json'])
    expect(text).toContain(String.raw`"\u202e\u009b31m\udb40\udc01\n"`)
    expect(terminal.json()).toMatchObject({ claims })
  })

  it('prints the string "true" with quotes, and shortens long values', async () => {
    const { text } = await decode(forge({ alg: 'ES256' }, { admin: 'true', other: true, long: 'x'.repeat(3000) }))
    expect(lineOf('admin', text)).toContain('"true"')
    expect(lineOf('other', text)).toBe('other true')
    expect(lineOf('long', text)).toMatch(/^long x{200}… \(3000 characters\)$/)
  })
})
