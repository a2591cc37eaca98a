/** The HMAC algorithms and the minimum size of their secret in bytes: the size of the hash (RFC 7518 section 3.2). */
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

/** A signature algorithm in normal form: `Ed25519` and `EdDSA` are the same algorithm, and the code uses `EdDSA`. */
export type Algorithm = HmacAlgorithm | PublicAlgorithm
/** A signature algorithm as options and tokens can name it (RFC 7518, RFC 8037, RFC 9864). */
export type AlgorithmName = Algorithm | 'Ed25519'

export const publicAlgorithms: readonly PublicAlgorithm[] = Object.freeze(publicAlgorithmNames)
export const rsaAlgorithms: readonly PublicAlgorithm[] = Object.freeze(publicAlgorithmNames.slice(0, 6))

const hmacAlgorithms: ReadonlySet<string> = new Set(Object.keys(hmacSecretBytes))
const byName: ReadonlyMap<string, Algorithm> = new Map<string, Algorithm>([
  ...Object.keys(hmacSecretBytes).map((name) => [name, name as HmacAlgorithm] as const),
  ...publicAlgorithmNames.map((name) => [name, name] as const),
  ['Ed25519', 'EdDSA'],
])

/** Every name that the option `algorithms` accepts. */
export const algorithmNames: readonly string[] = Object.freeze([...byName.keys()])

/**
 * Returns the algorithm of this exact name, or undefined. `none` is not among them, because anyone can write a token
 * without a signature. Names are case-sensitive: code that only blocked `none` has accepted `nOnE`.
 */
export function findAlgorithm(name: string): Algorithm | undefined {
  return byName.get(name)
}

export function isHmac(algorithm: Algorithm): algorithm is HmacAlgorithm {
  return hmacAlgorithms.has(algorithm)
}
