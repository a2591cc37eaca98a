/** How much of everything, and how closely: traffic comes, and time passes, in steps. */
export interface Extent {
  readonly madeUp: number
  readonly outageMinutes: number
  readonly withdrawalMinutes: number
  readonly refreshMinutes: number
  readonly tokensPerStep: number
  readonly stepSeconds: number
}

export const extents = {
  full: {
    madeUp: 10_000,
    outageMinutes: 60,
    withdrawalMinutes: 24 * 60,
    refreshMinutes: 60,
    tokensPerStep: 10,
    stepSeconds: 1,
  },
  short: {
    madeUp: 300,
    outageMinutes: 12,
    withdrawalMinutes: 12,
    refreshMinutes: 12,
    tokensPerStep: 2,
    stepSeconds: 10,
  },
} as const satisfies Readonly<Record<string, Extent>>
