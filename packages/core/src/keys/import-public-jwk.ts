import type { CryptoKey } from 'jose'
import { importParameters } from '../platform/web-parameters.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import { jwkToSpki } from './jwk-to-spki.ts'
import type { PublicMembers } from './verification-key.ts'

/**
 * Imports a public key for an algorithm. The key is handed over as SPKI: Web Crypto reads `d`, `key_ops` and other optional
 * members of a JWK through the prototype chain, and some runtimes do so in a copy that they make.
 */
export async function importPublicJwk(jwk: PublicMembers, algorithm: Algorithm): Promise<CryptoKey> {
  return crypto.subtle.importKey('spki', jwkToSpki(jwk), importParameters(algorithm), true, ['verify'])
}
