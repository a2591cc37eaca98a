import { ConfigError } from '@claimcheck/core'
import { describe, hasMethod, readFields, readNumber } from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'
import type { MeterProvider, TracerProvider } from '@opentelemetry/api'
import { SharedListeners } from './channels.ts'
import { recordMetrics } from './metrics.ts'
import { recordSpans } from './spans.ts'

/** Options of `instrument`. */
export interface InstrumentOptions {
  /** Receives the spans; `null` turns spans off. @default the global provider, looked up for each span */
  readonly tracerProvider?: TracerProvider | null
  /** Receives the metrics; `null` turns metrics off. @default the global provider, looked up for each measurement */
  readonly meterProvider?: MeterProvider | null
  /**
   * How many issuers get their own attribute value. Further issuers are `_OTHER`. If a provider is already instrumented, its
   * first limit stays. @default 100; 0 to 10,000
   */
  readonly maxIssuers?: number
}

const spans = new SharedListeners(recordSpans)
const metrics = new SharedListeners(recordMetrics)

/**
 * Records OpenTelemetry spans and metrics for every Auth in this process. Returns a function that stops it. Both functions
 * can be called more than once: each event is recorded once per provider. Throws a ConfigError if an option is invalid or if
 * the runtime has no diagnostics channels. Errors of a provider go to OpenTelemetry's log (`diag`), never to a request.
 */
export function instrument(options: InstrumentOptions = {}): () => void {
  const { tracerProvider, meterProvider, maxIssuers } = readOptions(options)
  const stops = [
    tracerProvider === null ? null : spans.start(tracerProvider, maxIssuers),
    meterProvider === null ? null : metrics.start(meterProvider, maxIssuers),
  ]
  return () => {
    for (const stop of stops) stop?.()
  }
}

/** An undefined provider means the global one. */
interface InstrumentSettings {
  readonly tracerProvider: TracerProvider | null | undefined
  readonly meterProvider: MeterProvider | null | undefined
  readonly maxIssuers: number
}

function readOptions(options: unknown): InstrumentSettings {
  const fields = readFields('', options, ['tracerProvider', 'meterProvider', 'maxIssuers'])
  const readProvider = <P>(name: string, method: string): P | null | undefined => {
    const value = fields.get(name)
    if (value === null || value === undefined) return value
    if (hasMethod(Object(value) as object, method)) return value as P
    throw new ConfigError(name, `null or a provider with a ${method}() method`, describe(value))
  }
  return {
    tracerProvider: readProvider<TracerProvider>('tracerProvider', 'getTracer'),
    meterProvider: readProvider<MeterProvider>('meterProvider', 'getMeter'),
    maxIssuers: readMaxIssuers(fields),
  }
}

function readMaxIssuers(fields: Fields): number {
  if (!fields.has('maxIssuers')) return 100
  const max = readNumber('maxIssuers', fields.get('maxIssuers'), 0, 10_000)
  if (Number.isInteger(max)) return max
  throw new ConfigError('maxIssuers', 'a whole number', describe(max))
}
