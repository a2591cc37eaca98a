import { ConfigError } from '@claimcheck/core'
import { describe, hasMethod, readFields, readNumber } from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'
import type { MeterProvider, TracerProvider } from '@opentelemetry/api'

/** Where spans and metrics go. */
export interface InstrumentOptions {
  /** Makes the spans; null, written out, makes none. @default the global one, as it is at each message */
  readonly tracerProvider?: TracerProvider | null
  /** Makes the metrics; null, written out, makes none. @default the global one, as it is at each message */
  readonly meterProvider?: MeterProvider | null
  /**
   * How many issuers are told apart; all further ones are `_OTHER`. Where a provider is told already, its first number
   * stays. @default 100; 0 to 10,000
   */
  readonly maxIssuers?: number
}

/** The options, each with a value; of a provider that was left out, undefined: the global one, whoever it is by then. */
export interface InstrumentSettings {
  readonly tracerProvider: TracerProvider | null | undefined
  readonly meterProvider: MeterProvider | null | undefined
  readonly maxIssuers: number
}

/** Reads the options, or throws a ConfigError. */
export function readSettings(options: unknown): InstrumentSettings {
  const fields = readFields('', options, ['tracerProvider', 'meterProvider', 'maxIssuers'])
  const provider = <P>(name: string, method: string): P | null | undefined => {
    const value = fields.get(name)
    if (value === null || value === undefined) return value
    if (hasMethod(Object(value) as object, method)) return value as P
    throw new ConfigError(name, `null or a provider with a ${method}()`, describe(value))
  }
  return Object.freeze({
    tracerProvider: provider<TracerProvider>('tracerProvider', 'getTracer'),
    meterProvider: provider<MeterProvider>('meterProvider', 'getMeter'),
    maxIssuers: readMaxIssuers(fields),
  })
}

function readMaxIssuers(fields: Fields): number {
  if (!fields.has('maxIssuers')) return 100
  const most = readNumber('maxIssuers', fields.get('maxIssuers'), 0, 10_000)
  if (Number.isInteger(most)) return most
  throw new ConfigError('maxIssuers', 'a whole number', describe(most))
}
