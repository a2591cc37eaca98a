import type { HmacAlgorithm, Jwk, VerificationKey } from '@claimcheck/core'
import { hmacSecretBytes } from '@claimcheck/core/internal'

const publicNames = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

export type PublicSigningAlgorithm = (typeof publicNames)[number]

/** The algorithms that an issuer can sign with (RFC 7518 section 3.1, RFC 8037). */
export type SigningAlgorithm = HmacAlgorithm | PublicSigningAlgorithm

interface Scheduled {
  /** When the key starts to sign, in seconds since the epoch. @default immediately */
  readonly signsFrom?: number
}

/** A private JWK with a `kid`. `importSigningKey` creates one from PEM and other forms. */
export interface PrivateSigningKey extends Scheduled {
  /** If an RSA key has no `alg`, it signs with RS256. */
  readonly privateKey: Jwk
}

/** A secret that every verifier shares. It is never published. */
export interface SecretSigningKey extends Scheduled {
  readonly secret: string | Uint8Array
  /** @default 'HS256' */
  readonly algorithm?: HmacAlgorithm
}

/**
 * A key that stays in a KMS or an HSM: its public JWK with `kid` and `alg`, and a function that signs. `sign` receives the
 * bytes to sign and returns the signature in the form of JWS (RFC 7518 section 3): ECDSA as r and s, not as DER.
 */
export interface ExternalSigningKey extends Scheduled {
  readonly publicKey: Jwk
  readonly sign: (input: Uint8Array) => Promise<Uint8Array>
}

/** A key that an issuer signs with. */
export type SigningKey = PrivateSigningKey | SecretSigningKey | ExternalSigningKey

/** A signing key that has been read and checked. Printing or serialising it shows nothing secret. */
export interface Signer {
  readonly algorithm: SigningAlgorithm
  /** Whether the private key is elsewhere, so this process cannot generate the next one. */
  readonly isExternal: boolean
  /** Null for a secret, because verifiers try each secret that they have. */
  readonly kid: string | null
  /** The public properties of the key; null for a secret. */
  readonly publicJwk: Readonly<Record<string, string>> | null
  readonly verificationKey: VerificationKey
  /** Null for a private key. Several secrets of one algorithm are combined into one verification key. */
  readonly secret: Uint8Array | null
  /** Imports the key; rejects with a ConfigError if it cannot sign. */
  ready(): Promise<void>
  /** Signs a payload as a compact JWS. The header names the algorithm, the type and the key. */
  sign(payload: Readonly<Record<string, unknown>>, typ: string): Promise<string>
}

/** A signer and when it starts to sign, in seconds since the epoch; -Infinity if `signsFrom` is not set. */
export interface ScheduledSigner {
  readonly signer: Signer
  readonly signsFrom: number
}

/** The public part of a signing key. `publicJwk` contains only properties that can be published. */
export interface PublicKeyDetails {
  readonly algorithm: PublicSigningAlgorithm
  readonly kid: string
  readonly publicJwk: Readonly<Record<string, string>>
  readonly verificationKey: VerificationKey
}

const publicAlgorithms: ReadonlyMap<unknown, PublicSigningAlgorithm> = new Map<unknown, PublicSigningAlgorithm>([
  ...publicNames.map((name) => [name, name] as const),
  ['Ed25519', 'EdDSA'],
])

/** The public-key algorithm with exactly this name, or undefined. */
export function findPublicAlgorithm(name: unknown): PublicSigningAlgorithm | undefined {
  return publicAlgorithms.get(name)
}

export function isHmacAlgorithm(name: unknown): name is HmacAlgorithm {
  return typeof name === 'string' && Object.hasOwn(hmacSecretBytes, name)
}

export const signingAlgorithmNames: readonly SigningAlgorithm[] = [
  ...(Object.keys(hmacSecretBytes) as HmacAlgorithm[]),
  ...publicNames,
]
