import { importJWK, importSPKI, importX509 } from 'jose'
import { describe, expect, it } from 'vitest'
import { ConfigError, createVerificationKey } from '../../src/index.ts'
import { jwkCases } from './jwk-cases.ts'
import type { KeyCase } from './key-case.ts'
import { pemCases } from './pem-cases.ts'

const cases = [...jwkCases, ...pemCases]

/** `accepted`, or what the ConfigError says that it received. */
async function ourOutcome({ key, algorithm }: KeyCase): Promise<string> {
  try {
    await createVerificationKey({ publicKey: key as string }).checks(algorithm)
    return 'accepted'
  } catch (error) {
    if (error instanceof ConfigError) return error.received
    throw error
  }
}

async function joseOutcome({ key, algorithm }: KeyCase): Promise<KeyCase['jose']> {
  try {
    if (typeof key !== 'string') await importJWK(key as object, algorithm)
    else await (key.includes('CERTIFICATE') ? importX509 : importSPKI)(key, algorithm)
    return 'accepted'
  } catch {
    return 'rejected'
  }
}

describe('public keys beside jose', () => {
  it.each(cases)('has the expected outcome here and in jose: $name', async (row) => {
    expect(await ourOutcome(row)).toContain(row.ours)
    expect(await joseOutcome(row)).toBe(row.jose)
  })

  it('has a reason for each key whose outcome differs, and for no other', () => {
    const differs = ({ ours, jose }: KeyCase) => (ours === 'accepted') !== (jose === 'accepted')
    expect(cases.filter((row) => differs(row) !== (row.because !== undefined)).map(({ name }) => name)).toEqual([])
  })

  it('accepts only three kinds of keys that jose rejects', () => {
    expect(
      cases.filter(({ ours, jose }) => ours === 'accepted' && jose === 'rejected').map(({ name }) => name),
    ).toEqual([
      'JWK of RS256: key_ops sign and verify',
      'JWK of RS256: ext as a string',
      'PEM: white space around the block',
    ])
  })
})
