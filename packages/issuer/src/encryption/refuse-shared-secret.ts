import { ConfigError } from '@claimcheck/core'
import type { Signer } from '../keys/signing-key.ts'
import type { EncryptionSettings } from '../keys/encryption.ts'

/** Throws a ConfigError where one secret signs and encrypts: who holds it to decrypt must not be able to sign by it. */
export function refuseSharedSecret(field: string, signer: Signer, encryption: EncryptionSettings | null): void {
  const { secret } = signer
  if (secret === null || encryption === null) return
  if (encryption.key.isSecret(secret))
    throw new ConfigError(field, 'a secret that is for nothing else', 'one that also signs')
}
