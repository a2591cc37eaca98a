import type { Operation } from '../race/stopwatch.ts'
import type { Terms } from '../tokens/issuer.ts'

/**
 * Makes a library ready to verify tokens, the way its documentation says is fast, with the same checks for all:
 * signature, issuer, audience, times. Null where it does not know the algorithm. `tokens` are those that will come.
 */
export type MakeContender = (terms: Terms, tokens: readonly string[]) => Promise<Operation | null>
