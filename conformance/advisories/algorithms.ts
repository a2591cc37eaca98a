import { createHash, generateKeyPairSync } from 'node:crypto'
import { createVerificationKey } from '@claimcheck/core'
import type { KeyQuery } from '@claimcheck/core'
import { expect, it } from 'vitest'
import { accepting } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import { advisory } from './advisory.ts'
import { allOf, outcomesOf, startOf } from './door.ts'
import type { Harness } from './door.ts'
import { ecdsa, ecPair, hmac, jwkOf, mint, rsa, rsaPair, secret, spkiOf } from './forge.ts'
import { KeyServer } from './key-server.ts'

const spki = spkiOf(rsaPair.publicKey)
const der = rsaPair.publicKey.export({ type: 'spki', format: 'der' })
const jwk = jwkOf(rsaPair.publicKey, { kid: 'r1' })
const jwkForRs256 = { ...jwk, alg: 'RS256' }
const ecJwk = jwkOf(ecPair.publicKey, { kid: 'e1' })
const jwksUrl = 'https://issuer.example/keys'

const server = new KeyServer()
server.says.set(jwksUrl, { keys: [jwk] })

/** Keys that are too weak, or that JWS does not know. */
const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
const exponent1 = { ...jwk, e: 'AQ' }

/** What a client can take for the text of the public key. */
const publicTexts: Readonly<Record<string, string | Uint8Array>> = {
  'the PEM': spki,
  'the PEM without its last line feed': spki.trim(),
  'the PEM with CRLF': spki.replaceAll('\n', '\r\n'),
  'the PEM of PKCS #1': rsaPair.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  'the DER': der,
  'the DER in base64': der.toString('base64'),
  'the JWK': JSON.stringify(jwk),
  'the JWK without kid': JSON.stringify(jwkOf(rsaPair.publicKey)),
  'the JWK with alg': JSON.stringify(jwkForRs256),
  'the JWK Set': JSON.stringify({ keys: [jwk] }),
  'the modulus': Buffer.from(jwk['n'] ?? '', 'base64url'),
  'the thumbprint': createHash('sha256').update(der).digest(),
  nothing: '',
}

/** The ways in which a public key is given. */
const publicKeys: readonly (readonly [string, SomeOptions])[] = [
  ['a PEM', { keys: { publicKey: spki } }],
  ['a JWK', { keys: { publicKey: jwk } }],
  ['a KeyObject', { keys: { publicKey: rsaPair.publicKey } }],
  ['a JWK Set', { keys: { jwks: { keys: [jwkForRs256, ecJwk] } } }],
  ['a JWK Set without alg', { keys: { jwks: { keys: [jwk, ecJwk] } } }],
  ['a URL', { keys: { jwksUrl }, fetch: server.fetch }],
]

/** Tokens whose algorithm is what their header says. */
export function algorithmAdvisories(door: Harness): void {
  confusion(door)
  unsigned(door)
  allowLists(door)
  keyTypes(door)
}

function confusion(door: Harness): void {
  advisory(
    {
      1: 'CVE-2015-9235 (jsonwebtoken)',
      5: 'CVE-2016-10555 (jwt-simple)',
      8: 'CVE-2023-48238 (json-web-token)',
      45: 'GHSA-4q3h-vp4r-prv2 (parse-server)',
    },
    () => {
      it.each(publicKeys)(
        'refuses HS256 signed with the PEM, DER or JWK text of the public key, which is given as %s',
        async (_way, options) => {
          const entrance = await door.open(accepting(options))
          for (const alg of ['HS256', 'HS384', 'HS512']) {
            const forged = Object.entries(publicTexts).flatMap(([name, text]) => [
              [name, mint(hmac(text, alg), { sub: 'root' }, { kid: 'r1' })],
              [`${name}, without kid`, mint(hmac(text, alg), { sub: 'root' })],
            ])
            const tokens = Object.fromEntries(forged) as Readonly<Record<string, string>>
            expect(await outcomesOf(entrance, tokens)).toEqual(allOf(tokens, 'algorithm_not_allowed'))
          }
          expect(await entrance.present(mint(rsa(), {}, { kid: 'r1' }))).toBe('john')
        },
      )
    },
  )
}

