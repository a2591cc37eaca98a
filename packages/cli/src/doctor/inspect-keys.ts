import { X509Certificate } from 'node:crypto'
import { createVerificationKey } from '@claimcheck/core'
import type { VerificationKey } from '@claimcheck/core'
import { formatRelativeTime, formatTime } from '../lib/time.ts'
import { redactUrl } from '../terminal/redact.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import { explainExchange, reasons } from './explain-exchange.ts'
import { inspectClock } from './inspect-clock.ts'
import { inspectDiscovery, isMetadataUrl } from './inspect-discovery.ts'
import { inspectKeySet } from './inspect-key-set.ts'
import { jsonBody } from './record-fetch.ts'
import type { Exchange } from './record-fetch.ts'
import type { SettingVariables } from './variables.ts'

/** How core loaded the keys. */
export interface KeyFacts {
  readonly exchanges: readonly Exchange[]
  /** Why core has no keys; null if it has. */
  readonly reason: string | null
  /** In milliseconds since the epoch. */
  readonly now: number
}

/** Inspects the keys of settings that core accepted: from the settings themselves, or fetched. */
export async function inspectKeys(variables: SettingVariables, facts: KeyFacts): Promise<readonly Check[]> {
  const { JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey } = variables.environment
  if (secret !== undefined) return inspectSecret(secret, variables)
  if (publicKey !== undefined) return inspectPublicKey(publicKey.replaceAll('\\n', '\n'), variables, facts.now)
  return inspectRemoteKeys(variables, facts)
}

function inspectSecret(secret: string, variables: SettingVariables): readonly Check[] {
  const size = `a secret of ${Buffer.byteLength(secret)} bytes`
  return [
    passed('key set', 'a key in the settings', `${size} in ${variables.sourceOf('JWT_SECRET')}; nothing is fetched`),
    passed('algorithms', 'the algorithms of a secret', (listAlgorithms(variables) ?? ['HS256']).join(', ')),
  ]
}

function inspectPublicKey(pem: string, variables: SettingVariables, nowMilliseconds: number): readonly Check[] {
  const source = variables.sourceOf('JWT_PUBLIC_KEY')
  const key = createVerificationKey({ publicKey: pem })
  return [
    passed('key set', 'a key in the settings', `a public key of type ${key.kty} in ${source}; nothing is fetched`),
    inspectAlgorithms(variables, [key]),
    ...inspectCertificate(pem, source, nowMilliseconds),
  ]
}

/** APIs use the key of an expired certificate, too, but its date may show that the key was replaced. */
function inspectCertificate(pem: string, source: string, nowMilliseconds: number): readonly Check[] {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) return []
  const until = Date.parse(new X509Certificate(pem).validTo)
  const expected = 'a certificate that has not expired'
  if (until > nowMilliseconds) return [passed('certificate', expected, `valid until ${formatTime(until / 1000)}`)]
  return [
    {
      check: 'certificate',
      verdict: 'warned',
      expected,
      found: `it expired ${formatRelativeTime(until / 1000, nowMilliseconds / 1000)}`,
      remedy: `APIs still use its key. If the issuer has a new certificate, put it into ${source}.`,
    },
  ]
}

async function inspectRemoteKeys(variables: SettingVariables, facts: KeyFacts): Promise<readonly Check[]> {
  const { environment, sourceOf } = variables
  const { exchanges, reason } = facts
  const isDiscovered = environment['JWT_JWKS_URL'] === undefined
  const forMetadata = isDiscovered ? exchanges.filter(({ url }) => isMetadataUrl(url)) : []
  const forKeys = exchanges.filter((exchange) => !forMetadata.includes(exchange)).at(-1)
  const discovery = {
    issuer: environment['JWT_ISSUER'] ?? '',
    source: sourceOf('JWT_ISSUER'),
    exchanges: forMetadata,
    // If the keys were requested, the metadata were good.
    reason: forKeys === undefined ? reason : null,
  }
  const clock = inspectClock(exchanges)
  return [
    ...(isDiscovered ? [inspectDiscovery(discovery)] : []),
    ...(forKeys === undefined ? [] : await inspectResponse(forKeys, variables, reason)),
    ...(clock === null ? [] : [clock]),
  ]
}

async function inspectResponse(
  exchange: Exchange,
  variables: SettingVariables,
  reason: string | null,
): Promise<readonly Check[]> {
  const jwks = jsonBody(exchange)?.['keys']
  if (reason !== null || !Array.isArray(jwks)) return [failedFetch(exchange, reason ?? reasons.notJwkSet)]
  const { checks, keys } = await inspectKeySet(jwks)
  return keys.length === 0 ? checks : [...checks, inspectAlgorithms(variables, keys)]
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

function listAlgorithms({ environment }: SettingVariables): readonly string[] | null {
  return environment['JWT_ALGORITHMS']?.split(',').map((name) => name.trim()) ?? null
}

/** Inspects whether any key can be used with the configured algorithms. */
function inspectAlgorithms(variables: SettingVariables, keys: readonly VerificationKey[]): Check {
  const listed = listAlgorithms(variables)
  const possible = [...new Set(keys.flatMap((key) => key.algorithms))]
  if (listed === null) return passed('algorithms', 'the algorithms of the keys', possible.join(', '))
  // Ed25519 is another name for EdDSA (RFC 9864).
  const names = listed.map((name) => (name === 'Ed25519' ? 'EdDSA' : name))
  const expected = `a key for ${listed.join(' or ')}`
  const usable = possible.filter((name) => names.includes(name))
  if (usable.length > 0) return passed('algorithms', expected, usable.join(', '))
  return {
    check: 'algorithms',
    verdict: 'failed',
    expected,
    found: `keys for ${possible.join(', ')}`,
    remedy: `Every token will be rejected. Add the issuer's algorithm to ${variables.sourceOf('JWT_ALGORITHMS')}, or omit it.`,
  }
}
