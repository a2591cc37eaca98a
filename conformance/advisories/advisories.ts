import { algorithmAdvisories } from './algorithms.ts'
import { cacheAdvisories } from './cache.ts'
import { claimAdvisories } from './claims.ts'
import type { Harness } from '../src/harness.ts'
import { encryptionAdvisories } from './encryption.ts'
import { keyAdvisories } from './keys.ts'
import { requestAdvisories } from './requests.ts'
import { secretAdvisories } from './secrets.ts'

/** Declares the tests of every advisory, for core or for one adapter. */
export function advisories(harness: Harness): void {
  algorithmAdvisories(harness)
  encryptionAdvisories(harness)
  secretAdvisories(harness)
  claimAdvisories(harness)
  keyAdvisories(harness)
  cacheAdvisories(harness)
  requestAdvisories(harness)
}
