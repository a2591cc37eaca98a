import { randomUUID } from 'node:crypto'
import type { Terms } from '../../tokens/issuer.ts'
import type { Revocable } from '../contender.ts'
import { makeAuth } from './make-auth.ts'

/** What is written without a list: no sessions, no subjects, and nothing that ends. */
export async function makeSet(terms: Terms, live: number): Promise<Revocable> {
  const revoked = new Set<unknown>(Array.from({ length: live }, () => randomUUID()))
  return makeAuth(terms, { isRevoked: ({ claims }) => revoked.has(claims.jti) }, [({ jti }) => void revoked.add(jti)])
}
