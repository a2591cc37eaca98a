import { channel } from 'node:diagnostics_channel'
import type { DiagnosticMessages } from '@claimcheck/core/diagnostics'
import { context, diag, trace } from '@opentelemetry/api'
import type { Attributes } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { onTestFinished } from 'vitest'

/** An exported time series; the value of a histogram is its count and its sum. */
export interface Series {
  readonly attributes: Attributes
  readonly value: number | { readonly count: number; readonly sum: number | undefined }
}

/** An exported metric. */
export interface Metric {
  readonly name: string
  readonly unit: string
  readonly kind: 'counter' | 'histogram'
  readonly series: readonly Series[]
}

/** The SDK with in-memory exporters. It is shut down at the end of the test. */
export interface Telemetry {
  readonly tracerProvider: TracerProvider
  readonly meterProvider: MeterProvider
  spans(): Promise<readonly ReadableSpan[]>
  metrics(): Promise<readonly Metric[]>
  /** The time series of a metric, or an empty array if it was not exported. */
  series(name: string): Promise<readonly Series[]>
  /** All exported data as JSON. */
  everything(): Promise<string>
}

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

export function createTelemetry(): Telemetry {
  const spanExporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })] })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 2 ** 30 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  onTestFinished(async () => {
    await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()])
  })
  const spans = async () => {
    await tracerProvider.forceFlush()
    return spanExporter.getFinishedSpans()
  }
  const metrics = async () => {
    metricExporter.reset()
    await meterProvider.forceFlush()
    return metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scoped) => scoped.metrics.map(toMetric)))
  }
  return {
    tracerProvider,
    meterProvider,
    spans,
    metrics,
    series: async (name) => (await metrics()).find((metric) => metric.name === name)?.series ?? [],
    everything: async () => {
      const exportedSpans = (await spans()).map(({ name, attributes, status, events, links }) => ({
        name,
        attributes,
        status,
        events,
        links,
      }))
      return JSON.stringify([exportedSpans, await metrics()])
    },
  }
}

type MetricData = ReturnType<InMemoryMetricExporter['getMetrics']>[number]['scopeMetrics'][number]['metrics'][number]

function toMetric({ descriptor: { name, unit }, ...data }: MetricData): Metric {
  const kind = data.dataPointType === DataPointType.HISTOGRAM ? 'histogram' : 'counter'
  const series = data.dataPoints.map(({ attributes, value }) => {
    return { attributes, value: typeof value === 'number' ? value : { count: value.count, sum: value.sum } }
  })
  return { name, unit, kind, series }
}

/** Publishes a message as core does. */
export function publish<N extends keyof DiagnosticMessages>(name: N, message: DiagnosticMessages[N]): void {
  channel(name).publish(Object.freeze(message))
}

/** Runs `work` with an active span, and returns the span and the result. */
export function within<T>(
  provider: TracerProvider,
  work: () => T,
): { readonly span: ReadableSpan; readonly result: T } {
  const span = provider.getTracer('test').startSpan('GET /me')
  const result = context.with(trace.setSpan(context.active(), span), work)
  span.end()
  return { span: span as unknown as ReadableSpan, result }
}

/** Collects the entries of OpenTelemetry's log until the end of the test. */
export function logTo(entries: unknown[][]): unknown[][] {
  const write = (...entry: unknown[]) => void entries.push(entry)
  diag.setLogger({ error: write, warn: write, info: () => {}, debug: () => {}, verbose: () => {} })
  entries.length = 0
  onTestFinished(() => diag.disable())
  return entries
}
