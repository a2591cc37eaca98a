import { metrics, ValueType } from '@opentelemetry/api'
import type { Counter, Histogram, MeterProvider } from '@opentelemetry/api'
import { MessageAttributes } from './attributes.ts'
import { listen } from './channels.ts'
import { scope } from './scope.ts'

/** Records metrics with a provider, or with the global one if it is undefined. Returns a function that stops it. */
export function recordMetrics(provider: MeterProvider | undefined, maxIssuers: number): () => void {
  const attributes = new MessageAttributes(maxIssuers)
  const instruments = cacheInstruments(() => provider ?? metrics.getMeterProvider())
  return listen({
    'claimcheck:authenticate': (message) => {
      const seconds = message.durationMilliseconds / 1000
      instruments().authenticateDuration.record(seconds, attributes.ofAuthentication(message))
    },
    'claimcheck:reject': (message) => instruments().rejections.add(1, attributes.ofRejection(message)),
    'claimcheck:keys': (message) => {
      instruments().keysFetchDuration.record(message.durationMilliseconds / 1000, attributes.ofKeys(message))
    },
    'claimcheck:revoke': (message) => instruments().revocations.add(1, attributes.ofRevocation(message)),
  })
}

/**
 * Creates the instruments again when the provider changes. Unlike a tracer, a meter from before the SDK was registered never
 * starts to record.
 */
function cacheInstruments(currentProvider: () => MeterProvider): () => Instruments {
  let cached: { readonly provider: MeterProvider; readonly instruments: Instruments } | null = null
  return () => {
    const provider = currentProvider()
    if (cached?.provider !== provider) cached = { provider, instruments: createInstruments(provider) }
    return cached.instruments
  }
}

/** The metrics of this package. docs/observability.md lists them. */
interface Instruments {
  readonly authenticateDuration: Histogram
  readonly rejections: Counter
  readonly keysFetchDuration: Histogram
  readonly revocations: Counter
}

/** A cached token takes microseconds, a signature tenths of a millisecond, a key fetch up to five seconds. */
const authenticateSeconds = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1, 1, 5]
const fetchSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5]

function createInstruments(provider: MeterProvider): Instruments {
  const meter = provider.getMeter(scope.name, scope.version)
  return {
    authenticateDuration: meter.createHistogram('claimcheck.authenticate.duration', {
      description: 'Duration of authenticating a request or token',
      unit: 's',
      advice: { explicitBucketBoundaries: authenticateSeconds },
    }),
    rejections: meter.createCounter('claimcheck.rejections', {
      description: 'Number of requests and tokens rejected by jwtAuth or a guard',
      unit: '{rejection}',
      valueType: ValueType.INT,
    }),
    keysFetchDuration: meter.createHistogram('claimcheck.keys.fetch.duration', {
      description: "Duration of fetching an issuer's keys",
      unit: 's',
      advice: { explicitBucketBoundaries: fetchSeconds },
    }),
    revocations: meter.createCounter('claimcheck.revocations', {
      description: 'Number of tokens, sessions and subjects revoked by this process',
      unit: '{revocation}',
      valueType: ValueType.INT,
    }),
  }
}
