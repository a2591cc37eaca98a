import { createAuth, createVerificationKey } from '@claimcheck/core'
import type { AuthOptions, KeyQuery } from '@claimcheck/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { minute, MovingClock, second } from '../src/moving-clock.ts'
import {
  authOptions,
  advisory,
  allOf,
  audience,
  ecdsa,
  ecPair,
  encode,
  FakeKeyServer,
  goodClaims,
  issuer,
  jwkOf,
  mint,
  mintText,
  nowSeconds,
  otherPair,
  outcomesOf,
  spkiOf,
  startOf,
} from './advisory.ts'
import type { Harness, SomeOptions } from './advisory.ts'

const jwksUrl = 'https://issuer.example/keys'
const jwk = jwkOf(ecPair.publicKey, { kid: 'k1', alg: 'ES256' })
const otherJwk = jwkOf(otherPair.publicKey, { kid: 'k1', alg: 'ES256' })
const otherSigner = ecdsa(otherPair.privateKey)
const good = mint(ecdsa(), { exp: 4e9 }, { kid: 'k1' })

/** Attacks that try to replace the keys of the issuer. */
export function keyAdvisories(harness: Harness): void {
  lookUps(harness)
  embeddedKeys(harness)
  malformedKeys(harness)
  severalIssuers(harness)
  refreshes(harness)
  configuredOnce(harness)
}

function lookUps(harness: Harness): void {
  advisory({ 7: 'CVE-2025-65945 (jws)' }, () => {
    it('passes only alg and kid to a key look-up, in a frozen object', async () => {
      const queries: KeyQuery[] = []
      const key = createVerificationKey({ publicKey: ecPair.publicKey })
      const find = (query: KeyQuery) => {
        queries.push(query)
        Reflect.set(query, 'alg', 'HS256')
        return key
      }
      const api = await harness.start(authOptions({ keys: { find, has: () => true } }))
      const kid = "k1' OR '1'='1"
      const header = { kid, jwk: otherJwk, jku: jwksUrl, role: 'admin' }
      expect(await api.sendToken(mint(ecdsa(), {}, header))).toBe('john')
      expect(await api.sendToken(mint(ecdsa()))).toBe('john')
      expect(queries).toEqual([{ alg: 'ES256', kid }, { alg: 'ES256' }])
      expect(queries.every((query) => Object.isFrozen(query))).toBe(true)
    })

    it('rejects a token for which the look-up finds no key', async () => {
      for (const nothing of [null, undefined, '']) {
        const find = () => nothing as never
        const api = await harness.start(authOptions({ keys: { find, has: () => true } }))
        expect(await api.sendToken(good)).toBe('keys_unavailable')
      }
    })
  })
}

function embeddedKeys(harness: Harness): void {
  advisory({ 9: 'CVE-2018-0114 (node-jose)' }, () => {
    const evil = 'https://evil.example/keys'
    const embedded: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
      jwk: { jwk: otherJwk },
      jku: { jku: evil },
      'jku of the issuer’s host': { jku: `${issuer}@evil.example/keys` },
      x5u: { x5u: evil },
      x5c: { x5c: [spkiOf(otherPair.publicKey).replaceAll(/-----[A-Z ]+-----|\n/g, '')] },
      x5t: { x5t: encode('thumbprint'), 'x5t#S256': encode('thumbprint') },
      all: { jwk: otherJwk, jku: evil, x5u: evil, x5c: [] },
    }

    it.each<readonly [string, (server: FakeKeyServer) => SomeOptions]>([
      ['configured', () => ({ keys: { jwks: { keys: [jwk] } } })],
      ['fetched', (server) => ({ keys: server.at(jwksUrl, { keys: [jwk] }) })],
    ])('never uses a key in a token and fetches none that it names, with keys that are %s', async (way, optionsOf) => {
      const server = new FakeKeyServer()
      const platform = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed'))
      onTestFinished(() => platform.mockRestore())
      server.responses.set(evil, { keys: [otherJwk] })
      const api = await harness.start(authOptions({ fetch: server.fetch, ...optionsOf(server) }))
      for (const [kid, code] of [
        ['k1', 'signature_invalid'],
        ['evil', harness.unknownKey],
        [undefined, 'signature_invalid'],
      ] as const) {
        const signed = ([name, header]: readonly [string, object]) => [name, mint(otherSigner, {}, { kid, ...header })]
        const tokens = Object.fromEntries(Object.entries(embedded).map(signed)) as Record<string, string>
        expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, code))
      }
      expect(await api.sendToken(mint(ecdsa(), {}, { kid: 'k1', ...embedded['all'] }))).toBe('john')
      expect(server.requests).toEqual(way === 'configured' ? [] : [jwksUrl])
      expect(platform).not.toHaveBeenCalled()
    })
  })
}

