import type { MakeRevocable } from './contender.ts'
import { makeEmptyList, makeListOfAll, makeListOfTokens } from './contenders/list.ts'
import { makeNoList } from './contenders/no-list.ts'
import { makeSet } from './contenders/set.ts'

/** By the names that the figures go by. */
export const contenders = {
  'no list': makeNoList,
  'an empty list': makeEmptyList,
  'a list of tokens': makeListOfTokens,
  'a list of tokens, sessions and subjects': makeListOfAll,
  '`Set.has` in `isRevoked`': makeSet,
} as const satisfies Readonly<Record<string, MakeRevocable>>

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]
export const baseline: ContenderName = 'no list'
/** Those whose lists are as long as the goal says. */
export const longLists: readonly ContenderName[] = ['a list of tokens', 'a list of tokens, sessions and subjects']
