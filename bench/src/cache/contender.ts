import type { Operation } from '../race/stopwatch.ts'
import type { Terms } from '../tokens/issuer.ts'

/** Something that remembers tokens: after it has learned one, to perform on it is to recall it. */
export interface Memory extends Operation {
  readonly learn: (token: string) => unknown
}

/** Makes a memory for so many tokens; null where it would be the same as another contender's. */
export type MakeMemory = (terms: Terms, held: number) => Memory | null

/** The caller that a token names, of one that was made here. */
export function callerIn(token: string): { readonly sub: string } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return JSON.parse(payload) as { readonly sub: string }
}
