import { describe, expect, it, vi } from 'vitest'
import { createVerificationKey } from '../src/index.ts'
import type { KeyQuery, KeySource } from '../src/index.ts'
import { authWith, keyPair, refusalOf, secret, sign } from './tokens.ts'
import type { Header } from './tokens.ts'

const key = createVerificationKey({ secret, algorithm: 'HS256' })

/** What a source is asked for each token: the same object where the header was not parsed again. */
function askedFor() {
  const find = vi.fn<KeySource['find']>(() => key)
  const auth = authWith({ keys: { find, has: () => true }, algorithms: ['HS256'], cache: null })
  return async (header: Header, claims: object = {}): Promise<KeyQuery | undefined> => {
    await refusalOf(auth.verifyToken(await sign(claims, header)))
    return find.mock.lastCall?.[0]
  }
}

const inUse = Array.from({ length: 50 }, (_, index) => ({ kid: `k${index}` }))

describe('the header of a token', () => {
  it('is parsed once for all tokens that were verified with it', async () => {
    const ask = askedFor()
    const [one, two] = [await ask({ kid: 'one' }), await ask({ kid: 'two' })]
    expect(await ask({ kid: 'one' }, { sub: 'jane' })).toBe(one)
    expect(await ask({ kid: 'two' }, { sub: 'jane' })).toBe(two)
  })

  it('is not remembered of a token that was refused', async () => {
    const ask = askedFor()
    const refused = await ask({ kid: 'one' }, { aud: 'x' })
    expect(await ask({ kid: 'one' })).not.toBe(refused)
  })

  it('is remembered of fifty headers in use, however often each comes', async () => {
    const ask = askedFor()
    const asked = new Map<Header, KeyQuery | undefined>()
    for (const header of inUse) asked.set(header, await ask(header))
    for (const header of inUse) expect(await ask(header)).toBe(asked.get(header))
  })

  it('is forgotten with the next one, so that no issuer fills the memory with them', async () => {
    const ask = askedFor()
    const first = await ask({ kid: 'k0' })
    for (const header of inUse) await ask(header)
    await ask({ kid: 'one more' })
    expect(await ask({ kid: 'k0' })).not.toBe(first)
  })

  it('is put to a source as its alg and its kid, where it has one, and nothing else', async () => {
    const ask = askedFor()
    expect(await ask({})).toStrictEqual({ alg: 'HS256' })
    expect(await ask({ kid: 'one', typ: 'JWT', jku: 'https://evil.example' })).toStrictEqual({
      alg: 'HS256',
      kid: 'one',
    })
  })

  it('names one algorithm by one name, with a kid or without', async () => {
    const { privateKey } = await keyPair('Ed25519')
    const find = vi.fn<KeySource['find']>(() => key)
    const auth = authWith({ keys: { find, has: () => true }, algorithms: ['EdDSA'] })
    for (const kid of [{}, { kid: 'one' }]) {
      await refusalOf(auth.verifyToken(await sign({}, { alg: 'Ed25519', ...kid }, privateKey)))
      expect(find.mock.lastCall?.[0]).toStrictEqual({ alg: 'EdDSA', ...kid })
    }
  })
})
