import { randomBytes } from 'node:crypto'
import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { createDecrypter } from '../src/encryption.ts'
import { ConfigError, createAuth, createVerificationKey } from '../src/index.ts'
import type { AuthOptions } from '../src/index.ts'
import { readEnvironment, withVariableNames } from '../src/internal.ts'
import { audience, issuer } from './tokens.ts'

const published: readonly (readonly [source: string, secret: string])[] = [
  ['jwt.io', 'secret'],
  ['jwt.io', 'your-256-bit-secret'],
  ['jwt.io', 'your-384-bit-secret'],
  ['jwt.io', 'your-512-bit-secret'],
  ['jwt.io', 'a-string-secret-at-least-256-bits-long'],
  ['jwt.io', 'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long'],
  ['RFC 7515 A.1', 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'],
  ['RFC 7517 C.4', 'Thus from my lips, by yours, my sin is purged.'],
  ['RFC 7520 5.3', 'entrap_o–peter_long–credit_tun'],
  ['RFC 9421 B.1.5', 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=='],
  ['jsonwebtoken', 'shhhhh'],
  ['express-jwt', 'shhhhhhared-secret'],
  ['@fastify/jwt', 'supersecret'],
  ['koa-jwt', 'shared-secret'],
  ['hono/jwt', 'it-is-very-secret'],
  ['express-session', 'keyboard cat'],
  ['jose', 'cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2'],
  ['better-auth', 'better-auth-secret-12345678901234567890'],
  ['NestJS', 'DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.'],
  ['FastAPI', '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7'],
  ['Supabase', 'super-secret-jwt-token-with-at-least-32-characters-long'],
  ['Mercure', '!ChangeThisMercureHubJWTSecretKey!'],
  ['a tutorial of Spring', '404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970'],
]

const remedy = '(create a secret with `openssl rand -base64 48`)'
const auth = (secret: unknown) => createAuth({ issuer, audience, keys: { secret: secret as string } })

function errorOf(start: () => unknown): ConfigError {
  try {
    start()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('It was accepted')
}

/** The spellings in which a secret is copied, all of them as guessable as the secret. */
function spellingsOf(secret: string): readonly (string | Uint8Array)[] {
  const bytes = Buffer.from(secret)
  const texts = [
    ` ${secret}\n`,
    `"${secret}"`,
    `'${secret}'`,
    secret.toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    `${bytes.toString('base64')}\r\n`,
    secret.repeat(8),
    secret.repeat(8).slice(0, -1),
    secret.padEnd(64, '\0'),
  ]
  return [...texts, bytes, Buffer.from(`${secret}\n`)]
}

describe('a published secret', () => {
  it.each(published)(
    'createAuth rejects the published secret of %s with the option and the remedy: %s',
    (_source, secret) => {
      const error = errorOf(() => auth(secret))
      expect(error.message).toBe(
        `Invalid option "keys.secret": expected a random secret ${remedy}, received a published example`,
      )
    },
  )

  it.each(published)('rejects the published secret of %s however it is spelled: %s', (_source, secret) => {
    for (const spelling of spellingsOf(secret)) {
      const { received } = errorOf(() => createVerificationKey({ secret: spelling, algorithm: 'HS256' }))
      expect({ spelling, received }).toEqual({ spelling, received: 'a published example' })
    }
  })

  it.each([
    ['base64url', 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'],
    ['base64', 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=='],
    ['hex', '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7'],
  ] as const)(
    'rejects a published secret in %s as the bytes that it encodes, and as these bytes in every encoding',
    (encoding, text) => {
      const bytes = Buffer.from(text, encoding)
      for (const spelling of [
        bytes,
        ...(['base64', 'base64url', 'hex'] as const).map((name) => bytes.toString(name)),
      ]) {
        expect(errorOf(() => auth(spelling)).received).toBe('a published example')
      }
    },
  )

  it.each(['12345678901234567890123456789012', '0123456789abcdef0123456789abcdef', 'secretsecretsecretsecretsecretse'])(
    'rejects a published secret that is repeated until it is long enough: %s',
    (secret) => {
      expect(errorOf(() => auth(secret)).received).toBe('a published example')
    },
  )
})

describe('a placeholder', () => {
  it.each([
    'your-super-secret-jwt-key-change-this-in-production',
    'your_jwt_secret_key_here_at_least_32_characters',
    'MySuperSecretKey12345678901234567890',
    'this is a very long secret key for local development 123',
    'CHANGE_THIS_TO_A_COMPLEX_RANDOM_SECRET',
    'replace-me-with-a-random-string-that-is-long-enough',
    Buffer.from('your-super-secret-jwt-key-change-in-production').toString('base64'),
    Buffer.from('your-super-secret-jwt-key-change-in-production').toString('hex'),
  ])('createAuth rejects a placeholder with the option and the remedy: %s', (secret) => {
    const expected = `Invalid option "keys.secret": expected a random secret ${remedy}, received a placeholder`
    expect(errorOf(() => auth(secret)).message).toBe(expected)
  })
})

describe('a sample secret', () => {
  const sample = 'a-string-secret-at-least-256-bits-long'
  const bytes = new TextEncoder().encode('12345678901234567890123456789012')

  it('rejects a sample secret in a list, and the error names its place', () => {
    expect(errorOf(() => auth([randomBytes(48), sample])).option).toBe('keys.secret[1]')
  })

  it('rejects a sample secret of one of several issuers', () => {
    const start = () => createAuth({ issuers: [{ issuer, audience, keys: { secret: sample } }] })
    expect(errorOf(start).option).toBe('issuers[0].keys.secret')
  })

  it('rejects a sample secret in JWT_SECRET, and the error names the variable', () => {
    const environment = { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_SECRET: 'your-256-bit-secret' }
    const start = () => withVariableNames(() => createAuth(readEnvironment(environment) as unknown as AuthOptions))
    expect(errorOf(start).message).toBe(
      `Invalid variable "JWT_SECRET": expected a random secret ${remedy}, received a published example`,
    )
  })

  it('createVerificationKey rejects a sample secret', () => {
    const error = errorOf(() => createVerificationKey({ secret: sample, algorithm: 'HS256' }))
    expect(error).toMatchObject({ option: 'secret', received: 'a published example' })
  })

  it.each([
    ['bytes', bytes],
    ['a JWK', { kty: 'oct', k: base64url.encode(bytes) }],
    ['a JWK of a key of RFC 7520', { kty: 'oct', k: 'AAPapAv4LbFbiVawEjagUBluYqN5rhna-8nuldDvOx8' }],
    ['a JWK of the example of jose', { kty: 'oct', k: 'zH4NRP1HMALxxCFnRZABFA7GOJtzU_gIj02alfL1lvI' }],
  ])('rejects a sample secret as %s of a decrypter', (_form, key) => {
    const start = () =>
      createAuth({ issuer, audience, keys: { secret: randomBytes(48) }, decrypt: createDecrypter({ keys: key }) })
    expect(errorOf(start).message).toMatch(
      /"decrypt\.keys": expected a secret of exactly 32 random bytes \(create it with `openssl rand 32`\), received a published example$/,
    )
  })
})

describe('a secret that is not a sample', () => {
  it('accepts a random secret in every encoding', () => {
    for (let round = 0; round < 200; round += 1) {
      const random = randomBytes(48)
      for (const secret of [random, random.toString('base64'), random.toString('base64url'), random.toString('hex')]) {
        expect(() => createVerificationKey({ secret, algorithm: 'HS256' })).not.toThrow()
      }
    }
  })

  it('accepts bytes that contain a sample among control characters', () => {
    const secret = Uint8Array.from({ length: 65 }, (_, index) => index) // 0x30 to 0x39 are the digits
    expect(() => createVerificationKey({ secret, algorithm: 'HS256' })).not.toThrow()
  })

  it.each([
    'seven horses of copper sing beside the key',
    'your-256-bit-secret-8f3kq0zt5vw7',
    'secret-83749203847562910384756291038475',
    'make it long enough and put it in an environment',
    'a published example is only a part: shhhhh',
  ])('accepts a secret of which only a part is a sample: %s', (secret) => {
    expect(() => auth(secret)).not.toThrow()
  })
})
