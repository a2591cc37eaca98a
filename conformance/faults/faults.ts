import type { Harness } from '../src/harness.ts'
import { clockFaults } from './clock.ts'
import { fetchFaults } from './fetches.ts'
import { keySourceFaults } from './key-sources.ts'
import { ownCodeFaults } from './own-code.ts'
import { revocationFaults } from './revocations.ts'

/** Declares the tests of failing dependencies, for core or for one adapter. */
export function faults(harness: Harness): void {
  clockFaults(harness)
  keySourceFaults(harness)
  fetchFaults(harness)
  revocationFaults(harness)
  ownCodeFaults(harness)
}
