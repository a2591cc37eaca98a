import { openChannel } from '#platform'
import type { DiagnosticMessages } from './messages.ts'

/** A channel that takes the messages of its name alone. */
export interface MessageChannel<N extends keyof DiagnosticMessages> {
  readonly hasSubscribers: boolean
  publish(message: DiagnosticMessages[N]): void
}

export const authentications: MessageChannel<'claimcheck:authenticate'> = openChannel('claimcheck:authenticate')
export const refusals: MessageChannel<'claimcheck:refuse'> = openChannel('claimcheck:refuse')
export const keyFetches: MessageChannel<'claimcheck:keys'> = openChannel('claimcheck:keys')
export const revocations: MessageChannel<'claimcheck:revoke'> = openChannel('claimcheck:revoke')

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
