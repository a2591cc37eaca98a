import { createPublicKey, createSecretKey } from 'node:crypto'
import { createAuth } from '@claimcheck/core'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import { createVerifier } from 'fast-jwt'
import { verify as verifyWithHono } from 'hono/jwt'
import { importSPKI, jwtVerify } from 'jose'
import type { CryptoKey } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import type { Algorithm } from 'jsonwebtoken'
import type { Operation } from '../race/stopwatch.ts'
import type { BenchAlgorithm, Terms } from '../tokens/issuer.ts'
import { prepareNodeCrypto } from './node-crypto.ts'

/**
 * Prepares a library to verify tokens in the way that its documentation calls fast. All check the same: signature,
 * issuer, audience, times. Returns null if the library does not support the algorithm. `tokens` are all that will be verified.
 */
type Prepare = (terms: Terms, tokens: readonly string[]) => Promise<Operation | null>

/** The contenders by their names in the figures: the baseline, claimcheck, its peers. */
export const contenders = {
  'node:crypto': prepareNodeCrypto,
  claimcheck: prepareClaimcheck,
  'fast-jwt': prepareFastJwt,
  jsonwebtoken: prepareJsonwebtoken,
  'aws-jwt-verify': prepareAwsJwtVerify,
  jose: prepareJose,
  'hono/jwt': prepareHonoJwt,
} as const satisfies Readonly<Record<string, Prepare>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]
/** All contenders but claimcheck and the baseline, which checks no claims. */
export const peers = contenderNames.filter((name) => name !== 'node:crypto' && name !== 'claimcheck')
export const verifyPackages = ['@claimcheck/core', 'fast-jwt', 'jsonwebtoken', 'aws-jwt-verify', 'jose', 'hono']

/** As in README.md, with the cache off, so that every token is verified. */
async function prepareClaimcheck({ issuer, audience, algorithm, key }: Terms): Promise<Operation> {
  const auth = createAuth({
    issuer,
    audience,
    algorithms: [algorithm],
    keys: 'secret' in key ? { secret: key.secret } : { publicKey: key.publicKey },
    cache: null,
  })
  return { isAsync: true, perform: auth.verifyToken }
}

/** With the key itself and not a function, its verifier is synchronous, which its README calls faster. */
async function prepareFastJwt({ issuer, audience, algorithm, key }: Terms): Promise<Operation> {
  const verify: (token: string) => unknown = createVerifier({
    key: 'secret' in key ? key.secret : key.publicKey,
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    cache: false,
  })
  return { isAsync: false, perform: verify }
}

const jsonwebtokenNames: Readonly<Record<BenchAlgorithm, Algorithm | null>> = {
  HS256: 'HS256',
  RS256: 'RS256',
  PS256: 'PS256',
  ES256: 'ES256',
  EdDSA: null,
}

/** With a KeyObject, which its README lists: it would parse a PEM on each call. */
async function prepareJsonwebtoken({ issuer, audience, algorithm, key }: Terms): Promise<Operation | null> {
  const name = jsonwebtokenNames[algorithm]
  if (name === null) return null
  const keyObject = 'secret' in key ? createSecretKey(Buffer.from(key.secret)) : createPublicKey(key.publicKey)
  const options = { issuer, audience, algorithms: [name] }
  return { isAsync: false, perform: (token) => jsonwebtoken.verify(token, keyObject, options) }
}

/** With `cacheJwks` in advance and `verifySync`, as its README describes for verification without a fetch. */
async function prepareAwsJwtVerify({ issuer, audience, algorithm, key }: Terms): Promise<Operation | null> {
  if ('secret' in key || algorithm === 'PS256') return null
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/.well-known/jwks.json` })
  verifier.cacheJwks({ keys: [key.jwk] } as Jwks)
  return { isAsync: false, perform: (token) => verifier.verifySync(token) }
}

/** With a CryptoKey, which the examples of `jwtVerify` import once: it would convert other types on each call. */
async function prepareJose(terms: Terms): Promise<Operation> {
  const key = await toCryptoKey(terms)
  const options = { issuer: terms.issuer, audience: terms.audience, algorithms: [terms.algorithm] }
  return { isAsync: true, perform: (token) => jwtVerify(token, key, options) }
}

/** With a CryptoKey, which its types list: it would import other types on each call. */
async function prepareHonoJwt(terms: Terms): Promise<Operation> {
  const key = await toCryptoKey(terms)
  const options = { alg: terms.algorithm, iss: terms.issuer, aud: terms.audience }
  return { isAsync: true, perform: (token) => verifyWithHono(token, key, options) }
}

async function toCryptoKey({ algorithm, key }: Terms): Promise<CryptoKey> {
  if ('publicKey' in key) return importSPKI(key.publicKey, algorithm)
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', Buffer.from(key.secret), hmac, false, ['verify'])
}
