import { makeMetrics } from './metrics.ts'
import { readSettings } from './instrument-settings.ts'
import type { InstrumentOptions } from './instrument-settings.ts'
import { SharedListeners } from './shared-listeners.ts'
import { makeSpans } from './spans.ts'

const spans = new SharedListeners(makeSpans)
const metrics = new SharedListeners(makeMetrics)

/**
 * Turns what every Auth of this process does into OpenTelemetry spans and metrics, and returns what ends that. Calling
 * either twice is harmless: a provider that has it all already is told nothing twice. Throws a ConfigError; later, what
 * a provider throws goes to OpenTelemetry's own log (`diag`), and never to a request.
 */
export function instrument(options: InstrumentOptions = {}): () => void {
  const { tracerProvider, meterProvider, maxIssuers } = readSettings(options)
  const ends = [
    tracerProvider === null ? null : spans.hold(tracerProvider, maxIssuers),
    meterProvider === null ? null : metrics.hold(meterProvider, maxIssuers),
  ]
  return () => {
    for (const end of ends) end?.()
  }
}
