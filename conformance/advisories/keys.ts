import { createAuth, createVerificationKey } from '@claimcheck/core'
import type { AuthOptions, KeyQuery } from '@claimcheck/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { MovingClock, minute, second } from '../providers/moving-clock.ts'
import { accepting, nowSeconds } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import { advisory } from './advisory.ts'
import { allOf, outcomesOf, startOf } from './door.ts'
import type { Harness } from './door.ts'
import {
  audience,
  ecdsa,
  ecPair,
  encode,
  goodClaims,
  issuer,
  jwkOf,
  mint,
  mintText,
  spkiOf,
  strangerPair,
} from './forge.ts'
import { KeyServer } from './key-server.ts'

const jwksUrl = 'https://issuer.example/keys'
const jwk = jwkOf(ecPair.publicKey, { kid: 'k1', alg: 'ES256' })
const strangerJwk = jwkOf(strangerPair.publicKey, { kid: 'k1', alg: 'ES256' })
const stranger = ecdsa(strangerPair.privateKey)
const good = mint(ecdsa(), { exp: 4e9 }, { kid: 'k1' })

/** Keys that a token, or a document, would put in the place of the issuer's. */
export function keyAdvisories(door: Harness): void {
  lookUps(door)
  embeddedKeys(door)
  malformedKeys(door)
  severalIssuers(door)
  refreshes(door)
  configuredOnce(door)
}

function lookUps(door: Harness): void {
  advisory({ 7: 'CVE-2025-65945 (jws)' }, () => {
    it('tells a look-up of keys the alg and kid of a token and nothing else, frozen', async () => {
      const asked: KeyQuery[] = []
      const key = createVerificationKey({ publicKey: ecPair.publicKey })
      const find = (query: KeyQuery) => {
        asked.push(query)
        Reflect.set(query, 'alg', 'HS256')
        return key
      }
      const entrance = await door.open(accepting({ keys: { find, has: () => true } }))
      const kid = "k1' OR '1'='1"
      const header = { kid, jwk: strangerJwk, jku: jwksUrl, role: 'admin' }
      expect(await entrance.present(mint(ecdsa(), {}, header))).toBe('john')
      expect(await entrance.present(mint(ecdsa()))).toBe('john')
      expect(asked).toEqual([{ alg: 'ES256', kid }, { alg: 'ES256' }])
      expect(asked.every((query) => Object.isFrozen(query))).toBe(true)
    })

    it('refuses what a look-up finds nothing for', async () => {
      for (const nothing of [null, undefined, '']) {
        const find = () => nothing as never
        const entrance = await door.open(accepting({ keys: { find, has: () => true } }))
        expect(await entrance.present(good)).toBe('keys_unavailable')
      }
    })
  })
}

function embeddedKeys(door: Harness): void {
  advisory({ 9: 'CVE-2018-0114 (node-jose)' }, () => {
    const evil = 'https://evil.example/keys'
    const embedded: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
      jwk: { jwk: strangerJwk },
      jku: { jku: evil },
      'jku of the issuer’s host': { jku: `${issuer}@evil.example/keys` },
      x5u: { x5u: evil },
      x5c: { x5c: [spkiOf(strangerPair.publicKey).replaceAll(/-----[A-Z ]+-----|\n/g, '')] },
      x5t: { x5t: encode('thumbprint'), 'x5t#S256': encode('thumbprint') },
      all: { jwk: strangerJwk, jku: evil, x5u: evil, x5c: [] },
    }

    it.each<readonly [string, (server: KeyServer) => SomeOptions]>([
      ['given', () => ({ keys: { jwks: { keys: [jwk] } } })],
      ['fetched', (server) => ({ keys: server.at(jwksUrl, { keys: [jwk] }) })],
    ])(
      'never uses a key in a token and fetches none that it names, beside keys that are %s',
      async (way, optionsOf) => {
        const server = new KeyServer()
        const platform = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed'))
        onTestFinished(() => platform.mockRestore())
        server.says.set(evil, { keys: [strangerJwk] })
        const entrance = await door.open(accepting({ fetch: server.fetch, ...optionsOf(server) }))
        for (const [kid, code] of [
          ['k1', 'signature_invalid'],
          ['evil', door.unknownKey],
          [undefined, 'signature_invalid'],
        ] as const) {
          const signed = ([name, header]: readonly [string, object]) => [name, mint(stranger, {}, { kid, ...header })]
          const tokens = Object.fromEntries(Object.entries(embedded).map(signed)) as Record<string, string>
          expect(await outcomesOf(entrance, tokens)).toEqual(allOf(tokens, code))
        }
        expect(await entrance.present(mint(ecdsa(), {}, { kid: 'k1', ...embedded['all'] }))).toBe('john')
        expect(server.asked).toEqual(way === 'given' ? [] : [jwksUrl])
        expect(platform).not.toHaveBeenCalled()
      },
    )
  })
}