function unsigned(door: Harness): void {
  advisory({ 2: 'CVE-2022-23540 (jsonwebtoken)', 6: 'CVE-2016-1000223 (jws)' }, () => {
    const names = ['none', 'None', 'NONE', 'nOnE', 'none ', '\u0000none', 'null', 'undefined', 'false', '']

    it.each<readonly [string, SomeOptions, string]>([
      ['a secret', { keys: { secret } }, mint(hmac())],
      ['a public key', { keys: { publicKey: spki } }, mint(rsa())],
    ])('refuses none in any spelling and an empty signature, beside %s', async (_way, options, good) => {
      const entrance = await door.open(accepting(options))
      const [header = '', payload = '', signature = ''] = good.split('.')
      const tokens: Record<string, string> = {}
      for (const alg of names) {
        const nothing = { alg, sign: () => new Uint8Array() }
        const bare = mint(nothing, { sub: 'root' })
        tokens[`${alg}, unsigned`] = bare
        tokens[`${alg}, with the signature of another`] = bare + signature
        tokens[`${alg}, signed with nothing`] = mint({ ...hmac(''), alg })
      }
      expect(await outcomesOf(entrance, tokens)).toEqual(allOf(tokens, 'algorithm_not_allowed'))
      expect(await entrance.present(`${header}.${payload}.`)).toBe('signature_invalid')
      expect(await entrance.present(`${header}.${payload}`)).toBe('token_malformed')
      expect(await entrance.present(good)).toBe('john')
    })

    it('does not start without a secret, or with none as an algorithm', async () => {
      for (const empty of ['', undefined, null, false, 0, Number.NaN, [], new Uint8Array()]) {
        expect(await startOf(door, accepting({ keys: { secret: empty } as never }))).toBe('keys.secret')
      }
      expect(await startOf(door, accepting({ keys: { secret: ['', secret] } }))).toBe('keys.secret[0]')
      for (const algorithms of [['none'], ['HS256', 'none'], ['NONE'], [''], [undefined]]) {
        const start = await startOf(door, accepting({ keys: { secret }, algorithms: algorithms as never }))
        expect(start).toMatch(/^algorithms/)
      }
    })
  })
}

function allowLists(door: Harness): void {
  advisory({ 31: 'CVE-2026-22817 (hono)', 36: 'CVE-2020-15084 (express-jwt)' }, () => {
    const longSecret = `${secret}, and so much more of it that HS512 takes it`

    it('takes HS256 alone where a secret is given and no algorithm', async () => {
      const entrance = await door.open(accepting({ keys: { secret: longSecret } }))
      for (const alg of ['HS384', 'HS512']) {
        expect(await entrance.present(mint(hmac(longSecret, alg)))).toBe('algorithm_not_allowed')
      }
      expect(await entrance.present(mint(hmac(longSecret)))).toBe('john')
    })

    it.each<readonly [string, SomeOptions, string]>([
      ['the list', { keys: { publicKey: spki }, algorithms: ['RS256'] }, 'algorithm_not_allowed'],
      ['the JWK', { keys: { jwks: { keys: [jwkForRs256] } } }, 'algorithm_not_allowed'],
      [
        'the JWK, though the list has more',
        { keys: { jwks: { keys: [jwkForRs256] } }, algorithms: ['RS256', 'RS512', 'PS256'] },
        door.unknownKey,
      ],
    ])('takes no other algorithm of the same key than %s names', async (_way, options, code) => {
      const entrance = await door.open(accepting(options))
      for (const alg of ['RS512', 'PS256']) {
        expect(await entrance.present(mint(rsa(alg), {}, { kid: 'r1' }))).toBe(code)
      }
      expect(await entrance.present(mint(rsa(), {}, { kid: 'r1' }))).toBe('john')
    })

    it.each([
      ['an empty list', []],
      ['undefined', undefined],
      ['one name that is no list', 'RS256'],
      ['a list that mixes secrets and public keys', ['RS256', 'HS256']],
      ['an algorithm of encryption', ['RSA-OAEP']],
      ['another spelling', ['rs256']],
    ])('does not start with algorithms that are %s', async (_name, algorithms) => {
      const options = { ...accepting({ keys: { publicKey: spki } }), algorithms }
      expect(await startOf(door, options)).toMatch(/^algorithms/)
    })
  })

  advisory({ 32: 'CVE-2026-22818 (hono)' }, () => {
    it.each<readonly [string, SomeOptions]>([
      ['given', { keys: { jwks: { keys: [jwk, ecJwk] } } }],
      ['fetched', { keys: { jwksUrl: `${jwksUrl}/both` }, fetch: server.fetch }],
    ])(
      'lets a JWK without alg verify what its type allows, and no algorithm that a token asks for: %s',
      async (_way, options) => {
        server.says.set(`${jwksUrl}/both`, { keys: [jwk, ecJwk] })
        const entrance = await door.open(accepting(options))
        expect(await entrance.present(mint(hmac(JSON.stringify(jwk)), {}, { kid: 'r1' }))).toBe('algorithm_not_allowed')
        expect(await entrance.present(mint(ecdsa(), {}, { kid: 'r1' }))).toBe(door.unknownKey)
        expect(await entrance.present(mint(rsa(), {}, { kid: 'e1' }))).toBe(door.unknownKey)
        expect(await entrance.present(mint(rsa('PS256'), {}, { kid: 'r1' }))).toBe('john')
        expect(await entrance.present(mint(ecdsa(), {}, { kid: 'e1' }))).toBe('john')
      },
    )

    it('lets a JWK without alg verify no more than is listed', async () => {
      const entrance = await door.open(accepting({ keys: { jwks: { keys: [jwk, ecJwk] } }, algorithms: ['RS256'] }))
      expect(await entrance.present(mint(rsa('PS256'), {}, { kid: 'r1' }))).toBe('algorithm_not_allowed')
      expect(await entrance.present(mint(ecdsa(), {}, { kid: 'e1' }))).toBe('algorithm_not_allowed')
    })
  })
}

