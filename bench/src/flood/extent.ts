import type { Form } from '../form.ts'

export interface Extent {
  readonly rounds: number
  readonly warmTurns: number
  readonly milliseconds: number
  /** Bad tokens of each kind, and good ones that were seen before. */
  readonly tokens: number
  /** Good tokens that no cache holds when they come. */
  readonly firstSeen: number
}

export const extents: Readonly<Record<Form, Extent>> = {
  full: { rounds: 6, warmTurns: 2, milliseconds: 400, tokens: 500, firstSeen: 12_000 },
  short: { rounds: 1, warmTurns: 0, milliseconds: 20, tokens: 2, firstSeen: 2 },
}
