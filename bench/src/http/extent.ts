import type { Form } from '../form.ts'
import type { HttpAlgorithm } from './supplies.ts'

/** How many tokens there are to a race; `first seen` are more than any cache holds. */
export type Working = 'one token' | 'many tokens' | 'first seen'

export interface HttpCourse {
  readonly algorithm: HttpAlgorithm
  readonly working: Working
}

export interface Extent {
  readonly courses: readonly HttpCourse[]
  readonly tokens: Readonly<Record<Working, number>>
  readonly rounds: number
  readonly warmTurns: number
  readonly milliseconds: number
}

export const extents: Readonly<Record<Form, Extent>> = {
  full: {
    courses: [
      { algorithm: 'HS256', working: 'one token' },
      { algorithm: 'HS256', working: 'many tokens' },
      { algorithm: 'RS256', working: 'one token' },
      { algorithm: 'RS256', working: 'many tokens' },
      { algorithm: 'RS256', working: 'first seen' },
    ],
    tokens: { 'one token': 1, 'many tokens': 1000, 'first seen': 12_000 },
    rounds: 8,
    warmTurns: 4,
    milliseconds: 400,
  },
  short: {
    courses: [{ algorithm: 'RS256', working: 'many tokens' }],
    tokens: { 'one token': 1, 'many tokens': 3, 'first seen': 3 },
    rounds: 1,
    warmTurns: 0,
    milliseconds: 50,
  },
}
