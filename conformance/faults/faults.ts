import type { Door } from '../advisories/door.ts'
import { ownCodeFaults } from './own-code.ts'

/** Declares the tests of what fails around the way of a request, for core or for one adapter. */
export function faults(door: Door): void {
  ownCodeFaults(door)
}
