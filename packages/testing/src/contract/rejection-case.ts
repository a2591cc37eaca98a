import type { Policy, AuthErrorCode } from '@claimcheck/core'
import type { HeaderLine } from './response.ts'
import type { SomeOptions } from './issuer.ts'

/** A request, and the settings of the server that receives it. */
export interface RequestCase {
  /** Completes `rejects …` or `accepts …` to the name of a test. */
  readonly name: string
  /** @default GET */
  readonly method?: string
  readonly path?: string
  readonly headers: readonly HeaderLine[]
  readonly options?: SomeOptions
  readonly guards?: readonly Policy[]
}

export interface RejectionCase extends RequestCase {
  readonly code: AuthErrorCode
  /** Whether the case needs two header lines. Fetch joins them to one value, from which they cannot be separated. */
  readonly needsLines?: true
  /** @default those of the code */
  readonly lines?: readonly string[]
}

/** Pairs each case with its name, for `it.each`. */
export function named<T extends RequestCase>(cases: readonly T[]): readonly (readonly [name: string, request: T])[] {
  return cases.map((request) => [request.name, request])
}
