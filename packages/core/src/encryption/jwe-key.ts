import { importJWK, importPKCS8 } from 'jose'
import type { CryptoKey } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { hasOwn } from '../lib/properties.ts'

/** What is known of a key, whatever form it was given in. */
export interface JweKeyFacts {
  readonly kid: string | null
  /** What it is for: its type gives it, and a header has no say in that. */
  readonly algorithm: KeyManagement
  /** The curve that an ephemeral key must be on; null where there is none. */
  readonly curve: string | null
  /** How long the encrypted key of the content is: as the modulus, as AES Key Wrap makes it, or nothing. */
  readonly encryptedKeyBytes: number
}

/** The key itself, checked, with nothing beside it. */
export type JweKeyMaterial =
  | { readonly jwk: Readonly<Record<string, string>> }
  | { readonly pkcs8: string }
  | { readonly cryptoKey: CryptoKey }
  | { readonly secret: Uint8Array }

/** By what two keys are told to be one: half of a pair that stands for it, or the object where that is all there is. */
export type JweKeyIdentity = string | CryptoKey

/**
 * A key of JWE: a private one decrypts, a public one encrypts, a secret does both. It prints and serialises nothing of
 * itself, and is imported when it is first needed. Until an import has ended, each request imports the key by itself: an
 * edge runtime may cancel the import together with its request.
 */
export class JweKey implements JweKeyFacts {
  /** The setting that it stands in. */
  readonly field: string
  readonly kid: string | null
  readonly algorithm: KeyManagement
  readonly curve: string | null
  readonly encryptedKeyBytes: number
  readonly #material: JweKeyMaterial
  readonly #identity: JweKeyIdentity
  #imported: CryptoKey | Uint8Array | null = null

  constructor(field: string, facts: JweKeyFacts, material: JweKeyMaterial, identity: JweKeyIdentity) {
    this.field = field
    this.kid = facts.kid
    this.algorithm = facts.algorithm
    this.curve = facts.curve
    this.encryptedKeyBytes = facts.encryptedKeyBytes
    this.#material = material
    this.#identity = identity
  }

  /** Whether another is the same key, in another setting, form or name. */
  isSame(other: JweKey): boolean {
    return this.#identity === other.#identity
  }

  /** Whether it is a secret of these very bytes. */
  isSecret(bytes: Uint8Array): boolean {
    if (!hasOwn(this.#material, 'secret')) return false
    const { secret } = this.#material
    return secret.length === bytes.length && secret.every((byte, at) => byte === bytes[at])
  }

  /** The key as jose takes it; rejects with a ConfigError where the runtime cannot import it. */
  async import(): Promise<CryptoKey | Uint8Array> {
    if (this.#imported !== null) return this.#imported
    try {
      this.#imported = await importMaterial(this.#material, this.algorithm)
      return this.#imported
    } catch {
      // What a runtime says of a private key that it refuses is kept from every log.
      throw new ConfigError(
        this.field,
        `a key that this runtime can import for ${this.algorithm}`,
        'a key that it cannot import',
      )
    }
  }
}

async function importMaterial(material: JweKeyMaterial, algorithm: KeyManagement): Promise<CryptoKey | Uint8Array> {
  if (hasOwn(material, 'secret')) return material.secret
  if (hasOwn(material, 'cryptoKey')) return material.cryptoKey
  if (hasOwn(material, 'pkcs8')) return importPKCS8(material.pkcs8, algorithm)
  return importJWK({ ...material.jwk, alg: algorithm }, algorithm)
}

/**
 * How the key of the content comes to its reader (RFC 7518 section 4.1). The list is fixed: no RSA1_5 and no RSA-OAEP
 * with SHA-1, no PBES2, no ECDH-ES without a key of the content's own, no wrapping by a shared secret.
 */
export type KeyManagement = 'RSA-OAEP-256' | 'ECDH-ES+A256KW' | 'dir'

/** The one encryption of content (RFC 7518 section 5.3), and the bytes that it asks for. */
export const contentEncryption = 'A256GCM'
export const contentKeyBytes = 32
export const ivBytes = 12
export const tagBytes = 16

/** A content key that AES Key Wrap wrapped is 8 bytes longer (RFC 3394). */
export const wrappedKeyBytes = contentKeyBytes + 8

const names: ReadonlySet<unknown> = new Set<KeyManagement>(['RSA-OAEP-256', 'ECDH-ES+A256KW', 'dir'])

/** Whether a header names one of the list. */
export function isKeyManagement(alg: unknown): alg is KeyManagement {
  return names.has(alg)
}
