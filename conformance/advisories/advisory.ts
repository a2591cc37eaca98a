import { describe } from 'vitest'

/** The rows of the list that are tested in this file, under their titles. */
const tested = new Map<number, string>()

/** Declares the tests that rows of the list of advisories ask for: `{ 1: 'CVE-2015-9235 (jsonwebtoken)' }`. */
export function advisory(rows: Readonly<Record<number, string>>, tests: () => void): void {
  for (const [row, title] of Object.entries(rows)) tested.set(Number(row), title)
  describe(Object.values(rows).join(', '), tests)
}

export function testedRows(): ReadonlyMap<number, string> {
  return tested
}
