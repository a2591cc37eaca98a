import type { Form } from '../form.ts'
import { kinds } from './kinds.ts'
import type { Kind } from './kinds.ts'

export interface Extent {
  readonly kinds: readonly Kind[]
  readonly withPeers: boolean
  readonly rounds: number
  readonly warmTurns: number
  readonly milliseconds: number
  /** Bad tokens of each kind, and good ones that were seen before. */
  readonly tokens: number
  /** Good tokens that no cache holds when they come. */
  readonly firstSeen: number
}

export const extents: Readonly<Record<Form, Extent>> = {
  full: { kinds, withPeers: true, rounds: 5, warmTurns: 2, milliseconds: 400, tokens: 500, firstSeen: 12_000 },
  short: {
    kinds: ['wrongly signed'],
    withPeers: false,
    rounds: 1,
    warmTurns: 0,
    milliseconds: 50,
    tokens: 2,
    firstSeen: 2,
  },
}
