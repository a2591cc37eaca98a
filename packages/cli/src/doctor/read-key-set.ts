import { ConfigError, createVerificationKey } from '@claimcheck/core'
import type { Jwk, VerificationKey } from '@claimcheck/core'

/** A key of a JWK Set, as a server sees it. */
export interface SetEntry {
  readonly kid: string | null
  /** null where the key may not verify. */
  readonly key: VerificationKey | null
  /** Why it may not; null where it may. */
  readonly fault: string | null
  /** A key for other work, as encryption, which does no harm. */
  readonly isForOtherWork: boolean
}

/** Reads the keys of a set as core does: one that core or this runtime cannot take is left out, with the reason. */
export async function readKeySet(keys: readonly unknown[]): Promise<readonly SetEntry[]> {
  const texts = keys.map((key) => JSON.stringify(key))
  return Promise.all(
    keys.map(async (key, index) => {
      const entry = await readEntry(key)
      const isRepeated = entry.key !== null && texts.indexOf(texts[index] ?? '') < index
      return isRepeated ? { ...entry, key: null, fault: 'the same as another' } : entry
    }),
  )
}

async function readEntry(value: unknown): Promise<SetEntry> {
  const jwk = typeof value === 'object' && value !== null ? (value as Jwk) : {}
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : null
  try {
    const key = createVerificationKey({ publicKey: jwk })
    await Promise.all(key.algorithms.map(async (algorithm) => key.checks(algorithm)))
    return { kid, key, fault: null, isForOtherWork: false }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { kid, key: null, fault: error.received, isForOtherWork: isForOtherWork(jwk) }
  }
}

function isForOtherWork({ use, key_ops: operations }: Jwk): boolean {
  const verifies = !Array.isArray(operations) || operations.includes('verify')
  return (use !== undefined && use !== 'sig') || !verifies
}