function keyTypes(door: Harness): void {
  advisory({ 3: 'CVE-2022-23541 (jsonwebtoken)' }, () => {
    const ofSecret = createVerificationKey({ secret, algorithm: 'HS256' })
    const ofRsa = createVerificationKey({ publicKey: spki })
    const ofEc = createVerificationKey({ publicKey: ecPair.publicKey })

    it.each([
      ['a public key for HS256', ['HS256'], ofRsa, mint(hmac(spki))],
      ['a secret for RS256', ['RS256'], ofSecret, mint(rsa())],
      ['an EC key for RS256', ['RS256', 'ES256'], ofEc, mint(rsa())],
      ['an RSA key for ES256', ['RS256', 'ES256'], ofRsa, mint(ecdsa())],
    ] as const)('binds the algorithm to the key that a look-up gives: %s', async (_name, algorithms, key, token) => {
      for (const find of [() => key, async () => key]) {
        const entrance = await door.open(accepting({ algorithms, keys: { find, has: () => true } }))
        expect(await entrance.present(token)).toBe('algorithm_not_allowed')
      }
    })

    it('takes what a look-up gives of the right type', async () => {
      const find = ({ alg }: KeyQuery) => (alg === 'RS256' ? ofRsa : ofEc)
      const entrance = await door.open(accepting({ keys: { find, has: () => true } }))
      expect([await entrance.present(mint(rsa())), await entrance.present(mint(ecdsa()))]).toEqual(['john', 'john'])
    })
  })

  advisory({ 4: 'CVE-2022-23539 (jsonwebtoken)' }, () => {
    it('does not start with an RSA key under 2,048 bits, a DSA key or a curve that JWS does not know', async () => {
      const weak = [short.publicKey, dsa.publicKey, secp256k1.publicKey]
      for (const publicKey of [...weak, ...weak.map(spkiOf), jwkOf(short.publicKey), exponent1]) {
        expect(await startOf(door, accepting({ keys: { publicKey } as never }))).toBe('keys.publicKey')
      }
    })

    it('leaves a weak key out of a set that it fetches', async () => {
      server.says.set(`${jwksUrl}/weak`, {
        keys: [jwkOf(short.publicKey, { kid: 'short' }), jwkOf(secp256k1.publicKey, { kid: 'k1' }), jwk],
      })
      const entrance = await door.open(accepting({ keys: { jwksUrl: `${jwksUrl}/weak` }, fetch: server.fetch }))
      expect(await entrance.present(mint(rsa('RS256', short.privateKey), {}, { kid: 'short' }))).toBe(door.unknownKey)
      expect(await entrance.present(mint(ecdsa(secp256k1.privateKey), {}, { kid: 'k1' }))).toBe(door.unknownKey)
      expect(await entrance.present(mint(rsa(), {}, { kid: 'r1' }))).toBe('john')
    })
  })
}
