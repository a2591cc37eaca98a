import { ConfigError } from '@claimcheck/core'
import type { HmacAlgorithm } from '@claimcheck/core'
import { withoutPrototype } from '@claimcheck/core/internal'
import type { CryptoKey } from 'jose'
import { importSecret, signCompact } from './sign-compact.ts'
import type { Signer } from './signing-key.ts'
import { verificationKeyOf } from './verification-key-of.ts'

/** Signs with a secret, which is held to what core holds one to. */
export function createSecretSigner(field: string, value: unknown, algorithm: HmacAlgorithm): Signer {
  const secret = readSecret(field, value)
  const verificationKey = verificationKeyOf(field, { secret, algorithm })
  let importing: Promise<CryptoKey> | null = null
  const signer = {
    algorithm,
    isExternal: false,
    kid: null,
    publicJwk: null,
    verificationKey,
    async ready() {
      await verificationKey.checks(algorithm)
    },
    async sign(payload: Readonly<Record<string, unknown>>, typ: string) {
      importing ??= importSecret(secret, algorithm)
      return signCompact({ header: { alg: algorithm, typ }, payload }, await importing, algorithm)
    },
  }
  // Neither printed nor serialised with the rest.
  return Object.freeze(
    Object.defineProperty(signer, 'secret', withoutPrototype({ value: secret })),
  ) as unknown as Signer
}

function readSecret(field: string, value: unknown): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (value instanceof Uint8Array) return new Uint8Array(value)
  throw new ConfigError(field, 'a string or a Uint8Array', value === undefined ? 'missing' : `of type ${typeof value}`)
}
