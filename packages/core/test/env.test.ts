import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigError, createAuth } from '../src/index.ts'
import { readEnvironment } from '../src/internal.ts'
import { audience, issuer, keyPair, resultOf, secret, sign } from './tokens.ts'

const currentTimes = { iat: Date.now() / 1000 - 60, exp: Date.now() / 1000 + 600 }

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

describe('JWT_* variables', () => {
  const plain = { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_SECRET: secret }

  it('creates an Auth from variables alone', async () => {
    const auth = withVariables(plain)
    expect(await resultOf(auth.verifyToken(await sign(currentTimes)))).toBe('accepted')
    expect(await resultOf(auth.verifyToken(await sign({ ...currentTimes, aud: 'x' })))).toBe('audience_not_allowed')
    expect(await resultOf(auth.verifyToken(await sign({ ...currentTimes, iss: 'x' })))).toBe('issuer_unknown')
  })

  it('reads the options from a given environment', () => {
    const options = { issuer, audience: [audience], keys: { secret } }
    expect(readEnvironment(plain)).toEqual(options)
    expect(readEnvironment({})).toEqual({})
  })

  it('accepts several audiences in JWT_AUDIENCE, and * to skip the check', async () => {
    const several = withVariables({ ...plain, JWT_AUDIENCE: `https://other.example, ${audience}` })
    expect(await resultOf(several.verifyToken(await sign(currentTimes)))).toBe('accepted')
    const any = withVariables({ ...plain, JWT_AUDIENCE: '*' })
    expect(await resultOf(any.verifyToken(await sign({ ...currentTimes, aud: 'x' })))).toBe('accepted')
  })

  it('accepts several algorithms in JWT_ALGORITHMS', async () => {
    const long = 'z9'.repeat(32)
    const auth = withVariables({ ...plain, JWT_SECRET: long, JWT_ALGORITHMS: 'HS384, HS512' })
    expect(await resultOf(auth.verifyToken(await sign(currentTimes, { alg: 'HS512' }, long)))).toBe('accepted')
    expect(await resultOf(auth.verifyToken(await sign(currentTimes, {}, long)))).toBe('algorithm_not_allowed')
  })

  it.each(['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'])(
    'names %s in the ConfigError if its value is invalid',
    (name) => {
      const { JWT_SECRET: _secret, ...rest } = plain
      expect(messageOf({ ...rest, [name]: 'none' })).toMatch(new RegExp(`^Invalid variable "${name}": expected `))
    },
  )

  it('accepts a public key whose line breaks are written as \\n', async () => {
    const { exportSPKI } = await import('jose')
    const { publicKey, privateKey } = await keyPair('ES256')
    const pem = (await exportSPKI(publicKey)).replaceAll('\n', '\\n')
    const { JWT_SECRET: _secret, ...rest } = plain
    const auth = withVariables({ ...rest, JWT_PUBLIC_KEY: pem })
    expect(await resultOf(auth.verifyToken(await sign(currentTimes, { alg: 'ES256' }, privateKey)))).toBe('accepted')
  })

  it.each(['null', 'undefined', '*'])(
    'throws a ConfigError for the word %s in JWT_ISSUER or as one audience',
    (word) => {
      expect(messageOf({ ...plain, JWT_ISSUER: word })).toBe(
        `Invalid variable "JWT_ISSUER": expected the exact iss of your tokens, received the word ${word}`,
      )
      expect(messageOf({ ...plain, JWT_AUDIENCE: `a, ${word}` })).toMatch(
        /^Invalid variable "JWT_(ISSUER|AUDIENCE)": expected /,
      )
    },
  )

  it('reports an invalid variable in the words of an invalid option', () => {
    expect(messageOf({ ...plain, JWT_ISSUER: '' })).toBe(
      'Invalid variable "JWT_ISSUER": expected a non-empty string, received an empty string',
    )
  })

  it('reports a missing variable and what it can contain', () => {
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

  it('ignores other variables that begin with JWT_', () => {
    expect(() => withVariables({ ...plain, JWT_EXPIRES_IN: '1h' })).not.toThrow()
  })

  it('names the variable in the ConfigError for each missing or invalid variable', () => {
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

  it('accepts the URL of the keys in JWT_JWKS_URL, and discovers the keys if it is not set', () => {
    const { JWT_SECRET: _secret, ...keyless } = plain
    expect(() => withVariables(keyless)).not.toThrow()
    expect(messageOf({ ...keyless, JWT_ISSUER: 'joe' })).toMatch(
      /^Invalid variable "JWT_ISSUER": .*, received a string that is not a URL$/,
    )
    expect(messageOf({ ...keyless, JWT_JWKS_URL: 'http://a.example' })).toMatch(
      /^Invalid variable "JWT_JWKS_URL": .*, received a URL with the scheme http$/,
    )
  })

  it('names the variable in the ConfigError for an entry of a list', () => {
    expect(messageOf({ ...plain, JWT_AUDIENCE: 'a,'.repeat(10) })).toMatch(
      /^Invalid variable "JWT_AUDIENCE": .*, received an empty string$/,
    )
  })

  it('sets the ConfigError of the option as the cause of the ConfigError of the variable', () => {
    try {
      withVariables({ ...plain, JWT_ISSUER: '' })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ option: 'JWT_ISSUER', cause: { option: 'issuer' } })
    }
  })

  it('treats the environment as empty on a runtime without a process', () => {
    vi.stubGlobal('process', undefined)
    try {
      expect(() => createAuth()).toThrow(expect.objectContaining({ option: 'JWT_ISSUER', received: 'undefined' }))
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('does not read variables that the environment inherits', () => {
    expect(readEnvironment(Object.create({ JWT_ISSUER: issuer, JWT_SECRET: secret }))).toEqual({})
  })
})
