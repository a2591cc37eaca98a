import type { VerificationKey } from '@claimcheck/core'
import { checkAlgorithms } from './check-algorithms.ts'
import type { Check } from './check.ts'
import { checkClock } from './inspect-clock.ts'
import { checkDiscovery, isMetadataUrl } from './inspect-discovery.ts'
import { checkKeySet } from './inspect-key-set.ts'
import { bodyOf } from './exchange-body.ts'
import { explainExchange } from './explain-exchange.ts'
import { readKeySet } from './read-key-set.ts'
import type { Exchange } from './record-fetch.ts'
import { redactUrl } from './shown-url.ts'

/** How core got the keys of an issuer, or failed to. */
export interface RemoteFacts {
  readonly issuer: string
  readonly issuerSource: string
  /** Whether the metadata were to lead to the keys. */
  readonly isDiscovered: boolean
  readonly algorithms: readonly string[] | null
  readonly algorithmsSource: string
  readonly exchanges: readonly Exchange[]
  /** Why core has no keys; null where it has. */
  readonly reason: string | null
}

/** Checks metadata, keys and clock by what went between core and the servers. */
export async function checkRemoteKeys(facts: RemoteFacts): Promise<readonly Check[]> {
  const { issuer, issuerSource, isDiscovered, exchanges, reason } = facts
  const metadata = isDiscovered ? exchanges.filter(({ url }) => isMetadataUrl(url)) : []
  const forKeys = exchanges.filter((exchange) => !metadata.includes(exchange)).at(-1)
  const discovery = isDiscovered
    ? [
        checkDiscovery({
          issuer,
          source: issuerSource,
          exchanges: metadata,
          reason: forKeys === undefined ? reason : null,
        }),
      ]
    : []
  const clock = checkClock(exchanges)
  return [
    ...discovery,
    ...(forKeys === undefined ? [] : await checkFetchedKeys(forKeys, facts)),
    ...(clock === null ? [] : [clock]),
  ]
}

async function checkFetchedKeys(exchange: Exchange, facts: RemoteFacts): Promise<readonly Check[]> {
  const { reason, algorithms, algorithmsSource } = facts
  const keys = bodyOf(exchange)?.['keys']
  if (reason !== null || !Array.isArray(keys)) return [failedFetch(exchange, reason ?? 'it gave no JWK Set')]
  const entries = await readKeySet(keys)
  const usable = entries.flatMap(({ key }): readonly VerificationKey[] => (key === null ? [] : [key]))
  const sets = checkKeySet(entries)
  return usable.length === 0 ? sets : [...sets, checkAlgorithms(algorithms, usable, algorithmsSource)]
}

function failedFetch(exchange: Exchange, reason: string): Check {
  const { found, remedy, isOutage } = explainExchange(exchange, reason)
  return {
    check: 'key set',
    verdict: isOutage ? 'outage' : 'failed',
    expected: `a JWK Set at ${redactUrl(exchange.url)}`,
    found,
    remedy,
  }
}
