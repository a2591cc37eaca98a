import { ConfigError } from '@claimcheck/core'
import type { AuthenticateMessage, KeysMessage, RefuseMessage, RevokeMessage } from '@claimcheck/core/diagnostics'
import { diag } from '@opentelemetry/api'

/** What is done with the messages of each channel. */
export interface Listeners {
  readonly 'claimcheck:authenticate'?: (message: AuthenticateMessage) => void
  readonly 'claimcheck:refuse'?: (message: RefuseMessage) => void
  readonly 'claimcheck:keys'?: (message: KeysMessage) => void
  readonly 'claimcheck:revoke'?: (message: RevokeMessage) => void
}

/**
 * Listens until the function that it returns is called. What a listener throws ends up in OpenTelemetry's own log. Throws
 * a ConfigError if the runtime has no channels.
 */
export function listen(listeners: Listeners): () => void {
  const channels = diagnosticsChannel()
  const entries = Object.entries(listeners).map(([name, listener]) => {
    return [name, guarded(name, listener as (message: unknown) => void)] as const
  })
  for (const [name, listener] of entries) channels.subscribe(name, listener)
  return () => {
    for (const [name, listener] of entries) channels.unsubscribe(name, listener)
  }
}

/** It is not imported, because an import stops a runtime that does not have it. */
function diagnosticsChannel(): DiagnosticsChannel {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  const builtin = process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
  if (builtin !== undefined) return builtin
  throw new ConfigError(
    'instrument',
    'called where node:diagnostics_channel exists: Workers need the compatibility flag nodejs_compat',
    'called where it does not',
  )
}

type ListenerOf = (message: unknown) => void

interface DiagnosticsChannel {
  subscribe(name: string, listener: ListenerOf): void
  unsubscribe(name: string, listener: ListenerOf): unknown
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
