import type { JweKey } from '../encryption/jwe-key.ts'
import { ConfigError } from '../failure/errors.ts'

/**
 * Keeps each secret of one configuration to one use, whichever issuer has it: who is given a secret to encrypt with
 * must not be able to sign by it.
 */
export class SecretRegistry {
  readonly #signing: Uint8Array[] = []
  readonly #encrypting: JweKey[] = []

  /** Throws a ConfigError where the secret also encrypts. */
  addSigning(field: string, secret: Uint8Array): void {
    if (this.#encrypting.some((key) => key.isSecret(secret))) throw usedTwice(field, 'sign', 'encrypt')
    this.#signing.push(secret)
  }

  /** Throws a ConfigError where the key is a secret that also signs. */
  addEncrypting(key: JweKey): void {
    if (this.#signing.some((secret) => key.isSecret(secret))) throw usedTwice(key.field, 'encrypt', 'sign')
    this.#encrypting.push(key)
  }
}

function usedTwice(field: string, use: string, otherUse: string): ConfigError {
  return new ConfigError(field, `a secret that is only used to ${use}`, `a secret that is also used to ${otherUse}`)
}
