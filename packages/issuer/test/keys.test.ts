import { generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { createAuth, isAuthError } from '@claimcheck/core'
import type { Auth, AuthOptions } from '@claimcheck/core'
import { describe, expect, it, vi } from 'vitest'
import { createIssuer, generateKeys, importSigningKey } from '../src/index.ts'
import type { PrivateSigningKey, SigningKey } from '../src/index.ts'
import { Clock, decode, issuerOf, names, start } from './settings.ts'

const [first, second, third] = await Promise.all([generateKeys('ES256'), generateKeys('ES256'), generateKeys('EdDSA')])
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))

function kidOf({ privateKey }: PrivateSigningKey): unknown {
  return privateKey['kid']
}

function kids(issuer: ReturnType<typeof createIssuer>): readonly unknown[] {
  return (issuer.jwks().body['keys'] as readonly { kid: string }[]).map(({ kid }) => kid)
}

describe('a signing key', () => {
  it('imports a signing key again at the next login if an edge runtime cancelled the import with its request', async () => {
    const issuer = issuerOf(await generateKeys('ES256'))
    const importKey = vi.spyOn(crypto.subtle, 'importKey').mockImplementationOnce(() => new Promise(() => undefined))
    try {
      void issuer.login({ sub: 'john' })
      await vi.waitFor(() => expect(importKey).toHaveBeenCalledOnce())
      expect(await issuer.login({ sub: 'john' })).toMatchObject({ accessToken: expect.any(String) })
    } finally {
      importKey.mockRestore()
    }
  })
})

