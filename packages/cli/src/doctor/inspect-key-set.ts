import { ConfigError, createVerificationKey } from '@claimcheck/core'
import type { Jwk, VerificationKey } from '@claimcheck/core'
import { shortText } from '../terminal/escape.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'

/** A key of a JWK Set, as an API reads it. */
interface SetEntry {
  readonly kid: string | null
  /** null if an API cannot use the key. */
  readonly key: VerificationKey | null
  /** Why an API cannot use the key; null if it can. */
  readonly fault: string | null
  /** Whether the key is for another purpose, such as encryption. Such keys are not reported. */
  readonly isForOtherUse: boolean
}

/** The result for a key set: its checks, and the keys that an API can use. */
export interface InspectedKeySet {
  readonly checks: readonly Check[]
  readonly keys: readonly VerificationKey[]
}

/** Inspects whether a set contains usable keys, no private keys, and unambiguous key IDs. */
export async function inspectKeySet(jwks: readonly unknown[]): Promise<InspectedKeySet> {
  const entries = await readEntries(jwks)
  const usable = entries.filter(({ key }) => key !== null)
  const keys = usable.flatMap(({ key }): readonly VerificationKey[] => (key === null ? [] : [key]))
  const expected = 'a set with public keys that can verify signatures'
  if (usable.length === 0) {
    const found = entries.length === 0 ? 'an empty set' : `no usable key: ${describeFaults(entries)}`
    const remedy = 'Every token will be rejected. The issuer must publish its public signing key.'
    return {
      checks: [{ check: 'key set', verdict: 'failed', expected, found, remedy }, ...inspectFaults(entries)],
      keys,
    }
  }
  const list = usable.map(({ kid, key }) => `${formatKid(kid)} (${(key?.algorithms ?? []).join(', ')})`)
  const contents = passed('key set', expected, `${count(usable.length, 'key')}: ${list.join(', ')}`)
  return { checks: [contents, ...inspectFaults(entries), inspectKids(usable)], keys }
}

/** Reads the keys as core does. A key that core or the runtime cannot use has a fault. */
async function readEntries(jwks: readonly unknown[]): Promise<readonly SetEntry[]> {
  const texts = jwks.map((jwk) => JSON.stringify(jwk))
  return Promise.all(
    jwks.map(async (jwk, index) => {
      const entry = await readEntry(jwk)
      const isDuplicate = entry.key !== null && texts.indexOf(texts[index] ?? '') < index
      return isDuplicate ? { ...entry, key: null, fault: 'a duplicate of another key' } : entry
    }),
  )
}

async function readEntry(value: unknown): Promise<SetEntry> {
  const jwk = typeof value === 'object' && value !== null ? (value as Jwk) : {}
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : null
  try {
    const key = createVerificationKey({ publicKey: jwk })
    await Promise.all(key.algorithms.map(async (algorithm) => key.checks(algorithm)))
    return { kid, key, fault: null, isForOtherUse: false }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { kid, key: null, fault: error.received, isForOtherUse: isForOtherUse(jwk) }
  }
}

function isForOtherUse({ use, key_ops: operations }: Jwk): boolean {
  const verifies = !Array.isArray(operations) || operations.includes('verify')
  return (use !== undefined && use !== 'sig') || !verifies
}

/** A published private key or secret is a failure: anyone who fetched the set can sign tokens. */
function inspectFaults(entries: readonly SetEntry[]): readonly Check[] {
  const faulty = entries.filter(({ fault, isForOtherUse: isIgnored }) => fault !== null && !isIgnored)
  const published = faulty.filter(({ fault }) => /^a (secret|private key)/.test(fault ?? ''))
  const others = faulty.filter((entry) => !published.includes(entry))
  const checks: Check[] = []
  if (published.length > 0) {
    checks.push({
      check: 'key set',
      verdict: 'failed',
      expected: 'only public keys',
      found: describeFaults(published),
      remedy: 'Anyone who fetched the set can sign tokens as the issuer. The issuer must replace the key immediately.',
    })
  }
  if (others.length > 0) {
    checks.push({
      check: 'key set',
      verdict: 'warned',
      expected: 'keys that an API can use',
      found: `ignored: ${describeFaults(others)}`,
      remedy: 'Tokens that are signed with these keys are rejected. The issuer must replace them.',
    })
  }
  return checks
}

function inspectKids(usable: readonly SetEntry[]): Check {
  const expected = 'a kid for each key, and one key for each kid and algorithm'
  const ambiguous = usable.filter((entry) => usable.some((other) => other !== entry && isAmbiguousWith(entry, other)))
  if (ambiguous.length > 0) {
    return {
      check: 'kids',
      verdict: 'failed',
      expected,
      found: `several keys have the kid ${[...new Set(ambiguous.map(({ kid }) => formatKid(kid)))].join(', ')}`,
      remedy:
        'APIs ignore all of these keys, because they cannot choose one. The issuer must give each key its own kid.',
    }
  }
  const unnamed = usable.filter(({ kid }) => kid === null).length
  if (unnamed === 0) return passed('kids', expected, 'each key has its own kid')
  return {
    check: 'kids',
    verdict: 'warned',
    expected,
    found: `${count(unnamed, 'key')} without a kid`,
    remedy:
      'Such a key is used only for tokens without a kid, and only if no other key fits. The issuer must add a kid.',
  }
}

function isAmbiguousWith(one: SetEntry, other: SetEntry): boolean {
  if (one.kid === null || one.kid !== other.kid) return false
  return one.key?.algorithms.some((name) => other.key?.algorithms.includes(name) ?? false) ?? false
}

function describeFaults(entries: readonly SetEntry[]): string {
  return entries.map(({ kid, fault }) => `${formatKid(kid)} is ${fault}`).join('; ')
}

function formatKid(kid: string | null): string {
  return kid === null ? 'a key without a kid' : shortText(kid)
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
