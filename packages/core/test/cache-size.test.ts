import { describe, expect, it, vi } from 'vitest'
import { createVerificationKey } from '../src/index.ts'
import type { KeySource, VerificationKey } from '../src/index.ts'
import { authWith, keyPair, secret, sign } from './tokens.ts'

/** An Auth whose key source counts the tokens that were not in the cache. */
function countingAuth(cache: object | null | undefined, key = createVerificationKey({ secret, algorithm: 'HS256' })) {
  const find = vi.fn<KeySource['find']>(() => key)
  const keys = { find, has: () => true }
  const auth = authWith({ keys, algorithms: [...key.algorithms], ...(cache === undefined ? {} : { cache }) })
  return { auth, find }
}

const nested = () => ({ list: Array.from({ length: 1900 }, () => ({})) })

describe('cache.maxBytes', () => {
  it('evicts the least recently used tokens when maxBytes is reached', async () => {
    const { auth, find } = countingAuth({ max: 1000, maxBytes: 1_200_000 })
    const tokens = await Promise.all(Array.from({ length: 12 }, (_, index) => sign({ ...nested(), jti: `${index}` })))
    for (const token of tokens) await auth.verifyToken(token)
    find.mockClear()
    for (const token of tokens.slice(-5)) await auth.verifyToken(token)
    expect(find).not.toHaveBeenCalled()
    await auth.verifyToken(tokens[0] ?? '')
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('does not cache a token that would take more than an eighth of maxBytes, and keeps the others', async () => {
    const { auth, find } = countingAuth({ maxBytes: 100_000 })
    const [small, large] = [await sign(), await sign(nested())]
    for (const token of [small, large, small, large]) await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(3)
  })

  it('caches 10,000 tokens of the usual size by default', async () => {
    const { auth, find } = countingAuth(undefined)
    const tokens = await Promise.all(
      Array.from({ length: 10_000 }, (_, index) =>
        sign({ jti: `token-${index}`, scope: 'read write', roles: ['user'] }),
      ),
    )
    for (const token of tokens) await auth.verifyToken(token)
    find.mockClear()
    for (const token of tokens) await auth.verifyToken(token)
    expect(find).not.toHaveBeenCalled()
  })

  it('accepts cache.maxBytes without cache.max, and the reverse', async () => {
    for (const cache of [{ maxBytes: 65_536 }, { max: 1 }, {}]) {
      const { auth, find } = countingAuth(cache)
      const token = await sign()
      await auth.verifyToken(token)
      await auth.verifyToken(token)
      expect(find).toHaveBeenCalledTimes(1)
    }
  })

  it('caches nothing if cache is null', async () => {
    const { auth, find } = countingAuth(null)
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(2)
  })
})

const canSign = async (algorithm: string) =>
  keyPair(algorithm).then(
    () => true,
    () => false,
  )
const algorithms = ['RS256', 'PS512', 'ES256', 'ES512', 'EdDSA', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']
const supported = await Promise.all(algorithms.map(async (name) => ((await canSign(name)) ? [name] : [])))

describe('token cache', () => {
  it.each(supported.flat())(
    'caches two hundred different tokens signed with %s',
    { timeout: 60_000 },
    async (algorithm) => {
      const { privateKey, jwk } = await keyPair(algorithm, 'one')
      const key: VerificationKey = createVerificationKey({ publicKey: jwk })
      const { auth, find } = countingAuth({ max: 1000 }, key)
      const signed = Array.from({ length: 200 }, async (_, index) =>
        sign({ jti: `${index}` }, { alg: algorithm }, privateKey),
      )
      const tokens = await Promise.all(signed)
      for (const token of tokens) await auth.verifyToken(token)
      find.mockClear()
      for (const token of tokens) await auth.verifyToken(token)
      expect(find).not.toHaveBeenCalled()
    },
  )
})
