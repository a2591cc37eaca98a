import type { MakeMemory } from './contender.ts'
import { makeClaimcheck } from './contenders/claimcheck.ts'
import { makeFastJwt, makeFastJwtSized, makeFastJwtUnhashed } from './contenders/fast-jwt.ts'
import { makeMap } from './contenders/map.ts'

/** By the names that the figures go by. */
export const contenders = {
  'Map.get': makeMap,
  claimcheck: makeClaimcheck,
  'fast-jwt, cache on': makeFastJwt,
  'fast-jwt, cache sized': makeFastJwtSized,
  'fast-jwt, sized, unhashed': makeFastJwtUnhashed,
} as const satisfies Readonly<Record<string, MakeMemory>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]
export const cachePackages = ['@claimcheck/core', 'fast-jwt']
