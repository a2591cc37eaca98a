import { readFileSync } from 'node:fs'
import { channel } from 'node:diagnostics_channel'
import { instrument } from '@claimcheck/otel'
import { metrics, trace } from '@opentelemetry/api'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { accepted, denied, fetched, revoked } from './messages.ts'
import { createTelemetry, publish } from './telemetry.ts'
import type { Telemetry } from './telemetry.ts'

const channels = ['claimcheck:authenticate', 'claimcheck:reject', 'claimcheck:keys', 'claimcheck:revoke']

function publishAll(): void {
  publish('claimcheck:authenticate', accepted)
  publish('claimcheck:reject', denied)
  publish('claimcheck:keys', fetched)
  publish('claimcheck:revoke', revoked)
}

/** Counts the exported spans and measurements. */
async function countExports({
  spans,
  metrics: exported,
}: Telemetry): Promise<readonly [spans: number, measurements: number]> {
  const values = (await exported()).flatMap(({ series }) => series.map(({ value }) => value))
  const measurements = values.map((value) => (typeof value === 'number' ? value : value.count))
  return [(await spans()).length, measurements.reduce((sum, count) => sum + count, 0)]
}

function register({ tracerProvider, meterProvider }: Telemetry): void {
  trace.setGlobalTracerProvider(tracerProvider)
  metrics.setGlobalMeterProvider(meterProvider)
  onTestFinished(() => {
    trace.disable()
    metrics.disable()
  })
}

describe('instrument', () => {
  it('uses the global providers', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    onTestFinished(instrument())
    publishAll()
    expect(await countExports(telemetry)).toEqual([2, 4])
  })

  it('can be called before the SDK is registered', async () => {
    onTestFinished(instrument())
    publishAll()
    const telemetry = createTelemetry()
    register(telemetry)
    publishAll()
    expect(await countExports(telemetry)).toEqual([2, 4])
  })

  it('follows the global providers when they are replaced', async () => {
    onTestFinished(instrument())
    const [first, second] = [createTelemetry(), createTelemetry()]
    register(first)
    publishAll()
    trace.disable()
    metrics.disable()
    register(second)
    publishAll()
    expect([await countExports(first), await countExports(second)]).toEqual([
      [2, 4],
      [2, 4],
    ])
  })

  it('records no spans or no metrics if the provider is null', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    const endMetrics = instrument({ tracerProvider: null })
    publishAll()
    endMetrics()
    expect(await countExports(telemetry)).toEqual([0, 4])
    onTestFinished(instrument({ meterProvider: null }))
    publishAll()
    expect(await countExports(telemetry)).toEqual([2, 4])
  })

  it('records each event once if it is called repeatedly', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    for (const options of [{}, {}, { tracerProvider: null }, { meterProvider: null }])
      onTestFinished(instrument(options))
    publishAll()
    expect(await countExports(telemetry)).toEqual([2, 4])
  })

  it('records each event for each of several providers', async () => {
    const [first, second] = [createTelemetry(), createTelemetry()]
    for (const { tracerProvider, meterProvider } of [first, second]) {
      onTestFinished(instrument({ tracerProvider, meterProvider }))
    }
    publishAll()
    expect([await countExports(first), await countExports(second)]).toEqual([
      [2, 4],
      [2, 4],
    ])
  })

  it('uses name and version of the package as instrumentation scope', async () => {
    const { spans, tracerProvider } = createTelemetry()
    onTestFinished(instrument({ tracerProvider, meterProvider: null }))
    publishAll()
    const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Record<
      string,
      string
    >
    expect((await spans())[0]?.instrumentationScope).toMatchObject({ name, version })
  })
})

describe('the function that instrument returns', () => {
  it('removes every subscriber when it is stopped', () => {
    const { tracerProvider, meterProvider } = createTelemetry()
    const subscribers = () => channels.filter((name) => channel(name).hasSubscribers)
    expect(subscribers()).toEqual([])
    const end = instrument({ tracerProvider, meterProvider })
    expect(subscribers()).toEqual(channels)
    end()
    expect(subscribers()).toEqual([])
  })

  it('stops only its own recording, even if it is stopped twice', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    const end = instrument()
    onTestFinished(instrument())
    end()
    end()
    publishAll()
    expect(await countExports(telemetry)).toEqual([2, 4])
  })

  it('records nothing between a stop and the next call of instrument', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    instrument()()
    publishAll()
    expect(await countExports(telemetry)).toEqual([0, 0])
    onTestFinished(instrument())
    publishAll()
    expect(await countExports(telemetry)).toEqual([2, 4])
  })
})

describe('the options of instrument', () => {
  it.each([
    [null, 'options'],
    [{ tracer: null }, 'tracer'],
    [{ tracerProvider: undefined }, 'tracerProvider'],
    [{ tracerProvider: {} }, 'tracerProvider'],
    [{ tracerProvider: 'global' }, 'tracerProvider'],
    [{ meterProvider: undefined }, 'meterProvider'],
    [{ meterProvider: { getTracer: () => null } }, 'meterProvider'],
    [{ maxIssuers: -1 }, 'maxIssuers'],
    [{ maxIssuers: 1.5 }, 'maxIssuers'],
    [{ maxIssuers: Infinity }, 'maxIssuers'],
    [{ maxIssuers: undefined }, 'maxIssuers'],
  ])('throws a ConfigError that names the invalid option: %j', (options, field) => {
    expect(() => instrument(options as object)).toThrow(expect.objectContaining({ name: 'ConfigError', option: field }))
    expect(channels.some((name) => channel(name).hasSubscribers)).toBe(false)
  })

  it('replaces every issuer by _OTHER if maxIssuers is 0', async () => {
    const { series, meterProvider } = createTelemetry()
    onTestFinished(instrument({ meterProvider, tracerProvider: null, maxIssuers: 0 }))
    publish('claimcheck:authenticate', accepted)
    expect(await series('claimcheck.authenticate.duration')).toMatchObject([
      { attributes: { 'claimcheck.issuer': '_OTHER' } },
    ])
  })
})

describe('a runtime without node:diagnostics_channel', () => {
  it.each([
    ['there is no process', undefined],
    ['process has no getBuiltinModule', {}],
    ['the module does not exist', { getBuiltinModule: () => undefined }],
  ])('throws a ConfigError that names the flag for Workers, if %s', (_name, stub) => {
    vi.stubGlobal('process', stub)
    try {
      const { tracerProvider, meterProvider } = createTelemetry()
      expect(() => instrument({ tracerProvider })).toThrow(expect.objectContaining({ name: 'ConfigError' }))
      expect(() => instrument({ tracerProvider: null, meterProvider })).toThrow('nodejs_compat')
      instrument({ tracerProvider: null, meterProvider: null })()
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
