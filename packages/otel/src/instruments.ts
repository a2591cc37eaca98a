import { ValueType } from '@opentelemetry/api'
import type { Counter, Histogram, MeterProvider } from '@opentelemetry/api'
import { scope } from './scope.ts'

/** The metrics of this package; docs/observability.md has them in a table. */
export interface Instruments {
  readonly authenticateDuration: Histogram
  readonly refusals: Counter
  readonly keysFetchDuration: Histogram
  readonly revocations: Counter
}

/** A recalled token takes microseconds, a signature tenths of a millisecond, a fetch up to five seconds. */
const authenticateSeconds = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1, 1, 5]
const fetchSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5]

/** Makes the metrics by a provider. */
export function createInstruments(provider: MeterProvider): Instruments {
  const meter = provider.getMeter(scope.name, scope.version)
  return {
    authenticateDuration: meter.createHistogram('claimcheck.authenticate.duration', {
      description: 'How long it took to find out who calls',
      unit: 's',
      advice: { explicitBucketBoundaries: authenticateSeconds },
    }),
    refusals: meter.createCounter('claimcheck.refusals', {
      description: 'Requests and tokens that were refused, by jwtAuth or by a guard',
      unit: '{refusal}',
      valueType: ValueType.INT,
    }),
    keysFetchDuration: meter.createHistogram('claimcheck.keys.fetch.duration', {
      description: 'How long it took to fetch the keys of an issuer',
      unit: 's',
      advice: { explicitBucketBoundaries: fetchSeconds },
    }),
    revocations: meter.createCounter('claimcheck.revocations', {
      description: 'Tokens, sessions and subjects that were revoked by this process',
      unit: '{revocation}',
      valueType: ValueType.INT,
    }),
  }
}