function malformedKeys(door: Harness): void {
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

    it('does not start with a public key that is malformed', async () => {
      for (const [name, publicKey] of Object.entries(misshapen)) {
        expect([name, await startOf(door, accepting({ keys: { publicKey } as never }))]).toEqual([
          name,
          'keys.publicKey',
        ])
      }
    })

    it('lets nobody in by a point that is not on its curve', async () => {
      for (const [name, publicKey] of Object.entries(offTheCurve)) {
        const entrance = await door.open(accepting({ keys: { publicKey } }))
        expect([name, await entrance.present(good)]).toEqual([name, 'bug'])
      }
    })

    it('leaves malformed keys out of a set that it fetches, and serves with the others', async () => {
      const server = new KeyServer()
      const named = Object.entries(offTheCurve).map(([kid, key]) => ({ ...key, kid }))
      const bad = [...Object.values(misshapen), ...named]
      const odd = [null, 7, 'key', [], [[jwk]], { keys: [jwk] }]
      const entrance = await door.open(
        accepting({ keys: server.at(jwksUrl, { keys: [...bad, ...odd, jwk] }), fetch: server.fetch }),
      )
      expect(await entrance.present(good)).toBe('john')
      expect(await entrance.present(mint(stranger, {}, { kid: 'k1' }))).toBe('signature_invalid')
      for (const { kid } of named) expect(await entrance.present(mint(stranger, {}, { kid }))).toBe(door.unknownKey)
    })
  })
}

function severalIssuers(door: Harness): void {
  const other = 'https://other.example'
  const metadataOf = (name: string) => ({ issuer: name, jwks_uri: `${name}/jwks` })
  const discoverable = (server: KeyServer) => {
    for (const [name, keys] of [
      [issuer, [jwk]],
      [other, [strangerJwk]],
    ] as const) {
      server.says.set(`${name}/.well-known/openid-configuration`, metadataOf(name))
      server.says.set(`${name}/jwks`, { keys })
    }
  }
  const bothIssuers = (server: KeyServer): AuthOptions => ({
    issuers: [
      { issuer, audience },
      { issuer: other, audience },
    ],
    roles: {},
    fetch: server.fetch,
    now: () => nowSeconds * 1000,
  })

  advisory({ 28: 'CVE-2025-59936 (get-jwks)' }, () => {
    it('looks the issuer up in the list before anything is fetched', async () => {
      const server = new KeyServer()
      discoverable(server)
      server.says.set('https://evil.example/.well-known/openid-configuration', metadataOf('https://evil.example'))
      const entrance = await door.open(bothIssuers(server))
      const isses = {
        'an unknown issuer': 'https://evil.example',
        'a host behind the issuer’s': `${issuer}@evil.example`,
        'a path of the issuer': `${issuer}/../evil`,
        'a query': `${issuer}?iss=${issuer}`,
        'the issuer with a slash': `${issuer}/`,
        nothing: undefined,
      }
      const tokens = Object.fromEntries(
        Object.entries(isses).map(([name, iss]) => [name, mint(stranger, { iss }, { kid: 'k1' })]),
      )
      expect(await outcomesOf(entrance, tokens)).toEqual(allOf(tokens, 'issuer_unknown'))
      for (const iss of [['https://evil.example', issuer], [issuer, 'https://evil.example'], { [issuer]: 1 }]) {
        expect(await entrance.present(mint(stranger, { iss }, { kid: 'k1' }))).toBe('claim_invalid')
      }
      expect(server.asked).toEqual([])
    })

    it('verifies by no key that was fetched for another issuer', async () => {
      const server = new KeyServer()
      discoverable(server)
      const entrance = await door.open(bothIssuers(server))
      expect(await entrance.present(mint(stranger, { iss: other }, { kid: 'k1' }))).toBe('john')
      expect(await entrance.present(mint(stranger, { iss: issuer, sub: 'root' }, { kid: 'k1' }))).toBe(
        'signature_invalid',
      )
      expect(await entrance.present(mint(ecdsa(), {}, { kid: 'k1' }))).toBe('john')
    })
  })

  advisory({ 41: 'Clerk (source note)' }, () => {
    it.each<readonly [string, (server: KeyServer) => AuthOptions]>([
      ['fetched', bothIssuers],
      [
        'given',
        () => ({
          issuers: [
            { issuer, audience, keys: { jwks: { keys: [jwk] } } },
            { issuer: other, audience, keys: { jwks: { keys: [strangerJwk] } } },
          ],
          roles: {},
          now: () => nowSeconds * 1000,
        }),
      ],
    ])(
      'tells the keys of two issuers apart that share a kid, whichever is asked first: %s',
      async (_way, optionsOf) => {
        const own = [mint(ecdsa(), {}, { kid: 'k1' }), mint(stranger, { iss: other }, { kid: 'k1' })]
        const crossed = [mint(stranger, {}, { kid: 'k1' }), mint(ecdsa(), { iss: other }, { kid: 'k1' })]
        for (const order of [
          [...own, ...crossed],
          [...own.toReversed(), ...crossed],
          [...crossed, ...own],
        ]) {
          const server = new KeyServer()
          discoverable(server)
          const entrance = await door.open(optionsOf(server))
          for (const token of order) {
            const expected = own.includes(token) ? 'john' : 'signature_invalid'
            expect(await entrance.present(token)).toBe(expected)
          }
        }
      },
    )
  })
}

