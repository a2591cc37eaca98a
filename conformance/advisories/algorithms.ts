import { createHash, generateKeyPairSync } from 'node:crypto'
import { createVerificationKey } from '@claimcheck/core'
import type { KeyQuery } from '@claimcheck/core'
import { expect, it } from 'vitest'
import {
  authOptions,
  advisory,
  allOf,
  ecdsa,
  ecPair,
  FakeKeyServer,
  hmac,
  jwkOf,
  mint,
  outcomesOf,
  rsa,
  rsaPair,
  secret,
  spkiOf,
  startOf,
} from './advisory.ts'
import type { Harness, SomeOptions } from './advisory.ts'

const spki = spkiOf(rsaPair.publicKey)
const der = rsaPair.publicKey.export({ type: 'spki', format: 'der' })
const jwk = jwkOf(rsaPair.publicKey, { kid: 'r1' })
const jwkForRs256 = { ...jwk, alg: 'RS256' }
const ecJwk = jwkOf(ecPair.publicKey, { kid: 'e1' })
const jwksUrl = 'https://issuer.example/keys'

const server = new FakeKeyServer()
server.responses.set(jwksUrl, { keys: [jwk] })

/** Keys that are too weak or not supported by JWS. */
const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
const exponent1 = { ...jwk, e: 'AQ' }

/** The byte sequences that an attacker can use as an HMAC secret, because they are derived from the public key. */
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

/** The ways to configure a public key. */
const publicKeys: readonly (readonly [string, SomeOptions])[] = [
  ['a PEM', { keys: { publicKey: spki } }],
  ['a JWK', { keys: { publicKey: jwk } }],
  ['a KeyObject', { keys: { publicKey: rsaPair.publicKey } }],
  ['a JWK Set', { keys: { jwks: { keys: [jwkForRs256, ecJwk] } } }],
  ['a JWK Set without alg', { keys: { jwks: { keys: [jwk, ecJwk] } } }],
  ['a URL', { keys: { jwksUrl }, fetch: server.fetch }],
]

/** Attacks on the choice of the algorithm. */
export function algorithmAdvisories(harness: Harness): void {
  confusion(harness)
  unsigned(harness)
  allowLists(harness)
  keyTypes(harness)
}

function confusion(harness: Harness): void {
  advisory(
    {
      1: 'CVE-2015-9235 (jsonwebtoken)',
      5: 'CVE-2016-10555 (jwt-simple)',
      8: 'CVE-2023-48238 (json-web-token)',
      45: 'GHSA-4q3h-vp4r-prv2 (parse-server)',
    },
    () => {
      it.each(publicKeys)(
        'rejects HS256 signed with the PEM, DER or JWK of the public key, which is configured as %s',
        async (_way, options) => {
          const api = await harness.start(authOptions(options))
          for (const alg of ['HS256', 'HS384', 'HS512']) {
            const forged = Object.entries(publicTexts).flatMap(([name, text]) => [
              [name, mint(hmac(text, alg), { sub: 'root' }, { kid: 'r1' })],
              [`${name}, without kid`, mint(hmac(text, alg), { sub: 'root' })],
            ])
            const tokens = Object.fromEntries(forged) as Readonly<Record<string, string>>
            expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'algorithm_not_allowed'))
          }
          expect(await api.sendToken(mint(rsa(), {}, { kid: 'r1' }))).toBe('john')
        },
      )
    },
  )
}

