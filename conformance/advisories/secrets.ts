import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { createAuth, createVerificationKey } from '@claimcheck/core'
import type { VerificationKey } from '@claimcheck/core'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import {
  authOptions,
  advisory,
  audience,
  bearer,
  ecPair,
  FakeKeyServer,
  hmac,
  issuer,
  jwkOf,
  mint,
  nowSeconds,
  rsaPair,
  secret,
  spkiOf,
  startOf,
} from './advisory.ts'
import type { Harness, SomeOptions } from './advisory.ts'

const spki = spkiOf(rsaPair.publicKey)
const pkcs1 = rsaPair.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const ecSpki = spkiOf(ecPair.publicKey)
const der = rsaPair.publicKey.export({ type: 'spki', format: 'der' })
const jwk = JSON.stringify(jwkOf(rsaPair.publicKey, { kid: 'r1' }))

/** Characters before or after a key: white space, invisible ones and visible ones. */
const blanks = [' ', '\n', '\r\n', '\t', '\v', '\f', '\u00A0', '\u2028', '\u3000']
const unseen = ['\u0000', '\u0001', '\u001B', '\u007F', '\u00AD', '\u200B', '\u200D', '\u2060', '\uFEFF']
const seen = ['# the key of production\n', '// ', '"', "'", 'x', 'Bag Attributes\n    friendlyName: a\n']
const surroundings = [...blanks, ...unseen, ...seen]

/** Attacks with secrets that are public or empty. */
export function secretAdvisories(harness: Harness): void {
  publicText(harness)
  emptyKeys(harness)
  echoes(harness)
  comparisons(harness)
}

function publicText(harness: Harness): void {
  /** Returns those of the texts that are accepted as a secret. */
  const takenOf = async (texts: readonly (string | Uint8Array)[]) => {
    const taken: unknown[] = []
    for (const text of texts) {
      const start = await startOf(harness, authOptions({ keys: { secret: text } }))
      if (start !== 'keys.secret' || isSecret(text)) taken.push(text)
    }
    return taken
  }

  advisory({ 14: 'CVE-2023-48223 (fast-jwt)' }, () => {
    it('rejects a public key as a secret, whatever its PEM label', async () => {
      const labels = ['PUBLIC KEY', 'RSA PUBLIC KEY', 'EC PUBLIC KEY', 'CERTIFICATE', 'X509 CERTIFICATE', 'PRIVATE KEY']
      const relabelled = labels.map((label) => spki.replaceAll('PUBLIC KEY', label))
      expect(await takenOf([pkcs1, ecSpki, ...relabelled, Buffer.from(spki)])).toEqual([])
    })

    it('rejects other PEM labels for a public key', async () => {
      expect(await startOf(harness, authOptions({ keys: { publicKey: pkcs1 } }))).toBe('keys.publicKey')
    })
  })

  advisory({ 16: 'CVE-2026-34950 (fast-jwt)', 17: 'CVE-2026-107722 / GHSA-ww5h-9m49-7xx4 (fast-jwt)' }, () => {
    it('rejects a public key as a secret, whatever characters surround it', async () => {
      const texts = [spki, pkcs1, jwk].flatMap((key) =>
        surroundings.flatMap((other) => [other + key, key + other, other + key + other]),
      )
      expect(await takenOf(texts)).toEqual([])
    })

    it('accepts white space around a PEM, and does not use it for HS256', async () => {
      for (const blank of [' ', '\n', '\r\n', '\t', '\uFEFF']) {
        const publicKey = blank + spki + blank
        const api = await harness.start(authOptions({ keys: { publicKey } }))
        expect(await api.sendToken(mint(hmac(publicKey)))).toBe('algorithm_not_allowed')
      }
      for (const other of ['\u0000', '\u200B', 'x', '# the key of production\n']) {
        expect(await startOf(harness, authOptions({ keys: { publicKey: other + spki } }))).toBe('keys.publicKey')
      }
    })
  })

  advisory({ 18: 'CVE-2026-107724 / GHSA-g3jj-5cmm-3hxx (fast-jwt)' }, () => {
    const secretJwk = JSON.stringify({ kty: 'oct', k: Buffer.from(secret).toString('base64url') })
    const jwks = JSON.stringify({ keys: [JSON.parse(jwk)] })
    const texts = [jwk, jwks, secretJwk, `[${jwk}]`, `[${jwk},${secretJwk}]`, JSON.stringify(JSON.parse(jwks), null, 2)]

    it('rejects a JWK, a JWK Set, PEM and DER as a secret', async () => {
      expect(await takenOf([...texts, ...texts.map((text) => Buffer.from(text)), spki, der])).toEqual([])
    })

    it('rejects a JWK, a JWK Set, PEM and DER in base64 as a secret', async () => {
      const keys = [...texts, spki, pkcs1, der].map((key) => Buffer.from(key))
      expect(await takenOf(keys.flatMap((key) => [key.toString('base64'), key.toString('base64url')]))).toEqual([])
    })
  })
}

