import type { Terms } from '../../tokens/issuer.ts'
import type { Revocable } from '../contender.ts'
import { makeAuth } from './make-auth.ts'

/** What the others are measured by: nothing is asked but the cache. */
export async function makeNoList(terms: Terms): Promise<Revocable> {
  return makeAuth(terms, {}, [])
}