describe('the key schedule', () => {
  it('publishes the next key before it signs, and the old key until its last token has expired', async () => {
    const clock = new Clock()
    const issuer = issuerOf(first, { now: clock.now, accessTokenSeconds: 600, publishAheadSeconds: 900 })
    const signing = async () => decode((await issuer.login({ sub: 'john' })).accessToken).header as { kid: string }
    const next = await issuer.rotateKeys(second)
    expect(next.signsFrom).toBe(start + 900)
    for (const [seconds, signs, published] of [
      [0, first, [first, second]],
      [899, first, [first, second]],
      [900, second, [first, second]],
      [900 + 600 + 299, second, [first, second]], // a verifier whose clock is five minutes behind
      [900 + 600 + 300, second, [second]],
    ] as const) {
      clock.seconds = start + seconds
      expect([seconds, (await signing()).kid, kids(issuer)]).toEqual([seconds, kidOf(signs), published.map(kidOf)])
    }
  })

  it('signs with the same key in every process that has the same keys', async () => {
    const clock = new Clock()
    const issuer = issuerOf(first, { now: clock.now })
    const stored = [first, await issuer.rotateKeys()]
    const other = issuerOf(JSON.parse(JSON.stringify(stored)) as SigningKey[], { now: clock.now })
    for (const seconds of [0, 599, 600, 1199, 1200, 5000]) {
      clock.seconds = start + seconds
      const [one, two] = await Promise.all([issuer, other].map(async ({ login }) => login({ sub: 'john' })))
      expect(decode(one?.accessToken ?? '').header).toEqual(decode(two?.accessToken ?? '').header)
      expect(kids(other)).toEqual(kids(issuer))
    }
  })

  it('lets two keys that are added at the same time sign one after the other', async () => {
    const issuer = issuerOf(first)
    const [one, two] = [await issuer.rotateKeys(second), await issuer.rotateKeys(third)]
    expect([one.signsFrom, two.signsFrom]).toEqual([start + 600, start + 601])
    expect(kids(issuer)).toEqual([first, second, third].map(kidOf))
  })

  it('rejects a key whose signsFrom is in the past, because the old key would be withdrawn too early', async () => {
    const issuer = issuerOf(first)
    await expect(issuer.rotateKeys({ ...second, signsFrom: start - 1 })).rejects.toMatchObject({
      name: 'ConfigError',
      option: 'next.signsFrom',
    })
    await expect(issuer.rotateKeys({ ...second, signsFrom: start })).resolves.toMatchObject({ signsFrom: start })
    expect(kids(issuer)).toEqual([first, second].map(kidOf))
  })

  it('requires the next key if the current key is in a KMS', async () => {
    const pairOf = () => generateKeyPairSync('ed25519')
    const external = async (pair = pairOf()) => {
      const sign = async (input: Uint8Array) => signBytes(null, input, pair.privateKey)
      return importSigningKey({ publicKey: pair.publicKey, sign })
    }
    const issuer = issuerOf(await external(), { publishAheadSeconds: 0 })
    await expect(issuer.rotateKeys()).rejects.toMatchObject({ name: 'ConfigError', option: 'next' })
    const next = await external()
    await issuer.rotateKeys(next)
    expect(decode((await issuer.login({ sub: 'john' })).accessToken).header).toMatchObject({
      kid: next.publicKey['kid'],
    })
  })

  it('generates the next key for the same algorithm', async () => {
    const secrets = issuerOf({ secret: 'x1'.repeat(32), algorithm: 'HS512' })
    expect(await secrets.rotateKeys()).toMatchObject({ algorithm: 'HS512', signsFrom: start + 600 })
    expect(await issuerOf(third).rotateKeys()).toMatchObject({ privateKey: { alg: 'EdDSA', use: 'sig' } })
  })

  it('rejects a key that it already contains, and a key with the signsFrom of another key', async () => {
    const issuer = issuerOf([first, { ...second, signsFrom: start + 50 }])
    await expect(issuer.rotateKeys(second)).rejects.toMatchObject({ name: 'ConfigError', option: 'next' })
    for (const signsFrom of [start + 50, start + 49, start - 1]) {
      await expect(issuer.rotateKeys({ ...third, signsFrom })).rejects.toMatchObject({ option: 'next.signsFrom' })
    }
    expect(kids(issuer)).toEqual([first, second].map(kidOf))
  })

  it(
    'never rejects a valid token and never accepts an expired one during key rotations',
    { timeout: 30_000 },
    async () => {
      const clock = new Clock()
      const random = pseudoRandom(seed)
      const issuer = issuerOf(first, { now: clock.now, accessTokenSeconds: 300, publishAheadSeconds: 60 })
      const auth = authOf({ keys: issuer.keySource(), now: clock.now })
      const tokens: { readonly token: string; readonly until: number }[] = []
      for (let step = 0; step < 400; step++) {
        clock.seconds += random() * 60
        if (random() < 0.05) await issuer.rotateKeys()
        const { accessToken, expiresIn } = await issuer.login({ sub: 'john' })
        tokens.push({ token: accessToken, until: Math.floor(clock.seconds) + expiresIn })
        const { token, until } = tokens[Math.floor(random() * tokens.length)] ?? expect.fail('there are tokens')
        const verdict = await verdictOf(auth, token)
        if (clock.seconds < until) expect([seed, step, verdict]).toEqual([seed, step, 'valid'])
        else if (clock.seconds > until + 5) expect([seed, step, verdict]).not.toEqual([seed, step, 'valid'])
        expect(kids(issuer).length).toBeLessThan(15)
      }
    },
  )

  it('removes a key when its last token has expired, also from the key source', async () => {
    const clock = new Clock()
    const issuer = issuerOf(first, { now: clock.now, accessTokenSeconds: 300, publishAheadSeconds: 0 })
    const source = issuer.keySource()
    const query = { alg: 'ES256', kid: String(kidOf(first)) }
    const key = await source.find(query)
    await issuer.rotateKeys(second)
    expect(source.has(key)).toBe(true)
    clock.seconds += 600
    expect(source.has(key)).toBe(false)
    expect(() => source.find(query)).toThrow(expect.objectContaining({ logCode: 'key_not_found' }) as Error)
  })
})

