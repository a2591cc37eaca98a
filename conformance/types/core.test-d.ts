import { createDecrypter } from '@claimcheck/core/encryption'
import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { createAuth, createCookieReader, createVerificationKey, isAuthError } from '@claimcheck/core'
import type { Auth, AuthOptions, RequestLike } from '@claimcheck/core'
import { createRefreshTokenReader, importSigningKey } from '@claimcheck/issuer'
import { exportJWK, importSPKI } from 'jose'
import type { CryptoKey as JoseKey, JSONWebKeySet, JWK } from 'jose'
import type { Request as ExpressRequest } from 'express'
import type { FastifyRequest } from 'fastify'
import type { Context } from 'koa'
import { same } from './same.ts'

const settings = { issuer: 'a', audience: null } as const
const auth: Auth = createAuth({ ...settings, keys: { secret: 's' } })

// Every object with headers is a request.
export const ofFetch = (request: Request) => auth.authenticate(request)
export const ofNode = (request: IncomingMessage) => auth.identify(request)
export const ofHttp2 = (request: Http2ServerRequest) => auth.authenticate(request)
export const ofExpress = (request: ExpressRequest<{ id: string }>) => auth.authenticate(request)
export const ofFastify = (request: FastifyRequest) => auth.authenticate(request)
export const ofKoa = (context: Context) => [auth.authenticate(context), auth.explain(context.req)]
export const ofGateway = (event: { headers: Record<string, string | undefined> | null }) => auth.identify(event)
export const ofNothing = auth.identify({ headers: null })
export const ofHeaders = auth.identify({ headers: new Headers(), method: 'GET', url: '/', originalUrl: '/api/' })
export const ofCookies = (request: ExpressRequest<{ id: string }>) => [
  createCookieReader({ cookie: '__Host-access' })(request),
  createRefreshTokenReader()(request),
]
// @ts-expect-error -- a request has headers
void auth.authenticate({ method: 'GET' })
// @ts-expect-error -- whose values are strings
void auth.authenticate({ headers: { authorization: 1 } })

// The callback for logs receives the request.
createAuth({
  ...settings,
  keys: { secret: 's' },
  onAuthError: (error, request) => {
    same<typeof request, RequestLike | null>(true)
    same<NonNullable<typeof request>['url'], string | undefined>(true)
    console.warn(error.code, request?.method, request?.originalUrl ?? request?.url, isAuthError(error))
  },
})
createAuth({
  ...settings,
  background: (promise, request) => {
    same<typeof request, RequestLike | null>(true)
    void promise.then(() => request?.url)
  },
})
export const withLog: AuthOptions = {
  ...settings,
  keys: { secret: 's' },
  onAuthError: ({ code }, request) => console.warn(code, request?.url?.split('?')[0]),
}

// Keys of every type that a program may have.
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const keyObject: KeyObject = createPublicKey(privateKey)
const exported = publicKey.export({ format: 'jwk' })
const jwk: webcrypto.JsonWebKey = await webcrypto.subtle.exportKey('jwk', joseKey)
declare const jose: JWK
declare const joseKey: JoseKey
declare const set: JSONWebKeySet
const pair = await webcrypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
const named = { kty: 'RSA', n: 'n', e: 'AQAB', kid: 'a' }
interface OwnJwk {
  readonly kty: string
  readonly n: string
}
declare const own: OwnJwk

export const auths = [
  keyObject,
  exported,
  jwk,
  jose,
  joseKey,
  named,
  own,
  await exportJWK(joseKey),
  await importSPKI('', 'RS256'),
].map((key) => [createAuth({ ...settings, keys: { publicKey: key } }), createVerificationKey({ publicKey: key })])
createAuth({ ...settings, keys: { publicKey: exported } })
createAuth({ ...settings, keys: { publicKey: 'publicKey' in pair ? pair.publicKey : pair } })
createAuth({ ...settings, keys: { publicKey: createPublicKey('') } })
createAuth({ ...settings, keys: { jwks: set } })
createAuth({ ...settings, keys: { jwks: { keys: [exported, jwk, jose, named, own] } } })
createAuth({ ...settings, keys: { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', use: 'sig' }] } } })
createAuth({ ...settings, keys: { secret: [Buffer.from('a'), new Uint8Array(48), 's'] } })
createAuth({ ...settings, keys: { secret: createSecretKey(Buffer.from('a')).export() } })
createAuth({
  ...settings,
  keys: { secret: 's' },
  decrypt: createDecrypter({ keys: [createPrivateKey(''), jwk, jose] }),
})
export const signing = [
  importSigningKey({ privateKey: jwk }),
  importSigningKey({ privateKey: jose }),
  importSigningKey({ privateKey: joseKey }),
  'privateKey' in pair ? importSigningKey({ privateKey: pair.privateKey }) : null,
  importSigningKey({ privateKey: createPrivateKey('') }),
]
// @ts-expect-error -- a number is no key
createAuth({ ...settings, keys: { publicKey: 1 } })
// @ts-expect-error -- nor is a list of strings a set of keys
createAuth({ ...settings, keys: { jwks: { keys: ['a'] } } })

// A custom fetch, with the parameters that it receives.
createAuth({ ...settings, keys: { jwksUrl: 'https://a.example' }, fetch })
createAuth({ ...settings, fetch: (url, init) => fetch(url, { ...init, keepalive: true }) })
createAuth({ ...settings, fetch: async (url, { signal }) => fetch(new Request(url, { signal })) })
