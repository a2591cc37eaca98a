/** Bars in panels, which all have the same limit as their measure. */
export interface Chart {
  /** Of its files. */
  readonly name: string
  readonly title: string
  /** What a bar of 1 is, and which way is better. */
  readonly subtitle: string
  /** Those bars that are no package's, but what there is to reach. */
  readonly limits: readonly string[]
  readonly columns: number
  readonly panels: readonly Panel[]
}

export interface Panel {
  readonly title: string
  readonly bars: readonly Bar[]
}

/** How many times as long as the limit a contender needs. */
export interface Bar {
  readonly contender: string
  readonly ratio: number
}
