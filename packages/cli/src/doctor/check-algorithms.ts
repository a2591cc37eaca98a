import type { VerificationKey } from '@claimcheck/core'
import { passed } from './check.ts'
import type { Check } from './check.ts'

/** Checks that the algorithms of the settings, null for none, are those of some key. */
export function checkAlgorithms(
  listed: readonly string[] | null,
  keys: readonly VerificationKey[],
  source: string,
): Check {
  const possible = [...new Set(keys.flatMap((key) => key.algorithms))]
  if (listed === null) return passed('algorithms', 'what the keys allow', possible.join(', '))
  // Two names for one algorithm (RFC 9864).
  const names = listed.map((name) => (name === 'Ed25519' ? 'EdDSA' : name))
  const expected = `a key for ${listed.join(' or ')}`
  const found = possible.filter((name) => names.includes(name))
  if (found.length > 0) return passed('algorithms', expected, found.join(', '))
  return {
    check: 'algorithms',
    verdict: 'failed',
    expected,
    found: `keys for ${possible.join(', ')}`,
    remedy: `Every token will be refused: add the algorithm of the issuer to ${source}, or leave it out.`,
  }
}
