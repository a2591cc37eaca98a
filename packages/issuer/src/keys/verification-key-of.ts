import { ConfigError, createVerificationKey } from '@claimcheck/core'
import type { VerificationKey } from '@claimcheck/core'

/** Makes the key that verifies what a signing key signs; the ConfigError names the setting that the key stands in. */
export function verificationKeyOf(
  field: string,
  material: Parameters<typeof createVerificationKey>[0],
): VerificationKey {
  try {
    return createVerificationKey(material)
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(field, error.expected, error.received)
    throw error
  }
}