function malformedKeys(harness: Harness): void {
  advisory({ 10: 'CVE-2023-25653 (node-jose)' }, () => {
    const x = jwk['x'] ?? ''
    const zero = encode(Buffer.alloc(32))
    const prime = 'FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF'
    const ec = { kty: 'EC', crv: 'P-256', alg: 'ES256' }
    const misshapen = {
      'no coordinates': ec,
      'one coordinate': { ...ec, x },
      'an empty coordinate': { ...ec, x: '', y: '' },
      'a short coordinate': { ...ec, x: encode(Buffer.alloc(31, 1)), y: x },
      'a long coordinate': { ...ec, x: encode(Buffer.alloc(33, 1)), y: x },
      'a coordinate that is no text': { ...ec, x: [x], y: x },
      'no base64url': { ...ec, x: `${x.slice(0, -1)}=`, y: x },
      'another curve': { ...jwk, crv: 'P-521' },
      'an unknown curve': { ...jwk, crv: 'P-257' },
      'an even exponent': { kty: 'RSA', n: encode(Buffer.alloc(256, 255)), e: 'AA' },
      'no modulus': { kty: 'RSA', n: '', e: 'AQAB' },
      'a modulus of zero': { kty: 'RSA', n: encode(Buffer.alloc(256)), e: 'AQAB' },
      'a point of another size': { kty: 'OKP', crv: 'Ed25519', x: encode(Buffer.alloc(31)) },
      'a kid that is no text': { ...jwk, kid: { toString: 1 } },
      nothing: {},
    }
    const offTheCurve = {
      'the point at infinity': { ...ec, x: zero, y: zero },
      'a point off the curve': { ...ec, x, y: x },
      'a coordinate that is the prime': { ...ec, x: encode(Buffer.from(prime, 'hex')), y: x },
      'a coordinate over the prime': { ...ec, x: encode(Buffer.alloc(32, 255)), y: encode(Buffer.alloc(32, 255)) },
    }

    it('does not start with a malformed public key', async () => {
      for (const [name, publicKey] of Object.entries(misshapen)) {
        expect([name, await startOf(harness, authOptions({ keys: { publicKey } as never }))]).toEqual([
          name,
          'keys.publicKey',
        ])
      }
    })

    it('rejects a point that is not on its curve', async () => {
      for (const [name, publicKey] of Object.entries(offTheCurve)) {
        const api = await harness.start(authOptions({ keys: { publicKey } }))
        expect([name, await api.sendToken(good)]).toEqual([name, 'bug'])
      }
    })

    it('ignores malformed keys in a fetched set, and uses the others', async () => {
      const server = new FakeKeyServer()
      const named = Object.entries(offTheCurve).map(([kid, key]) => ({ ...key, kid }))
      const bad = [...Object.values(misshapen), ...named]
      const odd = [null, 7, 'key', [], [[jwk]], { keys: [jwk] }]
      const api = await harness.start(
        authOptions({ keys: server.at(jwksUrl, { keys: [...bad, ...odd, jwk] }), fetch: server.fetch }),
      )
      expect(await api.sendToken(good)).toBe('john')
      expect(await api.sendToken(mint(otherSigner, {}, { kid: 'k1' }))).toBe('signature_invalid')
      for (const { kid } of named) expect(await api.sendToken(mint(otherSigner, {}, { kid }))).toBe(harness.unknownKey)
    })
  })
}

