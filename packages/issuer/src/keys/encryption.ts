import { ConfigError } from '@claimcheck/core'
import type { EncryptionKey, JweKey } from '@claimcheck/core/encryption'
import { contentEncryption, readJweKey } from '@claimcheck/core/encryption'
import { at, describe, readFields } from '@claimcheck/core/internal'

/** How tokens are encrypted after they are signed: for the one API that holds the other half of the key. */
export interface EncryptOptions {
  /** The API's public key, of RSA, P-256, P-384, P-521 or X25519; or a secret of 32 bytes that the API holds as well. */
  readonly key: EncryptionKey
  /** May be written out, and must be what the key's type gives. @default that */
  readonly alg?: 'RSA-OAEP-256' | 'ECDH-ES+A256KW' | 'dir'
  /** May be written out. @default 'A256GCM', the only one */
  readonly enc?: 'A256GCM'
}

/** The `encrypt` of an issuer, parsed. */
export interface EncryptionSettings {
  readonly key: JweKey
  readonly enc: typeof contentEncryption
}

/** Parses the `encrypt` of an issuer; throws a ConfigError that shows nothing of the key. */
export function parseEncryption(field: string, value: unknown): EncryptionSettings {
  const fields = readFields(field, value, ['key', 'alg', 'enc'])
  const key = readJweKey(at(field, 'key'), fields.get('key'), 'public')
  const written = { alg: key.algorithm, enc: contentEncryption }
  for (const [name, wanted] of Object.entries(written)) {
    if (!fields.has(name) || fields.get(name) === wanted) continue
    throw new ConfigError(at(field, name), `left out, or "${wanted}", which the key is for`, describe(fields.get(name)))
  }
  return Object.freeze({ key, enc: contentEncryption })
}
