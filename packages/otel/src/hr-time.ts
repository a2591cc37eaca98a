import type { HrTime } from '@opentelemetry/api'

/**
 * Milliseconds since the epoch as seconds and nanoseconds. A plain number would be taken for a reading of
 * `performance.now()` where it is small, as the clock of a test may be.
 */
export function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  const nanoseconds = Math.round((milliseconds - seconds * 1000) * 1_000_000)
  return nanoseconds < 1_000_000_000 ? [seconds, nanoseconds] : [seconds + 1, 0]
}