const title54 = 'CVE-2026-48524, GHSA-9v7f, -gvp8, -42vr (PyJWT)'

function refreshes(door: Harness): void {
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
    ])('loses no key by a made-up kid whose refresh %s', async (_name, answer) => {
      const server = new KeyServer()
      const clock = new MovingClock(nowSeconds * second)
      const keys = server.at(jwksUrl, { keys: [jwk] })
      const entrance = await door.open(accepting({ keys, fetch: server.fetch, now: clock.now }))
      expect(await entrance.present(good)).toBe('john')
      server.says.set(jwksUrl, answer)
      clock.time += minute
      expect(await entrance.present(mint(stranger, { exp: 4e9 }, { kid: 'made-up' }))).toBe('keys_unavailable')
      expect(server.asked).toHaveLength(2)
      expect(await entrance.present(good)).toBe('john')
      expect(await entrance.present(mint(ecdsa(), { sub: 'jane', exp: 4e9 }, { kid: 'k1' }))).toBe('jane')
    })

    it('follows no redirect of a key server, whether fetch does or not', async () => {
      const evil = 'https://evil.example/keys'
      const followed = () =>
        Object.defineProperty(Response.json({ keys: [strangerJwk] }), 'redirected', { value: true })
      for (const answer of [() => new Response(null, { status: 302, headers: { location: evil } }), followed]) {
        const server = new KeyServer()
        server.says.set(evil, { keys: [strangerJwk] })
        const entrance = await door.open(accepting({ keys: server.at(jwksUrl, answer), fetch: server.fetch }))
        expect(await entrance.present(mint(stranger, {}, { kid: 'k1' }))).toBe('keys_unavailable')
        expect(server.asked).toEqual([jwksUrl])
      }
    })

    it('refuses a payload that is nested deeply, signed or not', async () => {
      // Node takes no more than 16 KB of header lines.
      const depth = door.isCore ? 20_000 : 5_000
      const nested = (open: string, close: string) =>
        `{"a":${open.repeat(depth)}1${close.repeat(depth)},${JSON.stringify(goodClaims).slice(1)}`
      const entrance = await door.open(accepting({ keys: { jwks: { keys: [jwk] } }, maxTokenBytes: 65_536 }))
      const arrays = mintText(ecdsa(), nested('[', ']'), { kid: 'k1' })
      const tokens = {
        arrays,
        unsigned: `${arrays.split('.').slice(0, 2).join('.')}.`,
        'never closed': mintText(ecdsa(), '['.repeat(depth), { kid: 'k1' }),
        objects: mintText(ecdsa(), '{"a":'.repeat(depth / 4), { kid: 'k1' }),
        'in the header': mint(ecdsa(), {}, { kid: 'k1', x: JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`) }),
      }
      expect(await outcomesOf(entrance, tokens)).toEqual(allOf(tokens, 'token_malformed'))
    })
  })
}

function configuredOnce(door: Harness): void {
  advisory({ 54: title54 }, () => {
    it('stays as it was made, whatever becomes of its options', async () => {
      const audiences: [string, ...string[]] = [audience]
      const algorithms: ['ES256', ...string[]] = ['ES256']
      const jwks = { keys: [{ ...jwk }] }
      const roles: Record<string, string> = { admin: 'admin' }
      const options = {
        ...accepting({ audience: audiences, algorithms: algorithms as ['ES256'], keys: { jwks }, roles }),
        clients: ['web'],
      }
      const auth = createAuth(options as AuthOptions)
      const entrance = await door.open(auth, { handle: (principal) => principal?.roles.join() ?? 'nobody' })
      audiences.push('https://evil.example')
      algorithms.push('HS256')
      jwks.keys.push({ ...strangerJwk, kid: 'evil' })
      Object.assign(jwks.keys[0] ?? {}, strangerJwk)
      roles['root'] = 'sub'
      options.clients.push('evil')
      Object.assign(options, { issuer: null, audience: null, maxLifetimeSeconds: null, tokenBinding: null })
      const claims = { azp: 'web', admin: true, root: true }
      const header = { kid: 'k1' }
      expect(await entrance.present(mint(ecdsa(), claims, header))).toBe('admin')
      expect(await entrance.present(mint(ecdsa(), { ...claims, azp: 'evil' }, header))).toBe('claim_invalid')
      expect(await entrance.present(mint(ecdsa(), { ...claims, iss: 'https://evil.example' }, header))).toBe(
        'issuer_unknown',
      )
      expect(await entrance.present(mint(ecdsa(), { ...claims, aud: 'https://evil.example' }, header))).toBe(
        'audience_not_allowed',
      )
      expect(await entrance.present(mint(ecdsa(), { ...claims, exp: undefined }, header))).toBe('claim_invalid')
      expect(await entrance.present(mint(ecdsa(), { ...claims, cnf: { jkt: 'x' } }, header))).toBe('token_bound')
      expect(await entrance.present(mint(stranger, claims, header))).toBe('signature_invalid')
      expect(await entrance.present(mint(stranger, claims, { kid: 'evil' }))).toBe(door.unknownKey)
    })
  })
}
