import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { AuthenticateMessage, KeysMessage, RefuseMessage, RevokeMessage } from '@claimcheck/core/diagnostics'
import { diag } from '@opentelemetry/api'

/** What is done with the messages of each channel. */
export interface Listeners {
  readonly 'claimcheck:authenticate'?: (message: AuthenticateMessage) => void
  readonly 'claimcheck:refuse'?: (message: RefuseMessage) => void
  readonly 'claimcheck:keys'?: (message: KeysMessage) => void
  readonly 'claimcheck:revoke'?: (message: RevokeMessage) => void
}

/** Listens until the function that it returns is called. What a listener throws ends up in OpenTelemetry's own log. */
export function listen(listeners: Listeners): () => void {
  const entries = Object.entries(listeners).map(([name, listener]) => {
    return [name, guarded(name, listener as (message: unknown) => void)] as const
  })
  for (const [name, listener] of entries) subscribe(name, listener)
  return () => {
    for (const [name, listener] of entries) unsubscribe(name, listener)
  }
}

/** Node ends the process for what a subscriber throws. */
function guarded(name: string, listener: (message: unknown) => void): (message: unknown) => void {
  return (message) => {
    try {
      listener(message)
    } catch (error) {
      complain(`A message of ${name} was lost`, error)
    }
  }
}

function complain(text: string, error: unknown): void {
  try {
    diag.error(text, error)
  } catch {
    // Nothing to do: not even the log takes it.
  }
}