describe('the published keys', () => {
  it('publishes no private property of any type of key', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const rsa = await importSigningKey({ privateKey: pair.privateKey, signsFrom: start + 1 })
    const external = await importSigningKey({
      publicKey: generateKeyPairSync('ed25519').publicKey,
      sign: async () => new Uint8Array(),
      signsFrom: start + 2,
    })
    const { headers, body, path } = issuerOf([first, rsa, external]).jwks()
    expect([path, headers]).toEqual([
      '/.well-known/jwks.json',
      { 'Content-Type': 'application/jwk-set+json', 'Cache-Control': 'public, max-age=300' },
    ])
    expect((body['keys'] as readonly object[]).map((key) => Object.keys(key).toSorted())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
    ])
  })

  it('publishes no secrets', () => {
    expect(issuerOf({ secret: 'x1'.repeat(16) }).jwks().body).toEqual({ keys: [] })
  })

  it('lets clients cache the published keys no longer than publishAheadSeconds', () => {
    const cacheControl = (publishAheadSeconds: number) => {
      return issuerOf(first, { publishAheadSeconds }).jwks().headers['Cache-Control']
    }
    expect([0, 60, 300, 86_400].map(cacheControl)).toEqual([
      'no-store',
      'public, max-age=60',
      'public, max-age=300',
      'public, max-age=300',
    ])
  })

  it.each([
    ['https://auth.example.com', 'https://auth.example.com/.well-known/jwks.json', '', ''],
    ['https://auth.example.com/', 'https://auth.example.com/.well-known/jwks.json', '', ''],
    ['https://example.com/auth', 'https://example.com/auth/.well-known/jwks.json', '/auth', '/auth'],
  ])('publishes the paths and the jwks_uri of the issuer %s in its metadata', (name, jwksUri, before, after) => {
    const { paths, headers, body } = createIssuer({ ...names, issuer: name, keys: first }).metadata()
    expect(paths).toEqual([
      `${before}/.well-known/openid-configuration`,
      `/.well-known/oauth-authorization-server${after}`,
    ])
    expect(headers).toEqual({ 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=300' })
    expect(body).toEqual({ issuer: name, jwks_uri: jwksUri, response_types_supported: [] })
  })
})

describe('an API in another process', () => {
  it.each(['https://auth.example.com', 'https://example.com/auth/'])(
    'lets an API in another process verify tokens of %s by discovery, before and after a rotation',
    async (name) => {
      const clock = new Clock()
      const issuer = createIssuer({ ...names, issuer: name, keys: first, now: clock.now })
      const urls: string[] = []
      const auth = authOf({
        issuer: name,
        now: clock.now,
        fetch: async (url: string) => {
          urls.push(url)
          const [jwks, metadata] = [issuer.jwks(), issuer.metadata()]
          const { pathname } = new URL(url)
          const document = pathname === jwks.path ? jwks : metadata.paths.includes(pathname) ? metadata : null
          return document === null
            ? new Response('', { status: 404 })
            : Response.json(document.body, { headers: document.headers })
        },
      })
      const { accessToken: early } = await issuer.login({ sub: 'john' })
      expect(await verdictOf(auth, early)).toBe('valid')
      await issuer.rotateKeys(second)
      clock.seconds += 601
      const { accessToken: late } = await issuer.login({ sub: 'john' })
      expect(decode(late).header).toMatchObject({ kid: kidOf(second) })
      expect(await verdictOf(auth, late)).toBe('valid')
      expect(new Set(urls).size).toBe(2)
    },
  )
})

describe('issuer.ready', () => {
  it('imports every key in ready()', async () => {
    await expect(issuerOf([first, { ...third, signsFrom: start + 9 }]).ready()).resolves.toBeUndefined()
  })

  it.each(['ES256', 'ES384', 'EdDSA'] as const)(
    'rejects in ready() if the private part of an %s key belongs to another key',
    async (alg) => {
      const [one, other] = await Promise.all([generateKeys(alg), generateKeys(alg)])
      const mixed = { privateKey: { ...one.privateKey, d: other.privateKey['d'] } }
      await expect(issuerOf(mixed).ready()).rejects.toMatchObject({ name: 'ConfigError', option: 'keys.privateKey' })
    },
  )
})

function authOf(more: Partial<AuthOptions>): Auth {
  return createAuth({ issuer: names.issuer, audience: names.audience, profile: 'at+jwt', ...more } as AuthOptions)
}

async function verdictOf(auth: Auth, token: string): Promise<string> {
  try {
    await auth.verifyToken(token)
    return 'valid'
  } catch (error) {
    return isAuthError(error) ? error.logCode : String(error)
  }
}

/** mulberry32 */
function pseudoRandom(from: number): () => number {
  let state = from
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
