// Everything that the files of advisories need.
import type { AuthOptions } from '@claimcheck/core'
import { authOptions } from '@claimcheck/testing/contract/issuer'
import type { SomeOptions } from '@claimcheck/testing/contract/issuer'
import { describe } from 'vitest'
import { secret } from '../src/forge.ts'

export { FakeKeyServer, recordKeyQueries } from '../src/fake-keys.ts'
export {
  audience,
  ecPair,
  ecdsa,
  encode,
  goodClaims,
  hmac,
  issuer,
  jwkOf,
  mint,
  mintText,
  otherPair,
  rsa,
  rsaPair,
  secret,
  spkiOf,
} from '../src/forge.ts'
export { allOf, outcomesOf, startOf } from '../src/harness.ts'
export type { Harness } from '../src/harness.ts'
export { authOptions, bearer, nowSeconds } from '@claimcheck/testing/contract/issuer'
export type { SomeOptions } from '@claimcheck/testing/contract/issuer'

/** Options of an Auth that accepts tokens signed with `secret`, and these options in addition. */
export function acceptingSecret(options: SomeOptions = {}): AuthOptions {
  return authOptions({ keys: { secret }, ...options })
}

/** The tested rows of the list of advisories, with their titles. */
const tested = new Map<number, string>()

/** Declares the tests for some rows of the list of advisories: `{ 1: 'CVE-2015-9235 (jsonwebtoken)' }`. */
export function advisory(rows: Readonly<Record<number, string>>, tests: () => void): void {
  for (const [row, title] of Object.entries(rows)) tested.set(Number(row), title)
  describe(Object.values(rows).join(', '), tests)
}

export function testedRows(): ReadonlyMap<number, string> {
  return tested
}
