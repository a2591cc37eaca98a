import { ConfigError } from '../failure/errors.ts'
import { describe, describeOther } from '../lib/options.ts'
import { hasOwn, withoutPrototype } from '../lib/properties.ts'
import { hmacSecretBytes } from '../lib/algorithms.ts'
import type { HmacAlgorithm } from '../lib/algorithms.ts'
import { parsePublicKey } from '../keys/public-key.ts'
import type { PublicKey } from '../keys/public-key.ts'
import { parseSecret } from '../keys/secret.ts'
import { makeVerificationKey } from '../keys/verification-key.ts'
import type { VerificationKey } from '../keys/verification-key.ts'

/**
 * Makes what a KeySource of one's own must return, of a public key or of a secret (a list while one is
 * being rotated); throws ConfigError.
 */
export function createVerificationKey(
  material:
    | { readonly publicKey: PublicKey }
    | {
        readonly secret: string | Uint8Array | readonly (string | Uint8Array)[]
        readonly algorithm: HmacAlgorithm
      },
): VerificationKey {
  if (typeof material !== 'object' || material === null) {
    const [expected, received] = ['{ publicKey } or { secret, algorithm }', describe(material)]
    const message = `createVerificationKey expects ${expected}, received ${received}`
    throw new ConfigError('createVerificationKey', expected, received, { message })
  }
  if (hasOwn(material, 'publicKey')) return parsePublicKey('publicKey', material.publicKey)
  const { secret, algorithm } = withoutPrototype(material)
  if (!Object.hasOwn(hmacSecretBytes, algorithm))
    throw new ConfigError('algorithm', 'HS256, HS384 or HS512', describeOther(algorithm))
  const written: readonly unknown[] = Array.isArray(secret) ? secret : [secret]
  if (written.length === 0)
    throw new ConfigError('secret', 'a secret or a non-empty array of secrets', 'an empty array')
  const secrets = written.map((one) => parseSecret('secret', one, [algorithm]))
  return makeVerificationKey({ kid: null, kty: 'oct', algorithms: [algorithm] }, { secrets })
}
