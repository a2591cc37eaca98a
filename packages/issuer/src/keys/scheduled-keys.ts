import { AuthError, createVerificationKey } from '@claimcheck/core'
import type { HmacAlgorithm, KeyQuery, KeySource, VerificationKey } from '@claimcheck/core'
import { withoutPrototype } from '@claimcheck/core/internal'
import type { Signer } from './signing-key.ts'

/** Finds keys among those that are published at the time: what left is not held any more. */
export function createScheduledKeys(published: () => readonly Signer[]): KeySource {
  const ofSecrets = new SecretKeys()
  const keys = (): readonly VerificationKey[] => {
    const signers = published()
    return signers.some(({ secret }) => secret !== null)
      ? ofSecrets.of(signers)
      : signers.map((signer) => signer.verificationKey)
  }
  return {
    find(query: KeyQuery): VerificationKey {
      const { alg, kid } = withoutPrototype(query)
      const found = keys().filter((key) => {
        const algorithms: readonly string[] = key.algorithms
        return (key.kid === null || kid === undefined || key.kid === kid) && algorithms.includes(alg)
      })
      const [key] = found
      if (key !== undefined && found.length === 1) return key
      throw new AuthError('key_not_found', { logDetail: 'not exactly one key of the issuer fits the kid and alg' })
    },
    has: (key) => keys().includes(key),
    ready: async () => {
      await Promise.all(keys().flatMap((key) => key.algorithms.map(async (algorithm) => key.checks(algorithm))))
    },
  }
}

/** Secrets have no names: those of an algorithm are one key, which tries each of them. It is made anew as they change. */
class SecretKeys {
  #signers: readonly Signer[] = []
  #keys: readonly VerificationKey[] = []

  of(signers: readonly Signer[]): readonly VerificationKey[] {
    const isSame =
      signers.length === this.#signers.length && signers.every((signer, index) => signer === this.#signers[index])
    if (isSame) return this.#keys
    this.#signers = signers
    const algorithms = [...new Set(signers.map(({ algorithm }) => algorithm as HmacAlgorithm))]
    this.#keys = algorithms.map((algorithm) => {
      const secret = signers.flatMap((signer) =>
        signer.algorithm === algorithm && signer.secret !== null ? [signer.secret] : [],
      )
      return createVerificationKey({ secret, algorithm })
    })
    return this.#keys
  }
}
