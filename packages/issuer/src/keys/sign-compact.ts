import { importParameters, signatureParameters, withoutPrototype } from '@claimcheck/core/internal'
import { base64url } from 'jose'
import type { CryptoKey } from 'jose'
import type { SigningAlgorithm } from './signing-algorithms.ts'

/** The two parts of a token that are signed. */
export interface SignedParts {
  readonly header: Readonly<Record<string, string>>
  readonly payload: Readonly<Record<string, unknown>>
}

/** What is signed of a token: header, dot and payload (RFC 7515 section 5.1). */
export function signingInput({ header, payload }: SignedParts): string {
  return `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(payload))}`
}

/** Signs a token in compact form. */
export async function signCompact(parts: SignedParts, key: CryptoKey, algorithm: SigningAlgorithm): Promise<string> {
  const input = signingInput(parts)
  const bytes = new TextEncoder().encode(input)
  const signature = await crypto.subtle.sign(signatureParameters(algorithm), key, bytes)
  return `${input}.${base64url.encode(new Uint8Array(signature))}`
}

/** Imports a private key that can sign and not be exported. Without a prototype, so that no inherited member counts. */
export async function importPrivateJwk(
  { use: _use, ...jwk }: Readonly<Record<string, string>>,
  algorithm: SigningAlgorithm,
): Promise<CryptoKey> {
  const { alg: _alg, ...members } = jwk
  return crypto.subtle.importKey('jwk', withoutPrototype(members), importParameters(algorithm), false, ['sign'])
}

/** Imports a secret that can sign and not be exported. */
export async function importSecret(secret: Uint8Array, algorithm: SigningAlgorithm): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(secret), importParameters(algorithm), false, ['sign'])
}
