import { ConfigError } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { createIssuer, generateKeys } from '../src/index.ts'
import type { IssuerOptions } from '../src/index.ts'
import { issuerOf, names } from './settings.ts'

const published = 'a published example'
const remedy = 'a random secret (create a secret with `openssl rand -base64 48`)'
const random = await generateKeys('HS256')
const es256 = await generateKeys('ES256')
const bytes = new TextEncoder().encode('12345678901234567890123456789012')

describe('a sample secret', () => {
  it.each<[place: string, options: Partial<IssuerOptions>, error: object]>([
    ['keys', { keys: { secret: 'your-256-bit-secret' } }, { option: 'keys.secret', expected: remedy }],
    ['keys', { keys: { secret: 'shhhhh'.repeat(6) } }, { option: 'keys.secret', expected: remedy }],
    ['keys in base64', { keys: { secret: btoa('secret'.repeat(6)) } }, { option: 'keys.secret', expected: remedy }],
    ['keys as bytes', { keys: { secret: bytes } }, { option: 'keys.secret', expected: remedy }],
    [
      'a list of keys',
      { keys: [{ ...random, signsFrom: 1 }, { secret: 'supersecret' }] },
      { option: 'keys[1].secret', expected: remedy },
    ],
    ['encrypt.key', { keys: es256, encrypt: { key: bytes } }, { option: 'encrypt.key' }],
    [
      'encrypt.key as a JWK',
      { keys: es256, encrypt: { key: { kty: 'oct', k: 'zH4NRP1HMALxxCFnRZABFA7GOJtzU_gIj02alfL1lvI' } } },
      { option: 'encrypt.key' },
    ],
  ])('createIssuer rejects a sample secret in %s with the option and the remedy', (_place, options, error) => {
    const start = () => createIssuer({ ...names, ...options } as IssuerOptions)
    expect(start).toThrow(ConfigError)
    expect(start).toThrow(expect.objectContaining({ ...error, received: published }) as Error)
    expect(start).toThrow(/openssl rand/)
  })

  it('rotateKeys rejects a sample secret with the option and the remedy', async () => {
    await expect(issuerOf(random).rotateKeys({ secret: 'your-256-bit-secret' })).rejects.toMatchObject({
      name: 'ConfigError',
      message: `Invalid option "next.secret": expected ${remedy}, received ${published}`,
    })
  })
})
