/** The HMAC algorithms, with the bytes that their secret needs at least: those of the hash (RFC 7518 section 3.2). */
export const hmacSecretBytes = { HS256: 32, HS384: 48, HS512: 64 } as const

const publicAlgorithmNames = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'ML-DSA-44',
  'ML-DSA-65',
  'ML-DSA-87',
] as const

export type HmacAlgorithm = keyof typeof hmacSecretBytes
export type PublicAlgorithm = (typeof publicAlgorithmNames)[number]

/** A signature algorithm as the code knows it: `Ed25519` is held as `EdDSA`, because the two are one. */
export type Algorithm = HmacAlgorithm | PublicAlgorithm
/** A signature algorithm as it may be written in settings (RFC 7518, RFC 8037, RFC 9864). */
export type AlgorithmName = Algorithm | 'Ed25519'

export const publicAlgorithms: readonly PublicAlgorithm[] = Object.freeze(publicAlgorithmNames)
export const rsaAlgorithms: readonly PublicAlgorithm[] = Object.freeze(publicAlgorithmNames.slice(0, 6))

const hmacAlgorithms: ReadonlySet<string> = new Set(Object.keys(hmacSecretBytes))
const byName: ReadonlyMap<string, Algorithm> = new Map<string, Algorithm>([
  ...Object.keys(hmacSecretBytes).map((name) => [name, name as HmacAlgorithm] as const),
  ...publicAlgorithmNames.map((name) => [name, name] as const),
  ['Ed25519', 'EdDSA'],
])

/** Every name that settings may have. */
export const algorithmNames: readonly string[] = Object.freeze([...byName.keys()])

/** The algorithm of that exact name, or undefined: `none`, another case and everything unknown are none of ours. */
export function findAlgorithm(name: string): Algorithm | undefined {
  return byName.get(name)
}

export function isHmac(algorithm: Algorithm): algorithm is HmacAlgorithm {
  return hmacAlgorithms.has(algorithm)
}
