import { visibleText } from '../terminal/escape.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import type { SetEntry } from './read-key-set.ts'

/** Checks what a JWK Set holds: keys that may verify, none that is dangerous, names that tell them apart. */
export function checkKeySet(entries: readonly SetEntry[]): readonly Check[] {
  const usable = entries.filter(({ key }) => key !== null)
  const expected = 'a set with public keys that may verify signatures'
  if (usable.length === 0) {
    return [
      {
        check: 'key set',
        verdict: 'failed',
        expected,
        found: entries.length === 0 ? 'an empty set' : `none of ${count(entries.length, 'key')}: ${faultsOf(entries)}`,
        remedy: 'Every token will be refused: have the issuer publish the public key that it signs with.',
      },
      ...checkLeftOut(entries),
    ]
  }
  const list = usable.map(({ kid, key }) => `${nameOf(kid)} (${(key?.algorithms ?? []).join(', ')})`)
  return [
    passed('key set', expected, `${count(usable.length, 'key')}: ${list.join(', ')}`),
    ...checkLeftOut(entries),
    checkKids(usable),
  ]
}

/** A private key or a secret that was published is everybody's by now. */
function checkLeftOut(entries: readonly SetEntry[]): readonly Check[] {
  const leftOut = entries.filter(({ fault, isForOtherWork }) => fault !== null && !isForOtherWork)
  const published = leftOut.filter(({ fault }) => /^a (secret|private key)/.test(fault ?? ''))
  const others = leftOut.filter((entry) => !published.includes(entry))
  const checks: Check[] = []
  if (published.length > 0) {
    checks.push({
      check: 'key set',
      verdict: 'failed',
      expected: 'public keys and nothing else',
      found: faultsOf(published),
      remedy: 'Whoever read the set can sign in the name of the issuer: have the key replaced at once.',
    })
  }
  if (others.length > 0) {
    checks.push({
      check: 'key set',
      verdict: 'warned',
      expected: 'keys that a server can use',
      found: `left out: ${faultsOf(others)}`,
      remedy: 'Tokens that these keys sign are refused: have them replaced by keys as they must be.',
    })
  }
  return checks
}

function checkKids(usable: readonly SetEntry[]): Check {
  const expected = 'a kid for each key, and one key for each kid and algorithm'
  const twins = usable.filter((entry) => usable.some((other) => other !== entry && isTwin(entry, other)))
  if (twins.length > 0) {
    return {
      check: 'kids',
      verdict: 'failed',
      expected,
      found: `several keys are called ${[...new Set(twins.map(({ kid }) => nameOf(kid)))].join(', ')}`,
      remedy:
        'A server leaves all of them out, for it cannot tell which is meant: have each called by a name of its own.',
    }
  }
  const unnamed = usable.filter(({ kid }) => kid === null).length
  if (unnamed === 0) return passed('kids', expected, 'each key has a name of its own')
  return {
    check: 'kids',
    verdict: 'warned',
    expected,
    found: `${count(unnamed, 'key')} without a kid`,
    remedy: 'Such a key is found only by tokens without a kid, and only where no other key fits: have it given a name.',
  }
}

function isTwin(one: SetEntry, other: SetEntry): boolean {
  if (one.kid === null || one.kid !== other.kid) return false
  return one.key?.algorithms.some((name) => other.key?.algorithms.includes(name) ?? false) ?? false
}

function faultsOf(entries: readonly SetEntry[]): string {
  return entries.map(({ kid, fault }) => `${nameOf(kid)} is ${fault}`).join('; ')
}

function nameOf(kid: string | null): string {
  return kid === null ? 'one without a kid' : visibleText(kid)
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
