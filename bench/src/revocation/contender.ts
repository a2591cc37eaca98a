import type { Memory } from '../cache/contender.ts'
import type { Terms } from '../tokens/issuer.ts'

/** An Auth that recalls tokens, and what can be revoked of it: by the token itself, its session, its subject. */
export interface Revocable extends Memory {
  readonly ways: readonly ((claims: RevocableClaims) => Promise<void> | void)[]
}

/** Makes an Auth beside so many revocations, of which none is of a token that will come. */
export type MakeRevocable = (terms: Terms, live: number) => Promise<Revocable>

/** What a token can be revoked by. */
export interface RevocableClaims {
  readonly iss: string
  readonly sub: string
  readonly sid: string
  readonly jti: string
  readonly iat: number
  readonly exp: number
}
