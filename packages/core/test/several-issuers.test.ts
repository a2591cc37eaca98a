import { describe, expect, it, vi } from 'vitest'
import { createAuth } from '../src/index.ts'
import type { TrustedIssuerOptions } from '../src/index.ts'
import { KeyServer, settle } from './key-server.ts'
import { audience, keyPair, resultOf, sign } from './tokens.ts'

const [a, b, evil] = ['https://a.example', 'https://b.example', 'https://evil.example'] as const
const pairs = { [a]: await keyPair('ES256', 'k1'), [b]: await keyPair('ES256', 'k1') }
const listed = (issuer: string, more: object = {}): TrustedIssuerOptions => ({
  issuer,
  audience,
  keys: { jwksUrl: `${issuer}/keys` },
  roles: {},
  ...more,
})

function setUp(entries: readonly [TrustedIssuerOptions, ...TrustedIssuerOptions[]] = [listed(a), listed(b)]) {
  const server = new KeyServer()
  for (const [issuer, { jwk }] of Object.entries(pairs)) server.responses.set(`${issuer}/keys`, { keys: [jwk] })
  const auth = createAuth({ issuers: entries, fetch: server.fetch, now: server.now })
  return { server, auth }
}
const tokenOf = (iss: string, signer: typeof a | typeof b, claims: object = {}) =>
  sign({ iss, exp: 4e9, ...claims }, { alg: 'ES256', kid: 'k1' }, pairs[signer].privateKey)

describe('several issuers', () => {
  it('finds the issuer of a token by iss, and fetches keys only from that issuer', async () => {
    const { server, auth } = setUp()
    expect((await auth.verifyToken(await tokenOf(b, b))).issuer).toBe(b)
    expect(server.fetched).toEqual([`${b}/keys`])
  })

  it('does not verify a token with a key of another issuer that has the same kid', async () => {
    const { auth } = setUp()
    await auth.ready()
    expect(await resultOf(auth.verifyToken(await tokenOf(a, b)))).toBe('signature_invalid')
    expect(await resultOf(auth.verifyToken(await tokenOf(b, a)))).toBe('signature_invalid')
  })

  it('fetches nothing for unknown issuers', async () => {
    const { server, auth } = setUp()
    for (const iss of [evil, '__proto__', 'constructor', `${a}/`]) {
      expect(await resultOf(auth.verifyToken(await tokenOf(iss, a)))).toBe('issuer_unknown')
    }
    expect(server.fetched).toEqual([])
  })

  it('checks the audience and algorithms of each issuer', async () => {
    const { auth } = setUp([listed(a, { audience: 'api-a' }), listed(b, { algorithms: ['RS256'] })])
    expect(await resultOf(auth.verifyToken(await tokenOf(a, a)))).toBe('audience_not_allowed')
    expect(await resultOf(auth.verifyToken(await tokenOf(a, a, { aud: 'api-a' })))).toBe('accepted')
    expect(await resultOf(auth.verifyToken(await tokenOf(b, b)))).toBe('algorithm_not_allowed')
  })

  it('maps the roles of each issuer with its own role map', async () => {
    const { auth } = setUp([listed(a, { roles: { admin: 'admin' } }), listed(b, { roles: { guest: 'guest' } })])
    expect((await auth.verifyToken(await tokenOf(a, a, { admin: true }))).roles).toEqual(['admin'])
    expect((await auth.verifyToken(await tokenOf(b, b, { admin: true, roles: ['admin'] }))).roles).toEqual([])
  })

  it('shares a fetch between issuers with the same jwksUrl', async () => {
    const keys = { jwksUrl: 'https://shared.example/keys' }
    const { server, auth } = setUp([listed(a, { keys }), listed(b, { keys })])
    server.responses.set(keys.jwksUrl, { keys: [pairs[a].jwk] })
    const tokens = [await tokenOf(a, a), await tokenOf(b, a)]
    const codes = await Promise.all(tokens.map((token) => resultOf(auth.verifyToken(token))))
    expect(codes).toEqual(['accepted', 'accepted'])
    expect(server.fetched).toEqual([keys.jwksUrl])
  })

  it('shares a fetch between issuers with the same jwksUrl, but not its deadline', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const keys = { jwksUrl: 'https://shared.example/keys' }
    const { server, auth } = setUp([listed(a, { keys }), listed(b, { keys })])
    server.responses.set(keys.jwksUrl, () => new Promise(() => undefined))
    const tokens = [await tokenOf(a, a), await tokenOf(b, a)] as const
    const first = resultOf(auth.verifyToken(tokens[0]))
    await settle()
    vi.advanceTimersByTime(4000)
    const second = resultOf(auth.verifyToken(tokens[1]))
    await settle()
    server.responses.set(keys.jwksUrl, { keys: [pairs[a].jwk] })
    vi.advanceTimersByTime(1000)
    vi.useRealTimers()
    expect(await first).toBe('keys_unavailable')
    expect(await second).toBe('accepted')
    expect(server.fetched).toHaveLength(2)
  })

  it('accepts tokens of other issuers during an outage of one', async () => {
    const { server, auth } = setUp()
    server.responses.set(`${a}/keys`, 503)
    expect(await resultOf(auth.verifyToken(await tokenOf(a, a)))).toBe('keys_unavailable')
    expect(await resultOf(auth.verifyToken(await tokenOf(b, b)))).toBe('accepted')
  })
})