function emptyKeys(harness: Harness): void {
  advisory({ 19: 'CVE-2026-44351 / GHSA-gmvf-9v4p-v8jc (fast-jwt)' }, () => {
    const signedWithNothing = mint(hmac(''), { sub: 'root' })
    const empties = ['', null, undefined, new Uint8Array(), Buffer.alloc(0), 0, false, {}, [], { kty: 'oct', k: '' }]

    it.each(empties.map((empty): [unknown] => [empty]))(
      'rejects a value from a key look-up that is not a key: %o',
      async (empty) => {
        const finds = [() => empty, async () => empty, () => Promise.resolve(empty)]
        for (const find of finds as readonly (() => VerificationKey)[]) {
          const options = { algorithms: ['HS256'], keys: { find, has: () => true } } as const
          const api = await harness.start(authOptions(options))
          expect(await api.sendToken(signedWithNothing)).toBe('keys_unavailable')
        }
      },
    )

    it('creates no key from an empty secret, in whatever form', async () => {
      for (const empty of ['', new Uint8Array()]) {
        expect(() => createVerificationKey({ secret: empty, algorithm: 'HS256' })).toThrow(
          /^Invalid option "secret": expected/,
        )
      }
      const keys = { jwks: { keys: [{ kty: 'oct', k: '' }] } }
      expect(await startOf(harness, authOptions({ keys }))).toBe('keys.jwks.keys[0]')
    })

    it('ignores an empty secret in a fetched set', async () => {
      const server = new FakeKeyServer()
      const keys = server.at('https://issuer.example/keys', { keys: [{ kty: 'oct', kid: 'o1', k: '', alg: 'HS256' }] })
      const api = await harness.start(authOptions({ keys, fetch: server.fetch }))
      expect(await api.sendToken(mint(hmac(''), {}, { kid: 'o1' }))).toBe('algorithm_not_allowed')
    })
  })

  advisory({ 20: 'CVE-2026-107720 / GHSA-8wpc-h4q6-8fxv (fast-jwt)' }, () => {
    afterEach(() => vi.unstubAllEnvs())

    it.each<readonly [string, SomeOptions['algorithms'], readonly string[]]>([
      ['secret', ['HS256'], ['secret']],
      ['publicKey', ['RS256'], ['publicKey']],
      ['jwks', ['RS256'], ['jwks']],
      ['jwksUrl', ['RS256'], ['jwksUrl']],
    ])('does not start with algorithms and an empty %s', async (name, algorithms) => {
      for (const empty of ['', null, undefined]) {
        const keys = { [name]: empty } as never
        expect(await startOf(harness, { ...authOptions(), algorithms, keys })).toBe(`keys.${name}`)
      }
      expect(await startOf(harness, { ...authOptions(), algorithms, keys: null })).toBe('keys')
      expect(await startOf(harness, { ...authOptions(), algorithms, keys: undefined })).toBe('keys')
    })

    if (!harness.isCore) return

    it('does not start from an environment whose secret is empty or short', () => {
      vi.stubEnv('JWT_ISSUER', issuer)
      vi.stubEnv('JWT_AUDIENCE', audience)
      for (const value of ['', ' ', 'secret', 'undefined', 'null']) {
        vi.stubEnv('JWT_SECRET', value)
        expect(() => createAuth()).toThrow(/^Invalid variable "JWT_SECRET": expected/)
      }
    })
  })
}

