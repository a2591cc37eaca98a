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
