import { describe, expect, it, vi } from 'vitest'
import { AuthError, createAuth, createVerificationKey } from '../src/index.ts'
import type { KeySource, Principal } from '../src/index.ts'
import { z } from 'zod'
import { audience, authWith, bearer, issuer, nowSeconds, resultOf, secret, sign } from './tokens.ts'

/** A key source that counts the calls of find, which is not called for a cached token. */
function countingSource(has: (calls: number) => unknown = () => true) {
  const key = createVerificationKey({ secret, algorithm: 'HS256' })
  const find = vi.fn<KeySource['find']>(() => key)
  let calls = 0
  const source = { find, has: () => has(++calls) } as KeySource
  return { find, source }
}

function countingAuth(options: object = {}, source = countingSource()) {
  return { auth: authWith({ keys: source.source, algorithms: ['HS256'], ...options }), find: source.find }
}

describe('cached tokens', () => {
  it('returns the same principal for a cached token', async () => {
    const { auth, find } = countingAuth()
    const token = await sign()
    const first = await auth.verifyToken(token)
    expect(await auth.verifyToken(token)).toBe(first)
    expect(await auth.authenticate(bearer(token))).toBe(first)
    expect(find).toHaveBeenCalledTimes(1)
  })

  it.each<[string, number, { claims?: object; maxTokenAgeSeconds?: number; maxLifetimeSeconds?: null }]>([
    ['the last second of exp plus the tolerance', 64, { claims: { exp: nowSeconds + 60 } }],
    ['the last second of its maximum age', 64, { claims: { iat: nowSeconds }, maxTokenAgeSeconds: 60 }],
    ['the first second of nbf', -5, { claims: { nbf: nowSeconds } }],
    ['the first second of iat with a maximum age', -5, { claims: { iat: nowSeconds }, maxTokenAgeSeconds: 60 }],
    ['any second without exp', 3_600, { claims: { exp: undefined }, maxLifetimeSeconds: null }],
  ])('uses the cached token at %s', async (_case, seconds, { claims, ...options }) => {
    let time = nowSeconds * 1000
    const { auth, find } = countingAuth({ ...options, now: () => time })
    const token = await sign(claims)
    await auth.verifyToken(token)
    time += seconds * 1000
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('verifies the token for each request if cache is null', async () => {
    const { auth, find } = countingAuth({ cache: null })
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('does not share cached tokens between Auths', async () => {
    const token = await sign()
    await authWith().verifyToken(token)
    expect(await resultOf(authWith({ audience: 'https://other.example' }).verifyToken(token))).toBe(
      'audience_not_allowed',
    )
  })

  it('uses the cached token whatever the case of the scheme', async () => {
    const { auth, find } = countingAuth()
    const token = await sign()
    await auth.authenticate(bearer(token))
    await auth.authenticate({ headers: { authorization: `bearer  ${token}` } })
    expect(find).toHaveBeenCalledTimes(1)
  })
})

describe('checks of cached tokens', () => {
  it.each<[string, number, { claims?: object; maxTokenAgeSeconds?: number }]>([
    ['after exp plus the tolerance', 65, { claims: { exp: nowSeconds + 60 } }],
    ['after exp without an iat', 65, { claims: { exp: nowSeconds + 60, iat: undefined } }],
    ['after its maximum age', 65, { maxTokenAgeSeconds: 120 }],
    ['before nbf after the clock was set back', -6, { claims: { nbf: nowSeconds } }],
    [
      'before iat with a maximum age after the clock was set back',
      -6,
      { claims: { iat: nowSeconds }, maxTokenAgeSeconds: 120 },
    ],
  ])('rejects a cached token %s', async (_case, seconds, { claims = {}, ...options }) => {
    const code = seconds > 0 ? 'token_expired' : 'token_not_active'
    let time = nowSeconds * 1000
    const auth = authWith({ ...options, now: () => time })
    const token = await sign(claims)
    await auth.verifyToken(token)
    time += (seconds - Math.sign(seconds)) * 1000
    expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
    time += Math.sign(seconds) * 1000
    expect(await resultOf(auth.verifyToken(token))).toBe(code)
  })

  it('accepts a cached token again after the clock is corrected', async () => {
    let time = nowSeconds * 1000
    const auth = authWith({ now: () => time })
    const token = await sign()
    await auth.verifyToken(token)
    time += 3_600_000
    expect(await resultOf(auth.verifyToken(token))).toBe('token_expired')
    time -= 3_600_000
    expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
  })

  it('rejects a cached token after its key was removed', async () => {
    const key = createVerificationKey({ secret, algorithm: 'HS256' })
    let hasKey = true
    const find = () => {
      if (hasKey) return key
      throw new AuthError('key_not_found')
    }
    const auth = authWith({ keys: { find, has: () => hasKey }, algorithms: ['HS256'] })
    const token = await sign()
    await auth.verifyToken(token)
    hasKey = false
    expect(await resultOf(auth.verifyToken(token))).toBe('key_not_found')
  })

  it.each([
    ['throws', () => expect.fail('the source is broken')],
    ['returns a string', () => 'yes'],
    ['returns a promise', async () => true],
  ])('verifies a cached token again if the method has of its key source %s', async (_case, has) => {
    const { auth, find } = countingAuth({}, countingSource(has))
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(2)
  })

  it.each([true, false])('rejects a cached token that was revoked (isRevoked is async: %j)', async (isAsync) => {
    let revoked = false
    const auth = authWith({ isRevoked: () => (isAsync ? Promise.resolve(revoked) : revoked) })
    const token = await sign()
    await auth.verifyToken(token)
    revoked = true
    expect(await resultOf(auth.verifyToken(token))).toBe('token_revoked')
    revoked = false
    expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
  })

  it('rejects a cached token with revocation_unavailable while isRevoked throws', async () => {
    let isOut = false
    const isRevoked = () => {
      if (isOut) throw new Error('no connection')
      return false
    }
    const auth = authWith({ isRevoked })
    const token = await sign()
    await auth.verifyToken(token)
    isOut = true
    expect(await resultOf(auth.verifyToken(token))).toBe('revocation_unavailable')
  })
})

describe('lookup of cached tokens', () => {
  const end = -32

  it.each([
    ['a token with another payload', async (token: string) => withPayloadOf(token, await sign({ sub: 'admin' }))],
    ['the token without its first character', async (token: string) => token.slice(1)],
    ['only the end of the token', async (token: string) => token.slice(end)],
    ['the token with its end repeated', async (token: string) => token + token.slice(end)],
  ])('does not use a cached token for %s', async (_case, forge) => {
    const auth = authWith()
    const token = await sign()
    await auth.verifyToken(token)
    const forged = await forge(token)
    expect(forged.slice(end)).toBe(token.slice(end))
    expect(await resultOf(auth.verifyToken(forged))).not.toBe('accepted')
    expect(await resultOf(auth.authenticate(bearer(forged)))).not.toBe('accepted')
    expect(await resultOf(auth.verifyToken(token))).toBe('accepted')
  })

  /** The header and payload of another token, before the signature of this one. */
  function withPayloadOf(token: string, other: string): string {
    return other.slice(0, other.lastIndexOf('.')) + token.slice(token.lastIndexOf('.'))
  }
})

describe('contents of the token cache', () => {
  it('evicts the least recently used entry when max is reached', async () => {
    const { auth, find } = countingAuth({ cache: { max: 2 } })
    const [one = '', two = '', three = ''] = await Promise.all(['1', '2', '3'].map((sub) => sign({ sub })))
    for (const token of [one, two, one, three]) await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(3)
    await auth.verifyToken(one)
    expect(find).toHaveBeenCalledTimes(3)
    await auth.verifyToken(two)
    expect(find).toHaveBeenCalledTimes(4)
  })

  it('does not cache a rejected token', async () => {
    let time = nowSeconds * 1000
    const { auth, find } = countingAuth({ now: () => time })
    const early = await sign({ nbf: nowSeconds + 60 })
    expect(await resultOf(auth.verifyToken(early))).toBe('token_not_active')
    time += 60_000
    expect(await resultOf(auth.verifyToken(early))).toBe('accepted')
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('does not cache a revoked token', async () => {
    const { auth, find } = countingAuth({ isRevoked: () => true })
    const token = await sign()
    await resultOf(auth.verifyToken(token))
    await resultOf(auth.verifyToken(token))
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('prevents a handler from changing the principal of the next request', async () => {
    const auth = authWith()
    const token = await sign({ roles: ['reader'], realm_access: { roles: ['reader'] } })
    const principal = await auth.verifyToken(token)
    const change = (run: (mutable: Mutable) => unknown) =>
      expect(() => run(principal as unknown as Mutable)).toThrow(TypeError)
    change((mutable) => (mutable.subject = 'admin'))
    change((mutable) => mutable.roles.push('admin'))
    change((mutable) => (mutable.claims['admin'] = true))
    change((mutable) => mutable.claims.realm_access.roles.push('admin'))
    expect(await auth.verifyToken(token)).toMatchObject({ subject: 'john', roles: ['reader'] })
  })

  interface Mutable {
    subject: string
    roles: string[]
    claims: { realm_access: { roles: string[] }; [name: string]: unknown }
  }

  it.each([
    ['a Date', z.looseObject({ iat: z.number().transform((seconds) => new Date(seconds * 1000)) }), 2],
    ['a Map deep inside', z.looseObject({ sub: z.string().transform((sub) => ({ in: [new Map([[sub, 1]])] })) }), 2],
    ['a function', z.looseObject({ sub: z.string().transform((sub) => () => sub) }), 2],
    ['a plain object', z.looseObject({ sub: z.string().transform((sub) => ({ in: [sub] })) }), 1],
  ])('caches a token only if the output of the schema can be frozen: %s', async (_case, claims, finds) => {
    const { auth, find } = countingAuth({ claims })
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(finds)
  })

  it('calls a role rule once for a cached token', async () => {
    const rule = vi.fn<(claims: object) => boolean>(() => true)
    const auth = createAuth({
      issuer,
      audience,
      keys: { secret },
      now: () => nowSeconds * 1000,
      roles: { admin: rule },
    })
    const token = await sign()
    const principals: Principal[] = [await auth.verifyToken(token), await auth.verifyToken(token)]
    expect(principals.map(({ roles }) => roles)).toEqual([['admin'], ['admin']])
    expect(rule).toHaveBeenCalledTimes(1)
  })
})

describe('option cache', () => {
  it.each([
    [true, /"cache": expected null or \{ max, maxBytes \}/],
    ['off', /"cache": expected null or \{ max, maxBytes \}, received a string/],
    [undefined, /"cache": expected a value \(or omit the option\)/],
    [{ maxBytes: 1 }, /"cache\.maxBytes": expected a number from 65536 to 17179869184, received 1/],
    [{ maxBytes: Number.NaN }, /"cache\.maxBytes": expected a number/],
    [{ maxBytes: null }, /"cache\.maxBytes": expected a number/],
    [{ max: 0 }, /"cache\.max": expected a number/],
    [{ max: 1.5 }, /"cache\.max": expected a whole number/],
    [{ max: Infinity }, /"cache\.max": expected a number/],
    [{ max: 10, ttl: 5 }, /Unknown option "cache\.ttl"/],
  ])('throws a ConfigError if cache is %j', (cache, message) => {
    expect(() => authWith({ cache })).toThrow(message)
  })
})
