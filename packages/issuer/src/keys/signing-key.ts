import type { HmacAlgorithm, Jwk, VerificationKey } from '@claimcheck/core'
import type { SigningAlgorithm } from './signing-algorithms.ts'

/** From when on a key signs, in seconds since the epoch. @default at once */
interface Scheduled {
  readonly signsFrom?: number
}

/** A private JWK with a `kid`; `importSigningKey` makes it of PEM and other forms. @default alg RS256 for RSA */
export interface PrivateSigningKey extends Scheduled {
  readonly privateKey: Jwk
}

/** A secret that every verifier shares; it is never published. @default HS256 */
export interface SecretSigningKey extends Scheduled {
  readonly secret: string | Uint8Array
  readonly algorithm?: HmacAlgorithm
}

/**
 * A key that stays where it is, in a KMS or an HSM: its public JWK, with `kid` and `alg`, and what signs. `sign` is given
 * the bytes to be signed and gives the signature as JWS has it (RFC 7518 section 3: ECDSA as r and s, not as DER).
 */
export interface ExternalSigningKey extends Scheduled {
  readonly publicKey: Jwk
  readonly sign: (input: Uint8Array) => Promise<Uint8Array>
}

/** What an issuer signs with. */
export type SigningKey = PrivateSigningKey | SecretSigningKey | ExternalSigningKey

/** A signing key that was read: it prints and serialises nothing that is secret. */
export interface Signer {
  readonly algorithm: SigningAlgorithm
  /** Whether it signs elsewhere, where no other key can be made from here. */
  readonly isExternal: boolean
  /** null for a secret: verifiers try those that they have. */
  readonly kid: string | null
  /** The members that may be shown; null for a secret. */
  readonly publicJwk: Readonly<Record<string, string>> | null
  readonly verificationKey: VerificationKey
  /** The secret, for a verification key of several; null for a public key. */
  readonly secret: Uint8Array | null
  /** Imports what is to be imported; rejects with a ConfigError where it cannot sign. */
  ready(): Promise<void>
  /** Signs a payload as a compact JWS under a header that names the algorithm and the key. */
  sign(payload: Readonly<Record<string, unknown>>, typ: string): Promise<string>
}
