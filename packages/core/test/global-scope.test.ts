import { describe, expect, it, vi } from 'vitest'
import { createAuth } from '../src/index.ts'
import { createRevocations } from '../src/revocation.ts'
import { audience, authWith, issuer, keyPair, now, resultOf, secret, sign } from './tokens.ts'

describe('global scope of an edge runtime', () => {
  it('creates an Auth without an AbortController, a timer, a random value or a fetch', async () => {
    const { jwk, privateKey } = await keyPair('ES256')
    const forbidden = () => {
      throw new Error('Disallowed operation called within global scope')
    }
    const names = ['AbortController', 'setTimeout', 'setInterval', 'fetch'] as const
    for (const name of names) vi.stubGlobal(name, forbidden)
    const random = vi.spyOn(crypto, 'getRandomValues').mockImplementation(forbidden)
    const options = { issuer, audience, now }
    const fetchKeys = async () => Response.json({ keys: [jwk] })
    const auths = [
      createAuth({ ...options, fetch: fetchKeys, keys: { jwksUrl: 'https://issuer.example/jwks' } }),
      createAuth({ ...options, keys: { secret }, revocation: createRevocations({ now }) }),
      createAuth({ ...options }),
    ]
    auths[2]?.close()
    vi.unstubAllGlobals()
    random.mockRestore()
    const token = await sign({}, { alg: 'ES256' }, privateKey)
    expect(await resultOf(auths[0]?.verifyToken(token) ?? Promise.reject(new Error()))).toBe('accepted')
    expect(await resultOf(auths[2]?.verifyToken(token) ?? Promise.reject(new Error()))).toBe('keys_unavailable')
  })

  it('applies a revocation that was added while the clock returned 0', async () => {
    let time = 0
    const revocation = createRevocations({ now: () => time })
    const auth = authWith({ revocation, now: () => time })
    await revocation.revokeToken({ issuer, jti: 'gone', until: 1_800_000_000 })
    await revocation.revokeSubject({ issuer, sub: 'gone', issuedBefore: 1_800_000_000 })
    const later = revocation.revokeToken({ issuer, jti: 'x', until: 1_800_000_000_000 })
    await expect(later).rejects.toThrow('not in milliseconds')
    time = now()
    expect(await resultOf(auth.verifyToken(await sign({ jti: 'gone' })))).toBe('token_revoked')
    expect(await resultOf(auth.verifyToken(await sign({ jti: 'a', sub: 'gone' })))).toBe('token_revoked')
    expect(await resultOf(auth.verifyToken(await sign({ jti: 'a' })))).toBe('accepted')
  })
})
