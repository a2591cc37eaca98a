import { ConfigError } from '@claimcheck/core'
import type { AuthenticateMessage, KeysMessage, RejectMessage, RevokeMessage } from '@claimcheck/core/diagnostics'
import { diag } from '@opentelemetry/api'

/** The listeners for each channel. */
export interface Listeners {
  readonly 'claimcheck:authenticate'?: (message: AuthenticateMessage) => void
  readonly 'claimcheck:reject'?: (message: RejectMessage) => void
  readonly 'claimcheck:keys'?: (message: KeysMessage) => void
  readonly 'claimcheck:revoke'?: (message: RevokeMessage) => void
}

/**
 * Subscribes to the channels. Returns a function that unsubscribes. Errors of a listener go to OpenTelemetry's log. Throws a
 * ConfigError if the runtime has no channels.
 */
export function listen(listeners: Listeners): () => void {
  const channels = diagnosticsChannel()
  const entries = Object.entries(listeners).map(([name, listener]) => {
    return [name, catchErrors(name, listener as MessageListener)] as const
  })
  for (const [name, listener] of entries) channels.subscribe(name, listener)
  return () => {
    for (const [name, listener] of entries) channels.unsubscribe(name, listener)
  }
}

/** It is not imported, because an import fails at load time in a runtime that does not have it. */
function diagnosticsChannel(): DiagnosticsChannel {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  const builtin = process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
  if (builtin !== undefined) return builtin
  const module = 'node:diagnostics_channel'
  const message = `instrument needs ${module}: on Workers, set the compatibility flag nodejs_compat`
  throw new ConfigError('instrument', `a runtime with ${module}`, 'a runtime without it', { message })
}

type MessageListener = (message: unknown) => void

interface DiagnosticsChannel {
  subscribe(name: string, listener: MessageListener): void
  unsubscribe(name: string, listener: MessageListener): unknown
}

/** Node ends the process if a subscriber throws. */
function catchErrors(name: string, listener: MessageListener): MessageListener {
  return (message) => {
    try {
      listener(message)
    } catch (error) {
      logError(`A message of ${name} was lost`, error)
    }
  }
}

function logError(text: string, error: unknown): void {
  try {
    diag.error(text, error)
  } catch {
    // The log itself fails, so there is nowhere to report it.
  }
}

type StartRecording<P> = (provider: P | undefined, maxIssuers: number) => () => void

interface SharedListener {
  readonly stop: () => void
  users: number
}

/** Starts one listener for each provider, however often it is requested, and stops it with its last user. */
export class SharedListeners<P> {
  readonly #startRecording: StartRecording<P>
  readonly #listeners = new Map<P | undefined, SharedListener>()

  constructor(startRecording: StartRecording<P>) {
    this.#startRecording = startRecording
  }

  /** Adds a user. Returns a function that removes this user; calling it again has no effect. */
  start(provider: P | undefined, maxIssuers: number): () => void {
    const listener = this.#listeners.get(provider) ?? { stop: this.#startRecording(provider, maxIssuers), users: 0 }
    listener.users += 1
    this.#listeners.set(provider, listener)
    let isUser = true
    return () => {
      if (isUser) this.#release(provider, listener)
      isUser = false
    }
  }

  #release(provider: P | undefined, listener: SharedListener): void {
    listener.users -= 1
    if (listener.users > 0) return
    this.#listeners.delete(provider)
    listener.stop()
  }
}
