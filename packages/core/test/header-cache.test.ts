import { describe, expect, it, vi } from 'vitest'
import { createVerificationKey } from '../src/index.ts'
import type { KeyQuery, KeySource } from '../src/index.ts'
import { authWith, keyPair, resultOf, secret, sign } from './tokens.ts'
import type { Header } from './tokens.ts'

const key = createVerificationKey({ secret, algorithm: 'HS256' })

/** Returns the query that a key source receives for a token. It is the same object if the header was cached. */
function createQueryReader() {
  const find = vi.fn<KeySource['find']>(() => key)
  const auth = authWith({ keys: { find, has: () => true }, algorithms: ['HS256'], cache: null })
  return async (header: Header, claims: object = {}): Promise<KeyQuery | undefined> => {
    await resultOf(auth.verifyToken(await sign(claims, header)))
    return find.mock.lastCall?.[0]
  }
}

const inUse = Array.from({ length: 50 }, (_, index) => ({ kid: `k${index}` }))

describe('header cache', () => {
  it('parses the same header once for all verified tokens', async () => {
    const queryOf = createQueryReader()
    const [one, two] = [await queryOf({ kid: 'one' }), await queryOf({ kid: 'two' })]
    expect(await queryOf({ kid: 'one' }, { sub: 'jane' })).toBe(one)
    expect(await queryOf({ kid: 'two' }, { sub: 'jane' })).toBe(two)
  })

  it('does not cache the header of a rejected token', async () => {
    const queryOf = createQueryReader()
    const rejected = await queryOf({ kid: 'one' }, { aud: 'x' })
    expect(await queryOf({ kid: 'one' })).not.toBe(rejected)
  })

  it('caches up to fifty different headers', async () => {
    const queryOf = createQueryReader()
    const queries = new Map<Header, KeyQuery | undefined>()
    for (const header of inUse) queries.set(header, await queryOf(header))
    for (const header of inUse) expect(await queryOf(header)).toBe(queries.get(header))
  })

  it('clears the header cache when a fifty-first header is added, so that an issuer cannot fill the memory', async () => {
    const queryOf = createQueryReader()
    const first = await queryOf({ kid: 'k0' })
    for (const header of inUse) await queryOf(header)
    await queryOf({ kid: 'one more' })
    expect(await queryOf({ kid: 'k0' })).not.toBe(first)
  })

  it('passes only alg and kid of the header to a key source', async () => {
    const queryOf = createQueryReader()
    expect(await queryOf({})).toStrictEqual({ alg: 'HS256' })
    expect(await queryOf({ kid: 'one', typ: 'JWT', jku: 'https://evil.example' })).toStrictEqual({
      alg: 'HS256',
      kid: 'one',
    })
  })

  it('passes Ed25519 to a key source as EdDSA, with a kid or without', async () => {
    const { privateKey } = await keyPair('Ed25519')
    const find = vi.fn<KeySource['find']>(() => key)
    const auth = authWith({ keys: { find, has: () => true }, algorithms: ['EdDSA'] })
    for (const kid of [{}, { kid: 'one' }]) {
      await resultOf(auth.verifyToken(await sign({}, { alg: 'Ed25519', ...kid }, privateKey)))
      expect(find.mock.lastCall?.[0]).toStrictEqual({ alg: 'EdDSA', ...kid })
    }
  })
})
