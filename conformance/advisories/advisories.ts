import { algorithmAdvisories } from './algorithms.ts'
import { cacheAdvisories } from './cache.ts'
import { claimAdvisories } from './claims.ts'
import type { Harness } from './door.ts'
import { encryptionAdvisories } from './encryption.ts'
import { keyAdvisories } from './keys.ts'
import { requestAdvisories } from './requests.ts'
import { secretAdvisories } from './secrets.ts'

/** Declares the tests of every advisory, for core or for one adapter. */
export function advisories(door: Harness): void {
  algorithmAdvisories(door)
  encryptionAdvisories(door)
  secretAdvisories(door)
  claimAdvisories(door)
  keyAdvisories(door)
  cacheAdvisories(door)
  requestAdvisories(door)
}