function echoes(harness: Harness): void {
  advisory({ 35: 'hono#291 (hono)' }, () => {
    const canary = 'CANARY'
    const canarySecret = `${canary} of a secret, thirty-two bytes long`
    const claims = { sub: `${canary}-sub`, tenant: `${canary}-claim` }
    const fail = () => {
      throw new Error(`${canary} of the network`)
    }

    const cases: readonly (readonly [string, SomeOptions, string])[] = [
      ['a token of another secret', {}, mint(hmac(secret), claims)],
      ['an expired token', {}, mint(hmac(canarySecret), { ...claims, exp: nowSeconds - 60 })],
      ['another audience', {}, mint(hmac(canarySecret), { ...claims, aud: canary })],
      ['another issuer', {}, mint(hmac(canarySecret), { ...claims, iss: `https://${canary}.example` })],
      ['another type', {}, mint(hmac(canarySecret), claims, { typ: canary })],
      ['another algorithm', {}, mint({ ...hmac(canarySecret), alg: canary }, claims)],
      ['a claim of the wrong type', {}, mint(hmac(canarySecret), { ...claims, jti: [canary] })],
      ['a client that is not accepted', { clients: 'web' }, mint(hmac(canarySecret), { ...claims, azp: canary })],
      ['a text that is not a token', {}, `${canary}.${canary}.${canary}`],
      ['a revocation that fails', { isRevoked: fail }, mint(hmac(canarySecret), claims)],
      [
        'a key source that fails',
        { keys: { find: fail, has: fail }, algorithms: ['HS256'] },
        mint(hmac(canarySecret), claims),
      ],
    ]

    it.each(cases)(
      'reveals nothing of the secret, the token or the claims in its response to %s',
      async (_name, options, token) => {
        const api = await harness.start(authOptions({ keys: { secret: canarySecret }, ...options }))
        const response = await api.readResponse({ headers: [bearer(token)] })
        expect(response).toMatch(/^HTTP\/1\.1 (401|503) /)
        for (const part of [canary, 'eyJ', token]) expect(response).not.toContain(part)
      },
    )

    it('reveals nothing of a secret with which it does not start', () => {
      for (const value of [canary, `${spki}${canary}`, [canary], { canary }]) {
        let message = ''
        try {
          createAuth(authOptions({ keys: { secret: value } as never }))
        } catch (error) {
          message = String(error)
        }
        expect(message).toMatch(/^ConfigError: Invalid option "keys\.secret/)
        expect(message.toLowerCase()).not.toContain(canary.toLowerCase())
      }
    })
  })
}

function comparisons(harness: Harness): void {
  advisory({ 38: 'CVE-2022-31142 (@fastify/bearer-auth)' }, () => {
    it('has no other secret to compare: no API keys, no cookie or form secrets', async () => {
      for (const keys of [['a static key'], new Set(['a static key']), { keys: ['a static key'] }]) {
        expect(await startOf(harness, { ...authOptions(), keys })).toMatch(/^keys/)
      }
      for (const name of ['csrf', 'secret', 'signed', 'header']) {
        const tokenFrom = { cookie: 'access', [name]: 'a secret that both sides know' }
        expect(await startOf(harness, { ...authOptions(), tokenFrom })).toBe(`tokenFrom.${name}`)
      }
    })

    it('compares a complete MAC in constant time, whatever prefix the attacker guessed', async () => {
      const native = vi.spyOn(nodeCrypto, 'timingSafeEqual')
      const web = vi.spyOn(crypto.subtle, 'verify')
      syncBuiltinESMExports()
      onTestFinished(() => {
        native.mockRestore()
        web.mockRestore()
        syncBuiltinESMExports()
      })
      const api = await harness.start(authOptions({ keys: { secret }, cache: null }))
      const good = mint(hmac(secret))
      const [signed, mac] = [good.slice(0, good.lastIndexOf('.')), good.slice(good.lastIndexOf('.') + 1)]
      const guesses = [0, 1, 16, 31].map((right) => {
        const guess = Buffer.from(mac, 'base64url').map((byte, index) => (index < right ? byte : byte ^ 1))
        return `${signed}.${Buffer.from(guess).toString('base64url')}`
      })
      for (const guess of guesses) expect(await api.sendToken(guess)).toBe('signature_invalid')
      expect(await api.sendToken(good)).toBe('john')
      const lengths = [
        ...native.mock.calls.map(([expected, sent]) => [expected.byteLength, sent.byteLength]),
        ...web.mock.calls.map(([, , sent]) => [32, sent.byteLength]),
      ]
      expect(lengths).toEqual([...guesses, good].map(() => [32, 32]))
    })
  })
}

function isSecret(text: string | Uint8Array): boolean {
  try {
    createVerificationKey({ secret: text, algorithm: 'HS256' })
    return true
  } catch {
    return false
  }
}
