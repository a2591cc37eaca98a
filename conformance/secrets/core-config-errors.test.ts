import { createDecrypter } from '@claimcheck/core/encryption'
import { createSecretKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import { ConfigError, createAuth, createVerificationKey } from '@claimcheck/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { audience, issuer } from '../src/hmac-issuer.ts'
import { canaryOf, leaksIn } from './canary.ts'
import { privateKeys } from './private-keys.ts'
import { viewsOfCauses, viewsOfError } from './views.ts'

const secretCanary = canaryOf('a secret')
const { text } = secretCanary
const secret = text + text
const encoded = Buffer.from(secret).toString('base64url')
const publicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const secretKey = await webcrypto.subtle.importKey(
  'raw',
  Buffer.from(secret),
  { name: 'HMAC', hash: 'SHA-256' },
  true,
  ['verify'],
)

type Row = readonly [name: string, settings: unknown]

const withKeys = (name: string, keys: unknown): Row => [name, { issuer, audience, keys }]

const withDecrypt = (name: string, decrypter: unknown): Row => [
  name,
  () => createAuth({ issuer, audience, keys: { publicKey: publicJwk }, decrypt: createDecrypter(decrypter as never) }),
]

/** Secrets in wrong places, and secrets that are rejected in the right place. */
const secrets: readonly Row[] = [
  ['a secret instead of the options', secret],
  ['an array of secrets instead of the options', [secret]],
  withKeys('a secret for the keys', secret),
  withKeys('a list of secrets for the keys', [secret]),
  withKeys('the bytes of a secret for the keys', Buffer.from(secret)),
  withKeys('a secret under another name', { secretKey: secret }),
  withKeys('a secret and a public key', { secret, publicKey: publicJwk }),
  withKeys('a secret that is too short', { secret: text.slice(0, 31) }),
  withKeys('a secret that is too short as bytes', { secret: Buffer.from(text.slice(0, 31)) }),
  withKeys('a second secret that is too short', { secret: [secret, text.slice(0, 31)] }),
  withKeys('a secret in an object', { secret: { value: secret } }),
  withKeys('a secret in a list in a list', { secret: [[secret]] }),
  withKeys('a secret that is a PEM', { secret: `-----BEGIN SECRET KEY-----\n${encoded}\n-----END SECRET KEY-----` }),
  withKeys('a secret that is a JWK', { secret: JSON.stringify({ kty: 'oct', k: encoded }) }),
  withKeys('a secret as a KeyObject', { secret: createSecretKey(Buffer.from(secret)) }),
  withKeys('a secret instead of a public key', { publicKey: secret }),
  withKeys('the bytes of a secret for a public key', { publicKey: Buffer.from(secret) }),
  withKeys('a list of secrets for a public key', { publicKey: [secret] }),
  withKeys('a JWK of a secret for a public key', { publicKey: { kty: 'oct', k: encoded } }),
  withKeys('a secret KeyObject for a public key', { publicKey: createSecretKey(Buffer.from(secret)) }),
  withKeys('a secret CryptoKey for a public key', { publicKey: secretKey }),
  withKeys('a PEM of something else', { publicKey: `-----BEGIN SECRET-----\n${encoded}\n-----END SECRET-----` }),
  withKeys('a PEM that is none', { publicKey: `-----BEGIN PUBLIC KEY-----\n${encoded}\n-----END PUBLIC KEY-----` }),
  withKeys('a set of a secret', { jwks: { keys: [publicJwk, { kty: 'oct', k: encoded, kid: 'x' }] } }),
  withKeys('a secret for a set', { jwks: secret }),
  withKeys('a secret for the keys of a set', { jwks: { keys: secret } }),
  withKeys('a secret in a set', { jwks: { keys: [secret] } }),
  withKeys('a URL with a password', { jwksUrl: `https://admin:${text}@keys.example/jwks` }),
  withKeys('a URL by http with a key', { jwksUrl: `http://keys.example/${text}?key=${text}` }),
  withKeys('a URL of another scheme', { jwksUrl: `redis://:${text}@keys.example/0` }),
  withKeys('a secret for a URL', { jwksUrl: secret }),
  withKeys('a list of secret URLs', { jwksUrl: [`https://keys.example/?key=${text}`] }),
  withKeys('a host with a password', {
    jwksUrl: 'http://keys.internal/',
    allowHttp: [`http://admin:${text}@keys.internal`],
  }),
  withKeys('a secret for the hosts', { jwksUrl: 'http://keys.internal/', allowHttp: secret }),
  withKeys('a secret beside a secret', { secret, allowHttp: [text] }),
  ['a secret with algorithms for public keys', { issuer, audience, keys: { secret }, algorithms: ['ES256'] }],
  ['a secret that is too short for its algorithm', { issuer, audience, keys: { secret: text }, algorithms: ['HS512'] }],
  ['a secret in a list of issuers', { issuers: [{ issuer, audience, keys: { secret: text.slice(0, 31) } }] }],
  ['a secret instead of an issuer in a list', { issuers: [secret] }],
  ['an issuer with a password that needs discovery', { issuer: `https://admin:${text}@issuer.example`, audience }],
]

/** Decryption keys that are invalid or in the wrong place. */
const decryption: readonly Row[] = [
  withDecrypt('a secret for the setting of decryption', secret),
  withDecrypt('the bytes of a secret for the setting of decryption', Buffer.from(secret)),
  withDecrypt('a secret as text to decrypt with', { keys: secret }),
  withDecrypt('a long secret to decrypt with', { keys: Buffer.from(secret) }),
  withDecrypt('a short secret to decrypt with', { keys: [Buffer.from(text.slice(0, 31))] }),
  withDecrypt('a JWK of a long secret to decrypt with', { keys: { kty: 'oct', k: encoded } }),
  withDecrypt('a JWK of a secret for signatures', { keys: { kty: 'oct', k: encoded, use: 'sig' } }),
  withDecrypt('a JWK Set to decrypt with', { keys: { keys: [{ kty: 'oct', k: encoded }] } }),
  withDecrypt('a secret under another name', { secret }),
  withDecrypt('a JWK whose members are secrets', { keys: { kty: 'RSA', n: text, e: text, d: text } }),
  withDecrypt('a JWK of a curve whose members are secrets', {
    keys: { kty: 'EC', crv: 'P-256', x: text, y: text, d: text },
  }),
  withDecrypt('a JWK whose names are secrets', { keys: { kty: text, crv: text, alg: text, kid: [text], use: text } }),
  [
    'a secret that signs and is to decrypt',
    () => {
      const keys = Buffer.from(text)
      return createAuth({ issuer, audience, keys: { secret: keys }, decrypt: createDecrypter({ keys }) })
    },
  ],
  ...privateKeys.flatMap(({ name, keyObject, jwk, pems }) => [
    withDecrypt(`a private ${name} JWK for signatures`, { keys: { ...jwk, use: 'sig' } }),
    withDecrypt(`a private ${name} JWK for another algorithm`, { keys: { ...jwk, alg: 'RSA1_5' } }),
    withDecrypt(`a private ${name} JWK that lacks a member`, { keys: { ...jwk, x: undefined, qi: undefined } }),
    withDecrypt(`a private ${name} JWK as text`, { keys: JSON.stringify(jwk) }),
    withDecrypt(`two private ${name} keys of one name`, {
      keys: [keyObject, generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, { kty: 'oct', k: encoded }],
    }),
    ...pems.flatMap((pem, index) => [
      withDecrypt(`a private ${name} PEM that breaks off (${index})`, { keys: pem.slice(0, -40) }),
      withDecrypt(`a private ${name} PEM under another label (${index})`, {
        keys: pem.replaceAll(/[A-Z0-9 ]*PRIVATE/g, 'SECRET'),
      }),
      withDecrypt(`a private ${name} PEM with a byte changed (${index})`, {
        keys: pem.replace(/\n(.)/, (_line, first: string) => `\n${first === 'A' ? 'B' : 'A'}`),
      }),
      withDecrypt(`a private ${name} PEM for the setting of decryption (${index})`, pem),
    ]),
  ]),
]

const pasted: readonly Row[] = privateKeys.flatMap(({ name, keyObject, jwk, pems }) => [
  withKeys(`a private ${name} JWK`, { publicKey: jwk }),
  withKeys(`a private ${name} JWK in a set`, { jwks: { keys: [publicJwk, { ...jwk, kid: 'x' }] } }),
  withKeys(`a private ${name} JWK as text`, { publicKey: JSON.stringify(jwk) }),
  withKeys(`a private ${name} JWK as a secret`, { secret: JSON.stringify(jwk) }),
  withKeys(`a private ${name} KeyObject`, { publicKey: keyObject }),
  ...pems.flatMap((pem, index) => [
    withKeys(`a private ${name} PEM (${index})`, { publicKey: pem }),
    withKeys(`a private ${name} PEM for a public one (${index})`, {
      publicKey: pem.replaceAll(/[A-Z ]*PRIVATE/g, 'PUBLIC'),
    }),
    withKeys(`a private ${name} PEM that breaks off (${index})`, { publicKey: pem.slice(0, -40) }),
    withKeys(`a private ${name} PEM as a secret (${index})`, { secret: pem }),
    withKeys(`a private ${name} PEM for the keys (${index})`, pem),
  ]),
])

const canaries = [
  secretCanary,
  { name: 'an encoded secret', text: encoded },
  ...privateKeys.flatMap((key) => key.canaries),
]

afterEach(() => vi.unstubAllEnvs())

describe('a ConfigError', () => {
  it.each([...secrets, ...pasted, ...decryption])('a ConfigError does not reveal %s', (_name, settings) => {
    // JavaScript callers can pass this.
    const start = typeof settings === 'function' ? () => settings() : () => createAuth(settings as never)
    expect(leaksOf(start)).toEqual([])
  })

  it.each<Row>([
    ['a secret that is too short', { secret: text.slice(0, 31), algorithm: 'HS256' }],
    ['a secret with an unknown algorithm', { secret, algorithm: secret }],
    ['a secret instead of a public key', { publicKey: secret }],
    ...privateKeys.map(({ name, jwk }): Row => [`a private ${name} key`, { publicKey: jwk }]),
  ])('a ConfigError does not reveal %s, passed to createVerificationKey', (_name, material) => {
    expect(leaksOf(() => createVerificationKey(material as never))).toEqual([])
  })

  it.each<readonly [name: string, value: string]>([
    ['JWT_SECRET', text.slice(0, 31)],
    ['JWT_SECRET', JSON.stringify({ kty: 'oct', k: encoded })],
    ['JWT_PUBLIC_KEY', secret],
    ['JWT_JWKS_URL', `https://admin:${text}@keys.example/jwks`],
    ...privateKeys.flatMap(({ pems }) => pems.map((pem) => ['JWT_PUBLIC_KEY', pem.replaceAll('\n', '\\n')] as const)),
  ])('a ConfigError does not reveal an invalid %s in the environment', (name, value) => {
    for (const other of ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL', 'JWT_ALGORITHMS']) vi.stubEnv(other, undefined)
    vi.stubEnv('JWT_ISSUER', issuer)
    vi.stubEnv('JWT_AUDIENCE', audience)
    vi.stubEnv(name, value)
    expect(leaksOf(() => createAuth())).toEqual([])
  })
})

/** Where the thrown ConfigError or one of its causes reveals a part of a canary. */
function leaksOf(start: () => unknown): readonly string[] {
  try {
    start()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const views = [...viewsOfError(error), ...viewsOfCauses(error)]
    return views.flatMap(([view, shown]) => leaksIn(shown, canaries).map((leaked) => `${leaked} in ${view}`))
  }
  return expect.fail('It starts')
}
