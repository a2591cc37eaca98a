import { X509Certificate } from 'node:crypto'
import { createVerificationKey } from '@claimcheck/core'
import { calendarTime, relativeTime } from '../lib/time.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import { checkAlgorithms } from './check-algorithms.ts'

/** Keys that stand in the settings, with what they were given by. */
export interface StaticKeys {
  /** A secret, or PEM; core has taken it by now. */
  readonly kind: 'secret' | 'publicKey'
  readonly text: string
  readonly source: string
  readonly algorithms: readonly string[] | null
  readonly algorithmsSource: string
}

/** Checks keys for which nothing is fetched. */
export function checkStaticKeys(keys: StaticKeys, nowMilliseconds: number): readonly Check[] {
  const { kind, text, source, algorithms, algorithmsSource } = keys
  const expected = 'a key in the settings'
  if (kind === 'secret') {
    const bytes = Buffer.byteLength(text)
    return [
      passed('key set', expected, `a secret of ${bytes} bytes in ${source}; nothing is fetched`),
      passed('algorithms', 'what a secret allows', (algorithms ?? ['HS256']).join(', ')),
    ]
  }
  const key = createVerificationKey({ publicKey: text })
  return [
    passed('key set', expected, `a public key of type ${key.kty} in ${source}; nothing is fetched`),
    checkAlgorithms(algorithms, [key], algorithmsSource),
    ...checkCertificate(text, source, nowMilliseconds),
  ]
}

/** Servers take the key of a certificate and leave its dates alone; that it is over is a sign all the same. */
function checkCertificate(pem: string, source: string, nowMilliseconds: number): readonly Check[] {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) return []
  const until = Date.parse(new X509Certificate(pem).validTo)
  const expected = 'a certificate that is not over'
  const found = `it is good until ${calendarTime(until / 1000)}`
  if (until > nowMilliseconds) return [passed('certificate', expected, found)]
  return [
    {
      check: 'certificate',
      verdict: 'warned',
      expected,
      found: `it ended ${relativeTime(until / 1000, nowMilliseconds / 1000)}`,
      remedy: `Servers take its key all the same. Has the issuer a new one? Then put it into ${source}.`,
    },
  ]
}
