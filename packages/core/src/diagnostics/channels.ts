import { openChannel } from '#platform'
import type { DiagnosticMessages } from './messages.ts'

/** A channel of node:diagnostics_channel, typed by the messages of its name. */
export interface MessageChannel<N extends keyof DiagnosticMessages> {
  readonly hasSubscribers: boolean
  publish(message: DiagnosticMessages[N]): void
}

export const authentications: MessageChannel<'claimcheck:authenticate'> = openChannel('claimcheck:authenticate')
export const rejections: MessageChannel<'claimcheck:reject'> = openChannel('claimcheck:reject')
export const keyFetches: MessageChannel<'claimcheck:keys'> = openChannel('claimcheck:keys')
export const revocations: MessageChannel<'claimcheck:revoke'> = openChannel('claimcheck:revoke')

/** When an operation started, and how long it took. */
export interface Timing {
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number
  readonly durationMilliseconds: number
}

/** Starts a measurement; the returned function reads it. It does not use the `now` option, which can be the clock of a test. */
export function startStopwatch(): () => Timing {
  const started = performance.now()
  return () => ({ startedAt: performance.timeOrigin + started, durationMilliseconds: performance.now() - started })
}
