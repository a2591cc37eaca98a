import type { Check } from './check.ts'
import { checkRemoteKeys } from './inspect-keys.ts'
import { checkStaticKeys } from './check-static-keys.ts'
import type { GatheredVariables } from './variables.ts'
import type { RecordedFetch } from './record-fetch.ts'

/** What became of the keys while they were made ready. */
export interface KeyFacts {
  readonly recorder: RecordedFetch
  /** Why core has no keys; null where it has. */
  readonly reason: string | null
  /** In milliseconds since the epoch. */
  readonly now: number
}

/** Checks the keys of settings that a server starts with, wherever they are. */
export async function checkKeys(
  variables: GatheredVariables,
  { recorder, reason, now }: KeyFacts,
): Promise<readonly Check[]> {
  const { environment, sourceOf } = variables
  const algorithms = environment['JWT_ALGORITHMS']?.split(',').map((name) => name.trim()) ?? null
  const sources = { algorithms, algorithmsSource: sourceOf('JWT_ALGORITHMS') }
  const { JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey } = environment
  if (secret !== undefined) {
    return checkStaticKeys({ kind: 'secret', text: secret, source: sourceOf('JWT_SECRET'), ...sources }, now)
  }
  if (publicKey !== undefined) {
    const text = publicKey.replaceAll('\\n', '\n')
    return checkStaticKeys({ kind: 'publicKey', text, source: sourceOf('JWT_PUBLIC_KEY'), ...sources }, now)
  }
  return checkRemoteKeys({
    ...sources,
    issuer: environment['JWT_ISSUER'] ?? '',
    issuerSource: sourceOf('JWT_ISSUER'),
    isDiscovered: environment['JWT_JWKS_URL'] === undefined,
    exchanges: recorder.exchanges(),
    reason,
  })
}
