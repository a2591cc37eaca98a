import type { HmacAlgorithm } from '@claimcheck/core'
import { hmacSecretBytes } from '@claimcheck/core/internal'

const publicNames = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

export type PublicSigningAlgorithm = (typeof publicNames)[number]

/** What an issuer signs with (RFC 7518 section 3.1, RFC 8037). */
export type SigningAlgorithm = HmacAlgorithm | PublicSigningAlgorithm

const byName: ReadonlyMap<unknown, PublicSigningAlgorithm> = new Map<unknown, PublicSigningAlgorithm>([
  ...publicNames.map((name) => [name, name] as const),
  ['Ed25519', 'EdDSA'],
])

/** The public-key algorithm of that exact name, or undefined. */
export function findPublicAlgorithm(name: unknown): PublicSigningAlgorithm | undefined {
  return byName.get(name)
}

export function isHmacAlgorithm(name: unknown): name is HmacAlgorithm {
  return typeof name === 'string' && Object.hasOwn(hmacSecretBytes, name)
}

export const signingAlgorithmNames: readonly SigningAlgorithm[] = [
  ...(Object.keys(hmacSecretBytes) as HmacAlgorithm[]),
  ...publicNames,
]
