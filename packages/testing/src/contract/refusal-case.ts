import type { Policy, AuthErrorCode } from '@claimcheck/core'
import type { HeaderLine } from './answer.ts'
import type { SomeOptions } from './issuer.ts'

/** A request, told by its guarantee, and what the server that gets it is set to. */
export interface RequestCase {
  /** Reads on from `refuses` or `accepts`. */
  readonly name: string
  /** @default GET */
  readonly method?: string
  readonly path?: string
  readonly headers: readonly HeaderLine[]
  readonly options?: SomeOptions
  readonly guards?: readonly Policy[]
}

export interface RefusalCase extends RequestCase {
  readonly code: AuthErrorCode
  /** Two lines that Fetch joins to one value, in which the second is not told from the first any more. */
  readonly needsLines?: true
  /** @default those of the code */
  readonly lines?: readonly string[]
}

/** Cases under their names, for the titles of their tests. */
export function named<T extends RequestCase>(cases: readonly T[]): readonly (readonly [name: string, request: T])[] {
  return cases.map((request) => [request.name, request])
}
