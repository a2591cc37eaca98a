import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { hasOwn } from '../lib/properties.ts'

/** What core needs to know about a key, whatever form it had in the options. */
export interface JweKeyInfo {
  readonly kid: string | null
  /** Follows from the type of the key. The header of a token cannot choose it. */
  readonly algorithm: KeyManagement
  /** The curve that the ephemeral key of a token must use; null if the algorithm has no ephemeral key. */
  readonly curve: string | null
  /** The required size of the JWE Encrypted Key in bytes: that of the modulus, that of AES Key Wrap, or 0. */
  readonly encryptedKeyBytes: number
}

/** The checked key without any other members or attributes. */
export type JweKeyMaterial =
  | { readonly jwk: Readonly<Record<string, string>> }
  | { readonly pkcs8: string }
  | { readonly cryptoKey: CryptoKey }
  | { readonly secret: Uint8Array }

/** Equal for two forms of the same key: made from a member that no other key has, or the CryptoKey itself. */
export type JweKeyFingerprint = string | CryptoKey

/**
 * A key for JWE: a private key decrypts, a public key encrypts, a secret does both. The key material is in private
 * fields, so it appears in no log and no JSON. The key is imported when it is first needed. Until an import has
 * succeeded, each request imports the key itself: an edge runtime may cancel an import with its request.
 */
export class JweKey implements JweKeyInfo {
  /** The option that contains the key, for errors. */
  readonly field: string
  readonly kid: string | null
  readonly algorithm: KeyManagement
  readonly curve: string | null
  readonly encryptedKeyBytes: number
  readonly #material: JweKeyMaterial
  readonly #fingerprint: JweKeyFingerprint
  #imported: CryptoKey | Uint8Array | null = null

  constructor(field: string, info: JweKeyInfo, material: JweKeyMaterial, fingerprint: JweKeyFingerprint) {
    this.field = field
    this.kid = info.kid
    this.algorithm = info.algorithm
    this.curve = info.curve
    this.encryptedKeyBytes = info.encryptedKeyBytes
    this.#material = material
    this.#fingerprint = fingerprint
  }

  /** Whether two keys are the same, even if they have different options, forms or kids. */
  isSame(other: JweKey): boolean {
    return this.#fingerprint === other.#fingerprint
  }

  /** Whether the key is a secret with exactly these bytes. */
  isSecret(bytes: Uint8Array): boolean {
    if (!hasOwn(this.#material, 'secret')) return false
    const { secret } = this.#material
    return secret.length === bytes.length && secret.every((byte, at) => byte === bytes[at])
  }

  /** Returns the key in the form that jose accepts. Rejects with a ConfigError if the runtime cannot import it. */
  async import(): Promise<CryptoKey | Uint8Array> {
    if (this.#imported !== null) return this.#imported
    // Loaded with the first key, so that a server loads no part of jose before.
    const jose = await import('jose/key/import')
    try {
      this.#imported = await importMaterial(jose, this.#material, this.algorithm)
      return this.#imported
    } catch {
      // The error is dropped because a runtime's message about a private key could quote the key.
      throw new ConfigError(
        this.field,
        `a key that this runtime can import for ${this.algorithm}`,
        'a key that it cannot import',
      )
    }
  }
}

async function importMaterial(
  { importJWK, importPKCS8 }: typeof import('jose/key/import'),
  material: JweKeyMaterial,
  algorithm: KeyManagement,
): Promise<CryptoKey | Uint8Array> {
  if (hasOwn(material, 'secret')) return material.secret
  if (hasOwn(material, 'cryptoKey')) return material.cryptoKey
  if (hasOwn(material, 'pkcs8')) return importPKCS8(material.pkcs8, algorithm)
  return importJWK({ ...material.jwk, alg: algorithm }, algorithm)
}

/**
 * The supported key management algorithms (RFC 7518 section 4.1). Not supported: `RSA1_5`, which allows padding oracle
 * attacks; `RSA-OAEP`, which uses SHA-1; PBES2, with which a client chooses how long the server computes; `ECDH-ES` with
 * direct key agreement; and key wrapping with a shared secret.
 */
export type KeyManagement = 'RSA-OAEP-256' | 'ECDH-ES+A256KW' | 'dir'

/** The only content encryption algorithm (RFC 7518 section 5.3), and the sizes that it requires. */
export const contentEncryption = 'A256GCM'
export const contentKeyBytes = 32
export const ivBytes = 12
export const tagBytes = 16

/** AES Key Wrap adds 8 bytes to the content encryption key (RFC 3394). */
export const wrappedKeyBytes = contentKeyBytes + 8

const keyManagementNames: ReadonlySet<unknown> = new Set<KeyManagement>(['RSA-OAEP-256', 'ECDH-ES+A256KW', 'dir'])

/** Whether a value of `alg` is a supported algorithm. */
export function isKeyManagement(alg: unknown): alg is KeyManagement {
  return keyManagementNames.has(alg)
}
