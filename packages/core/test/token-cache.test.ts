import { describe, expect, it, vi } from 'vitest'
import { AuthError, createAuth, createVerificationKey } from '../src/index.ts'
import type { KeySource, Principal } from '../src/index.ts'
import { z } from 'zod'
import { audience, authWith, bearer, issuer, nowSeconds, refusalOf, secret, sign } from './tokens.ts'

/** A source of one key that counts how often it is asked for it: a recalled token asks for none. */
function countingSource(holds: (asked: number) => unknown = () => true) {
  const key = createVerificationKey({ secret, algorithm: 'HS256' })
  const find = vi.fn<KeySource['find']>(() => key)
  let asked = 0
  const source = { find, has: () => holds(++asked) } as KeySource
  return { find, source }
}

function countingAuth(options: object = {}, source = countingSource()) {
  return { auth: authWith({ keys: source.source, algorithms: ['HS256'], ...options }), find: source.find }
}

describe('a token that was verified', () => {
  it('is recalled, with the same principal', async () => {
    const { auth, find } = countingAuth()
    const token = await sign()
    const first = await auth.verifyToken(token)
    expect(await auth.verifyToken(token)).toBe(first)
    expect(await auth.authenticate(bearer(token))).toBe(first)
    expect(find).toHaveBeenCalledTimes(1)
  })

  it.each<[string, number, { claims?: object; maxTokenAgeSeconds?: number; maxLifetimeSeconds?: null }]>([
    ['the last of exp and its tolerance', 64, { claims: { exp: nowSeconds + 60 } }],
    ['the last of its age', 64, { claims: { iat: nowSeconds }, maxTokenAgeSeconds: 60 }],
    ['the first of nbf', -5, { claims: { nbf: nowSeconds } }],
    ['the first of iat, where its age counts', -5, { claims: { iat: nowSeconds }, maxTokenAgeSeconds: 60 }],
    ['any, without exp', 3_600, { claims: { exp: undefined }, maxLifetimeSeconds: null }],
  ])('is recalled at every second at which it passes, %s too', async (_case, seconds, { claims, ...options }) => {
    let time = nowSeconds * 1000
    const { auth, find } = countingAuth({ ...options, now: () => time })
    const token = await sign(claims)
    await auth.verifyToken(token)
    time += seconds * 1000
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('goes the whole way each time where the cache is off', async () => {
    const { auth, find } = countingAuth({ cache: null })
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('is not known to another Auth', async () => {
    const token = await sign()
    await authWith().verifyToken(token)
    expect(await refusalOf(authWith({ audience: 'https://other.example' }).verifyToken(token))).toBe(
      'audience_not_allowed',
    )
  })

  it('is recalled whatever the case of its scheme', async () => {
    const { auth, find } = countingAuth()
    const token = await sign()
    await auth.authenticate(bearer(token))
    await auth.authenticate({ headers: { authorization: `bearer  ${token}` } })
    expect(find).toHaveBeenCalledTimes(1)
  })
})

describe('a recalled token is refused', () => {
  it.each<[string, number, { claims?: object; maxTokenAgeSeconds?: number }]>([
    ['once exp and the tolerance are over', 65, { claims: { exp: nowSeconds + 60 } }],
    ['once exp is over, without iat', 65, { claims: { exp: nowSeconds + 60, iat: undefined } }],
    ['once it is too old', 65, { maxTokenAgeSeconds: 120 }],
    ['before nbf, where the clock was set back', -6, { claims: { nbf: nowSeconds } }],
    ['before iat, where its age counts', -6, { claims: { iat: nowSeconds }, maxTokenAgeSeconds: 120 }],
  ])('%s', async (_case, seconds, { claims = {}, ...options }) => {
    const code = seconds > 0 ? 'token_expired' : 'token_not_active'
    let time = nowSeconds * 1000
    const auth = authWith({ ...options, now: () => time })
    const token = await sign(claims)
    await auth.verifyToken(token)
    time += (seconds - Math.sign(seconds)) * 1000
    expect(await refusalOf(auth.verifyToken(token))).toBe('accepted')
    time += Math.sign(seconds) * 1000
    expect(await refusalOf(auth.verifyToken(token))).toBe(code)
  })

  it('and accepted again, where the clock was set right', async () => {
    let time = nowSeconds * 1000
    const auth = authWith({ now: () => time })
    const token = await sign()
    await auth.verifyToken(token)
    time += 3_600_000
    expect(await refusalOf(auth.verifyToken(token))).toBe('token_expired')
    time -= 3_600_000
    expect(await refusalOf(auth.verifyToken(token))).toBe('accepted')
  })

  it('once its key left', async () => {
    const key = createVerificationKey({ secret, algorithm: 'HS256' })
    let isHeld = true
    const find = () => {
      if (isHeld) return key
      throw new AuthError('key_not_found')
    }
    const auth = authWith({ keys: { find, has: () => isHeld }, algorithms: ['HS256'] })
    const token = await sign()
    await auth.verifyToken(token)
    isHeld = false
    expect(await refusalOf(auth.verifyToken(token))).toBe('key_not_found')
  })

  it.each([
    ['throws', () => expect.fail('the source is broken')],
    ['says maybe', () => 'yes'],
    ['promises to say', async () => true],
  ])('nor recalled at all, where the source of its key %s', async (_case, holds) => {
    const { auth, find } = countingAuth({}, countingSource(holds))
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(2)
  })

  it.each([true, false])('once it was revoked, by an answer that is promised: %j', async (isPromised) => {
    let revoked = false
    const auth = authWith({ isRevoked: () => (isPromised ? Promise.resolve(revoked) : revoked) })
    const token = await sign()
    await auth.verifyToken(token)
    revoked = true
    expect(await refusalOf(auth.verifyToken(token))).toBe('token_revoked')
    revoked = false
    expect(await refusalOf(auth.verifyToken(token))).toBe('accepted')
  })

  it('as an outage, while its revocation cannot be told', async () => {
    let isOut = false
    const isRevoked = () => {
      if (isOut) throw new Error('no connection')
      return false
    }
    const auth = authWith({ isRevoked })
    const token = await sign()
    await auth.verifyToken(token)
    isOut = true
    expect(await refusalOf(auth.verifyToken(token))).toBe('revocation_unavailable')
  })
})

describe('a hit needs the whole token', () => {
  const end = -32

  it.each([
    ['another payload', async (token: string) => changed(token, await sign({ sub: 'admin' }))],
    ['one character less in front', async (token: string) => token.slice(1)],
    ['nothing but its end', async (token: string) => token.slice(end)],
    ['its end twice', async (token: string) => token + token.slice(end)],
  ])('and gives nothing for %s', async (_case, forge) => {
    const auth = authWith()
    const token = await sign()
    await auth.verifyToken(token)
    const forged = await forge(token)
    expect(forged.slice(end)).toBe(token.slice(end))
    expect(await refusalOf(auth.verifyToken(forged))).not.toBe('accepted')
    expect(await refusalOf(auth.authenticate(bearer(forged)))).not.toBe('accepted')
    expect(await refusalOf(auth.verifyToken(token))).toBe('accepted')
  })

  /** The header and payload of another token, before the signature of this one. */
  function changed(token: string, other: string): string {
    return other.slice(0, other.lastIndexOf('.')) + token.slice(token.lastIndexOf('.'))
  }
})

describe('what is remembered', () => {
  it('is no more than max, the longest unused going first', async () => {
    const { auth, find } = countingAuth({ cache: { max: 2 } })
    const [one = '', two = '', three = ''] = await Promise.all(['1', '2', '3'].map((sub) => sign({ sub })))
    for (const token of [one, two, one, three]) await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(3)
    await auth.verifyToken(one)
    expect(find).toHaveBeenCalledTimes(3)
    await auth.verifyToken(two)
    expect(find).toHaveBeenCalledTimes(4)
  })

  it('is no refused token', async () => {
    let time = nowSeconds * 1000
    const { auth, find } = countingAuth({ now: () => time })
    const early = await sign({ nbf: nowSeconds + 60 })
    expect(await refusalOf(auth.verifyToken(early))).toBe('token_not_active')
    time += 60_000
    expect(await refusalOf(auth.verifyToken(early))).toBe('accepted')
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('is no revoked token', async () => {
    const { auth, find } = countingAuth({ isRevoked: () => true })
    const token = await sign()
    await refusalOf(auth.verifyToken(token))
    await refusalOf(auth.verifyToken(token))
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('takes no change of a handler to the next request', async () => {
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
    ['what can be frozen', z.looseObject({ sub: z.string().transform((sub) => ({ in: [sub] })) }), 1],
  ])('is, where a schema makes %s, only what freezing holds', async (_case, claims, finds) => {
    const { auth, find } = countingAuth({ claims })
    const token = await sign()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    expect(find).toHaveBeenCalledTimes(finds)
  })

  it('is mapped once: role rules and the schema are asked once a token', async () => {
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

describe('cache', () => {
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
  ])('is refused at start-up as %j', (cache, message) => {
    expect(() => authWith({ cache })).toThrow(message)
  })
})
