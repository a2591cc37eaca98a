// Verifies a good and a forged token of every algorithm, with the key in every form that the runtime can make.
import { createAuth } from '@claimcheck/core'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey } from 'jose'
import { outcomeOf } from './outcome.ts'

const names = { issuer: 'https://issuer.test', audience: 'runtimes' }
const secret = 'r'.repeat(64)
const publicAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** What became of the good token and of the forged one, by algorithm and form of the key. */
export type Outcomes = Record<string, readonly [good: string, forged: string]>

interface Node {
  createPublicKey(key: object): object
}

export async function verifyEveryAlgorithm(): Promise<Outcomes> {
  const outcomes: Outcomes = {}
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    outcomes[`${alg} secret`] = await verify(alg, { secret }, new TextEncoder().encode(secret))
  }
  for (const alg of publicAlgorithms) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    for (const [form, keys] of await formsOf(publicKey)) {
      outcomes[`${alg} ${form}`] = await verify(alg, keys, privateKey)
    }
  }
  return outcomes
}

async function formsOf(publicKey: CryptoKey): Promise<[form: string, keys: object][]> {
  const jwk = await exportJWK(publicKey)
  const crypto = builtin('node:crypto') as Node | undefined
  const withUndefined = { d: undefined, k: undefined, oth: undefined, use: undefined, key_ops: undefined, ...jwk }
  return [
    ['JWK', { publicKey: jwk }],
    ['JWK with undefined members', { publicKey: withUndefined }],
    ['JWK Set', { jwks: { keys: [{ ...withUndefined, kid: undefined, alg: undefined }] } }],
    ['PEM', { publicKey: await exportSPKI(publicKey) }],
    ['CryptoKey', { publicKey }],
    ...(crypto === undefined
      ? []
      : [['KeyObject', { publicKey: crypto.createPublicKey({ key: jwk, format: 'jwk' }) }] as [string, object]]),
  ]
}

function builtin(id: string): unknown {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  return process?.getBuiltinModule?.(id)
}

async function verify(alg: string, keys: object, key: CryptoKey | Uint8Array): Promise<readonly [string, string]> {
  const options = { ...names, algorithms: [alg], keys } as unknown as Parameters<typeof createAuth>[0]
  const auth = createAuth(options)
  const token = await new SignJWT({ sub: 'user-1', iss: names.issuer, aud: names.audience })
    .setProtectedHeader({ alg })
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(key)
  const parts = token.split('.')
  const payload = btoa(JSON.stringify({ ...JSON.parse(atob(parts[1] ?? '')), sub: 'user-2' }))
  const forged = [parts[0], payload.replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_'), parts[2]].join('.')
  return [await outcomeOf(auth.verifyToken(token)), await outcomeOf(auth.verifyToken(forged))]
}
