import { constants, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Jwk } from '@claimcheck/core'
import { withoutPrototype } from '@claimcheck/core/internal'
import { encodeParts } from './compact-token.ts'
import type { TokenPart } from './compact-token.ts'

/** An algorithm that test tokens can be signed with. */
export type TestAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA'

/** A key pair in memory that signs synchronously, so that tests do not wait for tokens. */
export interface SigningKey {
  readonly algorithm: TestAlgorithm
  readonly kid: string
  readonly publicJwk: Jwk & { readonly kty: string }
  readonly publicPem: string
  /** Signs the claims. `header` is merged over `alg` and `kid`. */
  sign(claims: TokenPart, header: TokenPart): string
}

interface Algorithm {
  generate(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  /** Takes the key as PEM, because Workers do not accept a KeyObject together with options. */
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

/** The names of the algorithms, for checks of options. */
export const testAlgorithms: readonly string[] = Object.keys(algorithms)

/** Generates a new key pair. */
export function generateSigningKey(algorithm: TestAlgorithm, kid: string = randomUUID()): SigningKey {
  const { publicKey, privateKey } = algorithms[algorithm].generate()
  const jwk = publicKey.export({ format: 'jwk' })
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return {
    algorithm,
    kid,
    publicJwk: { ...withoutUndefined(jwk), kty: String(jwk.kty), kid, alg: algorithm, use: 'sig' },
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign(claims, header) {
      const parts = encodeParts({ alg: algorithm, kid, ...header }, claims)
      return `${parts}.${algorithms[algorithm].sign(Buffer.from(parts), privatePem).toString('base64url')}`
    },
  }
}

/** Removes absent parameters, which Workers export as `undefined`. */
function withoutUndefined(jwk: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined))
}