function severalIssuers(harness: Harness): void {
  const other = 'https://other.example'
  const metadataOf = (name: string) => ({ issuer: name, jwks_uri: `${name}/jwks` })
  const discoverable = (server: FakeKeyServer) => {
    for (const [name, keys] of [
      [issuer, [jwk]],
      [other, [otherJwk]],
    ] as const) {
      server.responses.set(`${name}/.well-known/openid-configuration`, metadataOf(name))
      server.responses.set(`${name}/jwks`, { keys })
    }
  }
  const bothIssuers = (server: FakeKeyServer): AuthOptions => ({
    issuers: [
      { issuer, audience },
      { issuer: other, audience },
    ],
    roles: {},
    fetch: server.fetch,
    now: () => nowSeconds * 1000,
  })

  advisory({ 28: 'CVE-2025-59936 (get-jwks)' }, () => {
    it('checks the issuer against the list before it fetches anything', async () => {
      const server = new FakeKeyServer()
      discoverable(server)
      server.responses.set('https://evil.example/.well-known/openid-configuration', metadataOf('https://evil.example'))
      const api = await harness.start(bothIssuers(server))
      const isses = {
        'an unknown issuer': 'https://evil.example',
        'a host behind the issuer’s': `${issuer}@evil.example`,
        'a path of the issuer': `${issuer}/../evil`,
        'a query': `${issuer}?iss=${issuer}`,
        'the issuer with a slash': `${issuer}/`,
        nothing: undefined,
      }
      const tokens = Object.fromEntries(
        Object.entries(isses).map(([name, iss]) => [name, mint(otherSigner, { iss }, { kid: 'k1' })]),
      )
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'issuer_unknown'))
      for (const iss of [['https://evil.example', issuer], [issuer, 'https://evil.example'], { [issuer]: 1 }]) {
        expect(await api.sendToken(mint(otherSigner, { iss }, { kid: 'k1' }))).toBe('claim_invalid')
      }
      expect(server.requests).toEqual([])
    })

    it('does not verify with a key that was fetched for another issuer', async () => {
      const server = new FakeKeyServer()
      discoverable(server)
      const api = await harness.start(bothIssuers(server))
      expect(await api.sendToken(mint(otherSigner, { iss: other }, { kid: 'k1' }))).toBe('john')
      expect(await api.sendToken(mint(otherSigner, { iss: issuer, sub: 'root' }, { kid: 'k1' }))).toBe(
        'signature_invalid',
      )
      expect(await api.sendToken(mint(ecdsa(), {}, { kid: 'k1' }))).toBe('john')
    })
  })

  advisory({ 41: 'Clerk (source note)' }, () => {
    it.each<readonly [string, (server: FakeKeyServer) => AuthOptions]>([
      ['fetched', bothIssuers],
      [
        'configured',
        () => ({
          issuers: [
            { issuer, audience, keys: { jwks: { keys: [jwk] } } },
            { issuer: other, audience, keys: { jwks: { keys: [otherJwk] } } },
          ],
          roles: {},
          now: () => nowSeconds * 1000,
        }),
      ],
    ])(
      'distinguishes the keys of two issuers with the same kid, whichever is used first: %s',
      async (_way, optionsOf) => {
        const own = [mint(ecdsa(), {}, { kid: 'k1' }), mint(otherSigner, { iss: other }, { kid: 'k1' })]
        const crossed = [mint(otherSigner, {}, { kid: 'k1' }), mint(ecdsa(), { iss: other }, { kid: 'k1' })]
        for (const order of [
          [...own, ...crossed],
          [...own.toReversed(), ...crossed],
          [...crossed, ...own],
        ]) {
          const server = new FakeKeyServer()
          discoverable(server)
          const api = await harness.start(optionsOf(server))
          for (const token of order) {
            const expected = own.includes(token) ? 'john' : 'signature_invalid'
            expect(await api.sendToken(token)).toBe(expected)
          }
        }
      },
    )
  })
}

const title54 = 'CVE-2026-48524, GHSA-9v7f, -gvp8, -42vr (PyJWT)'