function unsigned(harness: Harness): void {
  advisory({ 2: 'CVE-2022-23540 (jsonwebtoken)', 6: 'CVE-2016-1000223 (jws)' }, () => {
    const names = ['none', 'None', 'NONE', 'nOnE', 'none ', '\u0000none', 'null', 'undefined', 'false', '']

    it.each<readonly [string, SomeOptions, string]>([
      ['a secret', { keys: { secret } }, mint(hmac())],
      ['a public key', { keys: { publicKey: spki } }, mint(rsa())],
    ])('rejects none in any spelling and an empty signature, with %s', async (_way, options, good) => {
      const api = await harness.start(authOptions(options))
      const [header = '', payload = '', signature = ''] = good.split('.')
      const tokens: Record<string, string> = {}
      for (const alg of names) {
        const nothing = { alg, sign: () => new Uint8Array() }
        const bare = mint(nothing, { sub: 'root' })
        tokens[`${alg}, unsigned`] = bare
        tokens[`${alg}, with the signature of another`] = bare + signature
        tokens[`${alg}, signed with nothing`] = mint({ ...hmac(''), alg })
      }
      expect(await outcomesOf(api, tokens)).toEqual(allOf(tokens, 'algorithm_not_allowed'))
      expect(await api.sendToken(`${header}.${payload}.`)).toBe('signature_invalid')
      expect(await api.sendToken(`${header}.${payload}`)).toBe('token_malformed')
      expect(await api.sendToken(good)).toBe('john')
    })

    it('does not start without a secret or with none as an algorithm', async () => {
      for (const empty of ['', undefined, null, false, 0, Number.NaN, [], new Uint8Array()]) {
        expect(await startOf(harness, authOptions({ keys: { secret: empty } as never }))).toBe('keys.secret')
      }
      expect(await startOf(harness, authOptions({ keys: { secret: ['', secret] } }))).toBe('keys.secret[0]')
      for (const algorithms of [['none'], ['HS256', 'none'], ['NONE'], [''], [undefined]]) {
        const start = await startOf(harness, authOptions({ keys: { secret }, algorithms: algorithms as never }))
        expect(start).toMatch(/^algorithms/)
      }
    })
  })
}

function allowLists(harness: Harness): void {
  advisory({ 31: 'CVE-2026-22817 (hono)', 36: 'CVE-2020-15084 (express-jwt)' }, () => {
    const longSecret = `${secret}, and so much more of it that HS512 takes it`

    it('accepts only HS256 if a secret and no algorithm is configured', async () => {
      const api = await harness.start(authOptions({ keys: { secret: longSecret } }))
      for (const alg of ['HS384', 'HS512']) {
        expect(await api.sendToken(mint(hmac(longSecret, alg)))).toBe('algorithm_not_allowed')
      }
      expect(await api.sendToken(mint(hmac(longSecret)))).toBe('john')
    })

    it.each<readonly [string, SomeOptions, string]>([
      ['the list', { keys: { publicKey: spki }, algorithms: ['RS256'] }, 'algorithm_not_allowed'],
      ['the JWK', { keys: { jwks: { keys: [jwkForRs256] } } }, 'algorithm_not_allowed'],
      [
        'the JWK, though the list has more',
        { keys: { jwks: { keys: [jwkForRs256] } }, algorithms: ['RS256', 'RS512', 'PS256'] },
        harness.unknownKey,
      ],
    ])('accepts no algorithm of the same key except the one in %s', async (_way, options, code) => {
      const api = await harness.start(authOptions(options))
      for (const alg of ['RS512', 'PS256']) {
        expect(await api.sendToken(mint(rsa(alg), {}, { kid: 'r1' }))).toBe(code)
      }
      expect(await api.sendToken(mint(rsa(), {}, { kid: 'r1' }))).toBe('john')
    })

    it.each([
      ['an empty list', []],
      ['undefined', undefined],
      ['a string instead of an array', 'RS256'],
      ['a list that mixes secrets and public keys', ['RS256', 'HS256']],
      ['an algorithm of encryption', ['RSA-OAEP']],
      ['another spelling', ['rs256']],
    ])('does not start with algorithms that are %s', async (_name, algorithms) => {
      const options = { ...authOptions({ keys: { publicKey: spki } }), algorithms }
      expect(await startOf(harness, options)).toMatch(/^algorithms/)
    })
  })

  advisory({ 32: 'CVE-2026-22818 (hono)' }, () => {
    it.each<readonly [string, SomeOptions]>([
      ['configured', { keys: { jwks: { keys: [jwk, ecJwk] } } }],
      ['fetched', { keys: { jwksUrl: `${jwksUrl}/both` }, fetch: server.fetch }],
    ])(
      'verifies with a JWK without alg only algorithms of its type, even if the token asks for another: %s',
      async (_way, options) => {
        server.responses.set(`${jwksUrl}/both`, { keys: [jwk, ecJwk] })
        const api = await harness.start(authOptions(options))
        expect(await api.sendToken(mint(hmac(JSON.stringify(jwk)), {}, { kid: 'r1' }))).toBe('algorithm_not_allowed')
        expect(await api.sendToken(mint(ecdsa(), {}, { kid: 'r1' }))).toBe(harness.unknownKey)
        expect(await api.sendToken(mint(rsa(), {}, { kid: 'e1' }))).toBe(harness.unknownKey)
        expect(await api.sendToken(mint(rsa('PS256'), {}, { kid: 'r1' }))).toBe('john')
        expect(await api.sendToken(mint(ecdsa(), {}, { kid: 'e1' }))).toBe('john')
      },
    )

    it('verifies with a JWK without alg only the configured algorithms', async () => {
      const api = await harness.start(authOptions({ keys: { jwks: { keys: [jwk, ecJwk] } }, algorithms: ['RS256'] }))
      expect(await api.sendToken(mint(rsa('PS256'), {}, { kid: 'r1' }))).toBe('algorithm_not_allowed')
      expect(await api.sendToken(mint(ecdsa(), {}, { kid: 'e1' }))).toBe('algorithm_not_allowed')
    })
  })
}

