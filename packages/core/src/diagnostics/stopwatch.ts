/** When something began, and how long it took. */
export interface Timing {
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number
  readonly durationMilliseconds: number
}

/** Starts to measure; what it gives tells the time so far. It goes by no clock of the settings: that may be a test's. */
export function startStopwatch(): () => Timing {
  const started = performance.now()
  return () => ({ startedAt: performance.timeOrigin + started, durationMilliseconds: performance.now() - started })
}
