import { ConfigError } from '@claimcheck/core'
import { contentEncryption, readJweKey } from '@claimcheck/core/encryption'
import type { EncryptionKey, JweKey } from '@claimcheck/core/encryption'
import { at, describe, readFields } from '@claimcheck/core/internal'
import { CompactEncrypt } from 'jose'
import type { Signer } from './signing-key.ts'

/** How tokens are encrypted after they are signed. Only the API that has the matching key can decrypt them. */
export interface EncryptOptions {
  /** The API's public key (RSA, P-256, P-384, P-521 or X25519), or a secret of 32 bytes that the API has as well. */
  readonly key: EncryptionKey
  /** The key determines the algorithm; if `alg` is set, it must match. @default the algorithm of the key */
  readonly alg?: 'RSA-OAEP-256' | 'ECDH-ES+A256KW' | 'dir'
  /** Only `A256GCM` is supported. @default 'A256GCM' */
  readonly enc?: 'A256GCM'
}

/** `EncryptOptions` with a key that has been read and checked. */
export interface EncryptionSettings {
  readonly key: JweKey
  readonly enc: typeof contentEncryption
}

/** Parses the option `encrypt`. Throws a ConfigError that shows nothing of the key. */
export function parseEncryptOptions(option: string, value: unknown): EncryptionSettings {
  const fields = readFields(option, value, ['key', 'alg', 'enc'])
  const key = readJweKey(at(option, 'key'), fields.get('key'), 'public')
  for (const [name, expected] of Object.entries({ alg: key.algorithm, enc: contentEncryption })) {
    if (!fields.has(name) || fields.get(name) === expected) continue
    throw new ConfigError(at(option, name), `"${expected}", which is what the key is for`, describe(fields.get(name)))
  }
  return Object.freeze({ key, enc: contentEncryption })
}

const encoder = new TextEncoder()

/**
 * Encrypts a signed token into a nested JWT (RFC 7519 section 5.2). The header contains the algorithms, the key id and
 * `cty`. It repeats no claim, and nothing is compressed. Rejects if the runtime cannot import the key.
 */
export async function encryptToken(jws: string, { key, enc }: EncryptionSettings): Promise<string> {
  const kid = key.kid === null ? {} : { kid: key.kid }
  return new CompactEncrypt(encoder.encode(jws))
    .setProtectedHeader({ alg: key.algorithm, enc, cty: 'JWT', ...kid })
    .encrypt(await key.import())
}

/** Throws a ConfigError if one secret signs and encrypts: an API that can decrypt must not be able to sign. */
export function assertSecretsDiffer(option: string, { secret }: Signer, encryption: EncryptionSettings | null): void {
  if (secret === null || encryption === null || !encryption.key.isSecret(secret)) return
  throw new ConfigError(option, 'a secret with no other use', 'a secret that also signs')
}