function keyTypes(harness: Harness): void {
  advisory({ 3: 'CVE-2022-23541 (jsonwebtoken)' }, () => {
    const ofSecret = createVerificationKey({ secret, algorithm: 'HS256' })
    const ofRsa = createVerificationKey({ publicKey: spki })
    const ofEc = createVerificationKey({ publicKey: ecPair.publicKey })

    it.each([
      ['a public key for HS256', ['HS256'], ofRsa, mint(hmac(spki))],
      ['a secret for RS256', ['RS256'], ofSecret, mint(rsa())],
      ['an EC key for RS256', ['RS256', 'ES256'], ofEc, mint(rsa())],
      ['an RSA key for ES256', ['RS256', 'ES256'], ofRsa, mint(ecdsa())],
    ] as const)('uses the algorithm of the key that a look-up returned: %s', async (_name, algorithms, key, token) => {
      for (const find of [() => key, async () => key]) {
        const api = await harness.start(authOptions({ algorithms, keys: { find, has: () => true } }))
        expect(await api.sendToken(token)).toBe('algorithm_not_allowed')
      }
    })

    it('accepts keys of the right type from a look-up', async () => {
      const find = ({ alg }: KeyQuery) => (alg === 'RS256' ? ofRsa : ofEc)
      const api = await harness.start(authOptions({ keys: { find, has: () => true } }))
      expect([await api.sendToken(mint(rsa())), await api.sendToken(mint(ecdsa()))]).toEqual(['john', 'john'])
    })
  })

  advisory({ 4: 'CVE-2022-23539 (jsonwebtoken)' }, () => {
    it('does not start with an RSA key under 2,048 bits, a DSA key or a curve that JWS does not support', async () => {
      const weak = [short.publicKey, dsa.publicKey, secp256k1.publicKey]
      for (const publicKey of [...weak, ...weak.map(spkiOf), jwkOf(short.publicKey), exponent1]) {
        expect(await startOf(harness, authOptions({ keys: { publicKey } as never }))).toBe('keys.publicKey')
      }
    })

    it('ignores weak keys in a fetched set', async () => {
      server.responses.set(`${jwksUrl}/weak`, {
        keys: [jwkOf(short.publicKey, { kid: 'short' }), jwkOf(secp256k1.publicKey, { kid: 'k1' }), jwk],
      })
      const api = await harness.start(authOptions({ keys: { jwksUrl: `${jwksUrl}/weak` }, fetch: server.fetch }))
      expect(await api.sendToken(mint(rsa('RS256', short.privateKey), {}, { kid: 'short' }))).toBe(harness.unknownKey)
      expect(await api.sendToken(mint(ecdsa(secp256k1.privateKey), {}, { kid: 'k1' }))).toBe(harness.unknownKey)
      expect(await api.sendToken(mint(rsa(), {}, { kid: 'r1' }))).toBe('john')
    })
  })
}
