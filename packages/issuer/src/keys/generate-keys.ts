import { base64url, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { ConfigError } from '@claimcheck/core'
import type { HmacAlgorithm } from '@claimcheck/core'
import { describe, hmacSecretBytes, withoutPrototype } from '@claimcheck/core/internal'
import { withoutUndefined } from './import-signing-key.ts'
import { findPublicAlgorithm, isHmacAlgorithm, signingAlgorithmNames } from './signing-key.ts'
import type { PrivateSigningKey, PublicSigningAlgorithm, SecretSigningKey, SigningAlgorithm } from './signing-key.ts'

/**
 * Generates a key for the option `keys`, as plain JSON that you can store: a private JWK whose `kid` is its thumbprint
 * (RFC 7638; RSA keys have 3072 bits), or a secret as long as the hash. Anyone who has the key can sign as this issuer.
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
  const jwk = withoutUndefined(await exportJWK(privateKey))
  return { privateKey: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: 'sig' } }
}
