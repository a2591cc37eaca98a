import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigError, createAuth } from '../src/index.ts'
import { readEnvironment } from '../src/internal.ts'
import { audience, issuer, keyPair, refusalOf, secret, sign } from './tokens.ts'

const inTime = { iat: Date.now() / 1000 - 60, exp: Date.now() / 1000 + 600 }

function withVariables(variables: Record<string, string>) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  return createAuth()
}

function messageOf(variables: Record<string, string>): string {
  try {
    withVariables(variables)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
  }
  return 'no ConfigError'
}

afterEach(() => vi.unstubAllEnvs())

describe('the environment', () => {
  const plain = { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_SECRET: secret }

  it('gives the settings of an Auth made of nothing else', async () => {
    const auth = withVariables(plain)
    expect(await refusalOf(auth.verifyToken(await sign(inTime)))).toBe('accepted')
    expect(await refusalOf(auth.verifyToken(await sign({ ...inTime, aud: 'x' })))).toBe('audience_not_allowed')
    expect(await refusalOf(auth.verifyToken(await sign({ ...inTime, iss: 'x' })))).toBe('issuer_unknown')
  })

  it('is what is given in its place, for who explains settings', () => {
    const options = { issuer, audience: [audience], keys: { secret } }
    expect(readEnvironment(plain)).toEqual(options)
    expect(readEnvironment({})).toEqual({})
  })

  it('may list several audiences, or skip the check by a star', async () => {
    const several = withVariables({ ...plain, JWT_AUDIENCE: `https://other.example, ${audience}` })
    expect(await refusalOf(several.verifyToken(await sign(inTime)))).toBe('accepted')
    const any = withVariables({ ...plain, JWT_AUDIENCE: '*' })
    expect(await refusalOf(any.verifyToken(await sign({ ...inTime, aud: 'x' })))).toBe('accepted')
  })

  it('may list algorithms', async () => {
    const long = 'z9'.repeat(32)
    const auth = withVariables({ ...plain, JWT_SECRET: long, JWT_ALGORITHMS: 'HS384, HS512' })
    expect(await refusalOf(auth.verifyToken(await sign(inTime, { alg: 'HS512' }, long)))).toBe('accepted')
    expect(await refusalOf(auth.verifyToken(await sign(inTime, {}, long)))).toBe('algorithm_not_allowed')
  })

  it.each(['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'])('names %s where it holds no key', (name) => {
    const { JWT_SECRET: _secret, ...rest } = plain
    expect(messageOf({ ...rest, [name]: 'none' })).toMatch(new RegExp(`^Invalid variable "${name}": expected `))
  })

  it('may hold a public key, its line breaks written as \\n', async () => {
    const { exportSPKI } = await import('jose')
    const { publicKey, privateKey } = await keyPair('ES256')
    const pem = (await exportSPKI(publicKey)).replaceAll('\n', '\\n')
    const { JWT_SECRET: _secret, ...rest } = plain
    const auth = withVariables({ ...rest, JWT_PUBLIC_KEY: pem })
    expect(await refusalOf(auth.verifyToken(await sign(inTime, { alg: 'ES256' }, privateKey)))).toBe('accepted')
  })

  it.each(['null', 'undefined', '*'])('refuses the word %s in place of an issuer or of one audience', (word) => {
    expect(messageOf({ ...plain, JWT_ISSUER: word })).toBe(
      `Invalid variable "JWT_ISSUER": expected the exact iss of your tokens, received the word ${word}`,
    )
    expect(messageOf({ ...plain, JWT_AUDIENCE: `a, ${word}` })).toMatch(
      /^Invalid variable "JWT_(ISSUER|AUDIENCE)": expected /,
    )
  })

  it('says what is wrong with what is there as it says it of options', () => {
    expect(messageOf({ ...plain, JWT_ISSUER: '' })).toBe(
      'Invalid variable "JWT_ISSUER": expected a non-empty string, received an empty string',
    )
  })

  it('names a missing variable and what it can contain', () => {
    expect(messageOf({})).toBe(
      'Invalid variable "JWT_ISSUER": expected the exact iss of your tokens, received undefined',
    )
    expect(messageOf({ JWT_ISSUER: issuer })).toBe(
      'Invalid variable "JWT_AUDIENCE": expected the aud of your tokens, or * to skip the check, received undefined',
    )
    expect(messageOf({ JWT_AUDIENCE: `${audience}, null` })).toBe(
      'Invalid variable "JWT_AUDIENCE": expected the aud of your tokens, or * to skip the check, received the word null',
    )
  })

  it('may hold other names of that kind', () => {
    expect(() => withVariables({ ...plain, JWT_EXPIRES_IN: '1h' })).not.toThrow()
  })

  it('is closed: errors name the variable', () => {
    expect(messageOf({})).toMatch(/^Invalid variable "JWT_ISSUER": .*, received undefined$/)
    expect(messageOf({ ...plain, JWT_SECRET: 'short' })).toMatch(
      /^Invalid variable "JWT_SECRET": .*, received 5 bytes$/,
    )
    expect(messageOf({ ...plain, JWT_SECRET: '' })).toMatch(/^Invalid variable "JWT_SECRET": .*, received 0 bytes$/)
    expect(messageOf({ ...plain, JWT_ISSUER: '' })).toMatch(
      /^Invalid variable "JWT_ISSUER": .*, received an empty string$/,
    )
    expect(messageOf({ ...plain, JWT_AUDIENCE: '' })).toMatch(
      /^Invalid variable "JWT_AUDIENCE": .*, received an empty string$/,
    )
    expect(messageOf({ ...plain, JWT_ALGORITHMS: 'none' })).toMatch(
      /^Invalid variable "JWT_ALGORITHMS": .*, received another string$/,
    )
    expect(messageOf({ ...plain, JWT_PUBLIC_KEY: 'x' })).toBe(
      'Only one of JWT_SECRET, JWT_PUBLIC_KEY, JWT_JWKS_URL can be set, received JWT_SECRET and JWT_PUBLIC_KEY',
    )
  })

  it('may name the URL of the keys, or leave them to the metadata of the issuer', () => {
    const { JWT_SECRET: _secret, ...keyless } = plain
    expect(() => withVariables(keyless)).not.toThrow()
    expect(messageOf({ ...keyless, JWT_ISSUER: 'joe' })).toMatch(
      /^Invalid variable "JWT_ISSUER": .*, received a string that is not a URL$/,
    )
    expect(messageOf({ ...keyless, JWT_JWKS_URL: 'http://a.example' })).toMatch(
      /^Invalid variable "JWT_JWKS_URL": .*, received a URL with the scheme http$/,
    )
  })

  it('is named in the error of any entry of a list', () => {
    expect(messageOf({ ...plain, JWT_AUDIENCE: 'a,'.repeat(10) })).toMatch(
      /^Invalid variable "JWT_AUDIENCE": .*, received an empty string$/,
    )
  })

  it('keeps the error of the setting as the cause', () => {
    try {
      withVariables({ ...plain, JWT_ISSUER: '' })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ option: 'JWT_ISSUER', cause: { option: 'issuer' } })
    }
  })

  it('is empty on a runtime without a process', () => {
    vi.stubGlobal('process', undefined)
    try {
      expect(() => createAuth()).toThrow(ConfigError)
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
