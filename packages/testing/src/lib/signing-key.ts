import { constants, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Jwk } from '@claimcheck/core'
import { withoutPrototype } from '@claimcheck/core/internal'
import { encodeParts } from './compact-token.ts'
import type { TokenPart } from './compact-token.ts'

/** An algorithm that test tokens can be signed with. */
export type TestAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA'

/** A key pair in memory, which signs at once: a test need not wait for its tokens. */
export interface SigningKey {
  readonly algorithm: TestAlgorithm
  readonly kid: string
  readonly publicJwk: Jwk & { readonly kty: string }
  readonly publicPem: string
  /** Signs the claims; the members of the header stand beside `alg` and `kid`, or in place of them. */
  sign(claims: TokenPart, header: TokenPart): string
}

interface Algorithm {
  generate(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  /** With the key as PEM: Workers take no KeyObject beside options. */
  sign(data: Buffer, key: string): Buffer
}

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const { RSA_PKCS1_PSS_PADDING: padding } = constants

const algorithms: Readonly<Record<TestAlgorithm, Algorithm>> = {
  ES256: {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    sign: (data, key) => sign('sha256', data, withoutPrototype({ key, dsaEncoding: 'ieee-p1363' } as const)),
  },
  RS256: { generate: rsa, sign: (data, key) => sign('sha256', data, withoutPrototype({ key })) },
  PS256: {
    generate: rsa,
    sign: (data, key) => sign('sha256', data, withoutPrototype({ key, padding, saltLength: 32 })),
  },
  EdDSA: {
    generate: () => generateKeyPairSync('ed25519'),
    sign: (data, key) => sign(null, data, withoutPrototype({ key })),
  },
}

/** The names of the algorithms, for whoever reads one from settings. */
export const testAlgorithms: readonly string[] = Object.keys(algorithms)

/** Makes a key pair that nobody else has. */
export function generateSigningKey(algorithm: TestAlgorithm, kid: string = randomUUID()): SigningKey {
  const { publicKey, privateKey } = algorithms[algorithm].generate()
  const jwk = publicKey.export({ format: 'jwk' })
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return {
    algorithm,
    kid,
    publicJwk: { ...withoutAbsent(jwk), kty: String(jwk.kty), kid, alg: algorithm, use: 'sig' },
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign(claims, header) {
      const parts = encodeParts({ alg: algorithm, kid, ...header }, claims)
      return `${parts}.${algorithms[algorithm].sign(Buffer.from(parts), privatePem).toString('base64url')}`
    },
  }
}

/** Workers export JWKs whose absent members are there and `undefined`. */
function withoutAbsent(jwk: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined))
}
