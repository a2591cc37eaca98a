import { createAuth } from '@claimcheck/core'
import type { KeyObjectLike } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { generateKeys, importSigningKey } from '../src/index.ts'
import { issuerOf, names, start } from './settings.ts'

const key = await generateKeys('ES256')
const accepted = { issuer: names.issuer, audience: names.audience }

describe('importSigningKey', () => {
  const undefinedProperties = {
    use: undefined,
    key_ops: undefined,
    oth: undefined,
    k: undefined,
    n: undefined,
    alg: undefined,
  }
  const { kid: _kid, use: _use, alg: _alg, ...jwk } = key.privateKey
  const keyObject = {
    type: 'private',
    export: () => ({ ...undefinedProperties, ...jwk }),
    [Symbol.toStringTag]: 'KeyObject',
  } as KeyObjectLike

  it.each([
    ['a JWK', { ...undefinedProperties, ...jwk }],
    ['a KeyObject', keyObject],
  ])('drops properties that are undefined, as workerd exports them, from %s', async (_name, privateKey) => {
    const imported = await importSigningKey({ privateKey })
    expect(imported.privateKey).toStrictEqual({ ...jwk, kid: key.privateKey['kid'] })
    const issuer = issuerOf(imported)
    const auth = createAuth({ ...accepted, keys: issuer.keySource(), now: () => start * 1000 })
    expect((await auth.verifyToken((await issuer.login({ sub: 'john' })).accessToken)).subject).toBe('john')
  })
})