function refreshes(harness: Harness): void {
  advisory({ 54: title54 }, () => {
    it.each<readonly [string, () => Response]>([
      ['fails', () => new Response('no', { status: 500 })],
      ['breaks off', () => new Response('{"keys":[')],
      ['gives no set', () => Response.json({ error: 'no such tenant' })],
      [
        'cannot be reached',
        () => {
          throw new TypeError('fetch failed')
        },
      ],
    ])('loses no key if an unknown kid causes a refresh that %s', async (_name, response) => {
      const server = new FakeKeyServer()
      const clock = new MovingClock(nowSeconds * second)
      const keys = server.at(jwksUrl, { keys: [jwk] })
      const api = await harness.start(authOptions({ keys, fetch: server.fetch, now: clock.now }))
      expect(await api.sendToken(good)).toBe('john')
      server.responses.set(jwksUrl, response)
      clock.time += minute
      expect(await api.sendToken(mint(otherSigner, { exp: 4e9 }, { kid: 'made-up' }))).toBe('keys_unavailable')
      expect(server.requests).toHaveLength(2)
      expect(await api.sendToken(good)).toBe('john')
      expect(await api.sendToken(mint(ecdsa(), { sub: 'jane', exp: 4e9 }, { kid: 'k1' }))).toBe('jane')
    })

    it('does not follow redirects of a key server, even if fetch does', async () => {
      const evil = 'https://evil.example/keys'
      const followed = () => Object.defineProperty(Response.json({ keys: [otherJwk] }), 'redirected', { value: true })
      for (const response of [() => new Response(null, { status: 302, headers: { location: evil } }), followed]) {
        const server = new FakeKeyServer()
        server.responses.set(evil, { keys: [otherJwk] })
        const api = await harness.start(authOptions({ keys: server.at(jwksUrl, response), fetch: server.fetch }))
        expect(await api.sendToken(mint(otherSigner, {}, { kid: 'k1' }))).toBe('keys_unavailable')
        expect(server.requests).toEqual([jwksUrl])
      }
    })

    it('rejects a deeply nested payload, signed or not', async () => {
      // Node accepts at most 16 KB of headers.
      const depth = harness.isCore ? 20_000 : 5_000
      const nested = (open: string, close: string) =>
        `{"a":${open.repeat(depth)}1${close.repeat(depth)},${JSON.stringify(goodClaims).slice(1)}`
      const api = await harness.start(authOptions({ keys: { jwks: { keys: [jwk] } }, maxTokenBytes: 65_536 }))
      const arrays = mintText(ecdsa(), nested('[', ']'), { kid: 'k1' })
      const tokens = {
        arrays,
        unsigned: `${arrays.split('.').slice(0, 2).join('.')}.`,
        'never closed': mintText(ecdsa(), '['.repeat(depth), { kid: 'k1' }),
        objects: mintText(ecdsa(), '{"a":'.repeat(depth / 4), { kid: 'k1' }),
        'in the header': mint(ecdsa(), {}, { kid: 'k1', x: JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`) }),
      }
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'token_malformed'))
    })
  })
}

function configuredOnce(harness: Harness): void {
  advisory({ 54: title54 }, () => {
    it('does not change when its options are changed later', async () => {
      const audiences: [string, ...string[]] = [audience]
      const algorithms: ['ES256', ...string[]] = ['ES256']
      const jwks = { keys: [{ ...jwk }] }
      const roles: Record<string, string> = { admin: 'admin' }
      const options = {
        ...authOptions({ audience: audiences, algorithms: algorithms as ['ES256'], keys: { jwks }, roles }),
        clients: ['web'],
      }
      const auth = createAuth(options as AuthOptions)
      const api = await harness.start(auth, { handle: (principal) => principal?.roles.join() ?? 'anonymous' })
      audiences.push('https://evil.example')
      algorithms.push('HS256')
      jwks.keys.push({ ...otherJwk, kid: 'evil' })
      Object.assign(jwks.keys[0] ?? {}, otherJwk)
      roles['root'] = 'sub'
      options.clients.push('evil')
      Object.assign(options, { issuer: null, audience: null, maxLifetimeSeconds: null, tokenBinding: null })
      const claims = { azp: 'web', admin: true, root: true }
      const header = { kid: 'k1' }
      expect(await api.sendToken(mint(ecdsa(), claims, header))).toBe('admin')
      expect(await api.sendToken(mint(ecdsa(), { ...claims, azp: 'evil' }, header))).toBe('claim_invalid')
      expect(await api.sendToken(mint(ecdsa(), { ...claims, iss: 'https://evil.example' }, header))).toBe(
        'issuer_unknown',
      )
      expect(await api.sendToken(mint(ecdsa(), { ...claims, aud: 'https://evil.example' }, header))).toBe(
        'audience_not_allowed',
      )
      expect(await api.sendToken(mint(ecdsa(), { ...claims, exp: undefined }, header))).toBe('claim_invalid')
      expect(await api.sendToken(mint(ecdsa(), { ...claims, cnf: { jkt: 'x' } }, header))).toBe('token_bound')
      expect(await api.sendToken(mint(otherSigner, claims, header))).toBe('signature_invalid')
      expect(await api.sendToken(mint(otherSigner, claims, { kid: 'evil' }))).toBe(harness.unknownKey)
    })
  })
}
