import { base64url, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { ConfigError } from '@claimcheck/core'
import type { HmacAlgorithm } from '@claimcheck/core'
import { describe, hmacSecretBytes, withoutPrototype } from '@claimcheck/core/internal'
import { withoutAbsent } from './import-signing-key.ts'
import { findPublicAlgorithm, isHmacAlgorithm, signingAlgorithmNames } from './signing-algorithms.ts'
import type { PublicSigningAlgorithm, SigningAlgorithm } from './signing-algorithms.ts'
import type { PrivateSigningKey, SecretSigningKey } from './signing-key.ts'

/**
 * Makes a new key that `keys` takes, as plain JSON to be kept: a private JWK named by its thumbprint (RFC 7638), of
 * 3072 bits for RSA, or a secret as long as the hash. Whoever has it signs in the issuer's name.
 */
export async function generateKeys(algorithm: HmacAlgorithm): Promise<SecretSigningKey>
export async function generateKeys(algorithm: PublicSigningAlgorithm): Promise<PrivateSigningKey>
export async function generateKeys(algorithm: SigningAlgorithm): Promise<PrivateSigningKey | SecretSigningKey>
export async function generateKeys(algorithm: SigningAlgorithm): Promise<PrivateSigningKey | SecretSigningKey> {
  if (isHmacAlgorithm(algorithm)) {
    return { secret: base64url.encode(crypto.getRandomValues(new Uint8Array(hmacSecretBytes[algorithm]))), algorithm }
  }
  const alg = findPublicAlgorithm(algorithm)
  if (alg === undefined) {
    throw new ConfigError('algorithm', `one of ${signingAlgorithmNames.join(', ')}`, describe(algorithm))
  }
  const { privateKey } = await generateKeyPair(alg, withoutPrototype({ modulusLength: 3072, extractable: true }))
  const jwk = withoutAbsent(await exportJWK(privateKey))
  return { privateKey: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: 'sig' } }
}
