import type { Algorithm } from '../lib/algorithms.ts'
import { withoutPrototype } from '../lib/properties.ts'

/** An algorithm for Web Crypto, without a prototype, because Web Crypto reads optional parameters through prototypes. */
interface Parameters {
  readonly name: string
  readonly hash?: string
  readonly namedCurve?: string
  readonly saltLength?: number
}

const namedCurves: ReadonlyMap<string, string> = new Map([
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
])

/** The parameters for importing a key. */
export function importParameters(algorithm: Algorithm): Parameters {
  const namedCurve = namedCurves.get(algorithm)
  if (namedCurve !== undefined) return withoutPrototype({ name: 'ECDSA', namedCurve })
  return withoutPrototype({ name: nameOf(algorithm), ...(hasHash(algorithm) && { hash: hashOf(algorithm) }) })
}

/** The parameters for signing and verifying. */
export function signatureParameters(algorithm: Algorithm): Parameters {
  const name = nameOf(algorithm)
  if (name === 'ECDSA') return withoutPrototype({ name, hash: hashOf(algorithm) })
  if (name === 'RSA-PSS') return withoutPrototype({ name, saltLength: Number(algorithm.slice(2)) / 8 })
  return withoutPrototype({ name })
}

const families: ReadonlyMap<string, string> = new Map([
  ['HS', 'HMAC'],
  ['RS', 'RSASSA-PKCS1-v1_5'],
  ['PS', 'RSA-PSS'],
  ['ES', 'ECDSA'],
  ['Ed', 'Ed25519'],
])

function nameOf(algorithm: Algorithm): string {
  return families.get(algorithm.slice(0, 2)) ?? algorithm
}

function hasHash(algorithm: Algorithm): boolean {
  return /^[HRP]S/.test(algorithm)
}

function hashOf(algorithm: Algorithm): string {
  return `SHA-${algorithm.slice(2)}`
}
