import type { Harness } from '../advisories/door.ts'
import { clockFaults } from './clock.ts'
import { fetchFaults } from './fetches.ts'
import { keySourceFaults } from './key-sources.ts'
import { ownCodeFaults } from './own-code.ts'
import { revocationFaults } from './revocations.ts'

/** Declares the tests of what fails around the way of a request, for core or for one adapter. */
export function faults(door: Harness): void {
  clockFaults(door)
  keySourceFaults(door)
  fetchFaults(door)
  revocationFaults(door)
  ownCodeFaults(door)
}
