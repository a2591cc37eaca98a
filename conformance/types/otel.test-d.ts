import { instrument } from '@claimcheck/otel'
import { metrics, ProxyTracerProvider, trace } from '@opentelemetry/api'
import type { MeterProvider as ApiMeterProvider, TracerProvider } from '@opentelemetry/api'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { TracerProvider as SdkTracerProvider } from '@opentelemetry/sdk-trace'

// Providers of the API and of the SDK.
export const ends: (() => void)[] = [
  instrument(),
  instrument({ tracerProvider: trace.getTracerProvider(), meterProvider: metrics.getMeterProvider() }),
  instrument({ tracerProvider: new ProxyTracerProvider(), meterProvider: null }),
  instrument({ tracerProvider: new SdkTracerProvider(), meterProvider: new MeterProvider(), maxIssuers: 10 }),
]
export const ofTypes = (tracerProvider: TracerProvider, meterProvider: ApiMeterProvider) =>
  instrument({ tracerProvider, meterProvider })
