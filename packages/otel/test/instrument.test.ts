import { readFileSync } from 'node:fs'
import { channel } from 'node:diagnostics_channel'
import { instrument } from '@claimcheck/otel'
import { metrics, trace } from '@opentelemetry/api'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { accepted, denied, fetched, revoked } from './messages.ts'
import { createTelemetry, publish } from './telemetry.ts'
import type { Telemetry } from './telemetry.ts'

const channels = ['claimcheck:authenticate', 'claimcheck:refuse', 'claimcheck:keys', 'claimcheck:revoke']

function publishAll(): void {
  publish('claimcheck:authenticate', accepted)
  publish('claimcheck:refuse', denied)
  publish('claimcheck:keys', fetched)
  publish('claimcheck:revoke', revoked)
}

/** How many spans and how many measurements were exported. */
async function counted({
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
    expect(await counted(telemetry)).toEqual([2, 4])
  })

  it('may be called before the SDK is there', async () => {
    onTestFinished(instrument())
    publishAll()
    const telemetry = createTelemetry()
    register(telemetry)
    publishAll()
    expect(await counted(telemetry)).toEqual([2, 4])
  })

  it('goes over to the global providers that take the place of others', async () => {
    onTestFinished(instrument())
    const [first, second] = [createTelemetry(), createTelemetry()]
    register(first)
    publishAll()
    trace.disable()
    metrics.disable()
    register(second)
    publishAll()
    expect([await counted(first), await counted(second)]).toEqual([
      [2, 4],
      [2, 4],
    ])
  })

  it('makes no spans, or no metrics, where null says so', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    const endMetrics = instrument({ tracerProvider: null })
    publishAll()
    endMetrics()
    expect(await counted(telemetry)).toEqual([0, 4])
    onTestFinished(instrument({ meterProvider: null }))
    publishAll()
    expect(await counted(telemetry)).toEqual([2, 4])
  })

  it('counts nothing twice where it is called twice', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    for (const options of [{}, {}, { tracerProvider: null }, { meterProvider: null }])
      onTestFinished(instrument(options))
    publishAll()
    expect(await counted(telemetry)).toEqual([2, 4])
  })

  it('serves several providers side by side', async () => {
    const [first, second] = [createTelemetry(), createTelemetry()]
    for (const { tracerProvider, meterProvider } of [first, second]) {
      onTestFinished(instrument({ tracerProvider, meterProvider }))
    }
    publishAll()
    expect([await counted(first), await counted(second)]).toEqual([
      [2, 4],
      [2, 4],
    ])
  })

  it('says the version of the package as its scope', async () => {
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

describe('what ends it', () => {
  it('leaves no subscriber behind', () => {
    const { tracerProvider, meterProvider } = createTelemetry()
    const subscribers = () => channels.filter((name) => channel(name).hasSubscribers)
    expect(subscribers()).toEqual([])
    const end = instrument({ tracerProvider, meterProvider })
    expect(subscribers()).toEqual(channels)
    end()
    expect(subscribers()).toEqual([])
  })

  it('may be called twice, and ends its own part alone', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    const end = instrument()
    onTestFinished(instrument())
    end()
    end()
    publishAll()
    expect(await counted(telemetry)).toEqual([2, 4])
  })

  it('makes room for a new beginning', async () => {
    const telemetry = createTelemetry()
    register(telemetry)
    instrument()()
    publishAll()
    expect(await counted(telemetry)).toEqual([0, 0])
    onTestFinished(instrument())
    publishAll()
    expect(await counted(telemetry)).toEqual([2, 4])
  })
})

describe('the settings', () => {
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
  ])('are refused by name: %j', (options, field) => {
    expect(() => instrument(options as object)).toThrow(expect.objectContaining({ name: 'ConfigError', option: field }))
    expect(channels.some((name) => channel(name).hasSubscribers)).toBe(false)
  })

  it('take no issuer by its name where none may be', async () => {
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
    ['without a process', undefined],
    ['whose process has no built-in modules', {}],
    ['whose built-in modules have no channels', { getBuiltinModule: () => undefined }],
  ])('is a ConfigError that names the flag of Workers: %s', (_name, stub) => {
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
