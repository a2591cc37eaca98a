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
