import { createDecrypter } from '@claimcheck/core/encryption'
import { createSecretKey } from 'node:crypto'
import { createAuth, createVerificationKey } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import type { DecryptionKey } from '@claimcheck/core/encryption'
import { describe, expect, it } from 'vitest'
import { networkCanary, urlCanary } from './canary-rejections.ts'
import { canaryOptions, canaryToken, encryptedToken, encryptionCanary, secretCanary } from './canary-token.ts'
import { canaryOf, leaksIn } from './canary.ts'
import type { Canary } from './canary.ts'
import { privateKeys } from './private-keys.ts'
import { viewsOf } from './views.ts'

const { token } = canaryToken()
const tokenCanary = { name: 'the token', text: token }
const other = canaryOf('another secret')
const secrets = [secretCanary.text.repeat(2), other.text.repeat(2)]

const auths: readonly (readonly [string, AuthOptions])[] = [
  ['with a secret', canaryOptions],
  ['with secrets as bytes', { ...canaryOptions, keys: { secret: secrets.map((secret) => Buffer.from(secret)) } }],
  [
    'of a key source',
    {
      ...canaryOptions,
      algorithms: ['HS256'] as const,
      keys: { find: () => hmacKey, has: () => true },
    },
  ],
  ['without a cache', { ...canaryOptions, cache: null }],
]
const hmacKey = createVerificationKey({ secret: secrets[0] ?? '', algorithm: 'HS256' })

describe('an Auth', () => {
  it.each(auths)('printing an Auth %s reveals neither its secrets nor its tokens', async (_name, options) => {
    const auth = createAuth(options)
    const states = await auth.ready()
    await auth.verifyToken(token)
    await auth.verifyToken(token)
    await auth.verifyToken(`${token.slice(0, -4)}AAAA`).catch(() => undefined)
    for (const value of [auth, states, auth.keyStatus()])
      expect(leaksOf(value, [secretCanary, other, tokenCanary])).toEqual([])
  })

  it('printing an Auth with remote keys reveals neither the query of their URL, nor more than one line of the network error', async () => {
    const fetch = () => Promise.reject(new Error(networkCanary.text))
    const jwksUrl = `https://keys.example/jwks?key=${urlCanary.text}`
    const auth = createAuth({ ...canaryOptions, keys: { jwksUrl }, fetch })
    const states = await auth.ready()
    expect(states[0]?.lastError).not.toBeNull()
    expect(leaksOf([auth, states], [urlCanary])).toEqual([])
    expect(leaksIn(JSON.stringify(states), [networkCanary])).toEqual([])
  })
})

it('printing a verification key reveals nothing of the key', async () => {
  await hmacKey.checks('HS256')
  expect(leaksOf(hmacKey, [secretCanary])).toEqual([])
})

describe('an Auth with decryption keys', () => {
  const inner = canaryToken()
  const nested = encryptedToken(inner)
  const bytes = Buffer.from(encryptionCanary.text)
  const notOnCurve = (jwk: Readonly<Record<string, unknown>>) => ({ ...jwk, kid: 'broken', x: jwk['y'] })

  it.each<readonly [string, readonly DecryptionKey[]]>([
    ['a secret', [bytes]],
    ['a secret as a JWK', [{ kty: 'oct', k: bytes.toString('base64url') }]],
    ['a secret as a KeyObject', [createSecretKey(bytes)]],
    ...privateKeys
      .filter(({ name }) => name !== 'Ed25519')
      .flatMap(
        ({ name, keyObject, jwk, pems: [pem = ''] }): readonly (readonly [string, readonly DecryptionKey[]])[] => [
          [`a JWK of ${name}`, [bytes, jwk]],
          [`a KeyObject of ${name}`, [bytes, keyObject]],
          [`a PEM of ${name}`, [bytes, pem]],
          ...(name === 'EC' ? [[`a JWK of ${name} that cannot be imported`, [bytes, notOnCurve(jwk)]] as const] : []),
        ],
      ),
  ])('printing an Auth that decrypts with %s does not reveal it', async (_name, keys) => {
    const auth = createAuth({ ...canaryOptions, decrypt: createDecrypter({ keys }) })
    const states = await auth.ready()
    const principal = await auth.verifyToken(nested.token)
    expect(principal.token).toBe(nested.token)
    await auth.verifyToken(`${nested.token.slice(0, -4)}AAAA`).catch(() => undefined)
    const hidden = [secretCanary, encryptionCanary, ...privateKeys.flatMap(({ canaries }) => canaries)]
    const tokens = [
      { name: 'the inner token', text: inner.token },
      { name: 'the encrypted token', text: nested.token },
    ]
    for (const value of [auth, states, auth.keyStatus(), principal])
      expect(leaksOf(value, [...hidden, ...tokens])).toEqual([])
  })
})

describe('a principal', () => {
  it.each([
    ['fresh', { ...canaryOptions, cache: null }],
    ['cached', canaryOptions],
  ])('printing a %s principal does not reveal its token', async (_name, options) => {
    const auth = createAuth(options)
    await auth.verifyToken(token)
    const principal = await auth.verifyToken(token)
    expect(principal.token).toBe(token)
    const copies = [
      principal,
      { ...principal },
      Object.entries(principal),
      structuredClone({ ...principal }),
      [principal],
    ]
    for (const copy of copies) expect(leaksOf(copy, [tokenCanary])).toEqual([])
    expect(JSON.parse(JSON.stringify(principal))).not.toHaveProperty('token')
  })
})

/** The revealed canaries, each with the output that contains it. */
function leaksOf(value: unknown, canaries: readonly Canary[]): readonly string[] {
  return viewsOf(value).flatMap(([view, shown]) => leaksIn(shown, canaries).map((leaked) => `${leaked} in ${view}`))
}
