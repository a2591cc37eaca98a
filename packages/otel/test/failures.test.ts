import { createAuth } from '@claimcheck/core'
import { instrument } from '@claimcheck/otel'
import type { InstrumentOptions } from '@claimcheck/otel'
import { context, diag, trace } from '@opentelemetry/api'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { accepted, denied, fetched, revoked } from './messages.ts'
import { createTelemetry, logTo, publish } from './telemetry.ts'

const fail = () => {
  throw new Error('telemetry failed')
}

const throwing = new Proxy({}, { get: () => fail }) as never

/** Options whose providers fail, each at another step. */
const failing: Readonly<Record<string, InstrumentOptions>> = {
  'the tracer provider': { tracerProvider: { getTracer: fail } },
  'the tracer': { tracerProvider: { getTracer: () => throwing } },
  'the span': { tracerProvider: { getTracer: () => ({ startSpan: () => throwing, startActiveSpan: fail }) } },
  'the exporter': {
    tracerProvider: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: throwing })] }),
  },
  'the span processor': { tracerProvider: new TracerProvider({ spanProcessors: [throwing] }) },
  'the meter provider': { meterProvider: { getMeter: fail } },
  'the meter': { meterProvider: { getMeter: () => throwing } },
  'the instrument': {
    meterProvider: { getMeter: () => new Proxy({}, { get: () => () => throwing }) as never },
  },
}

const uncaught: unknown[] = []
const record = (error: unknown) => void uncaught.push(error)

/** Node reports an error of a subscriber later, after the message was published. */
async function passTurns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('instrument', () => {
  beforeEach(() => {
    uncaught.length = 0
    process.on('uncaughtException', record).on('unhandledRejection', record)
  })

  afterEach(() => {
    process.off('uncaughtException', record).off('unhandledRejection', record)
  })

  it.each(Object.keys(failing))("reports an error of %s only to OpenTelemetry's log", async (name) => {
    const log = logTo([])
    onTestFinished(instrument({ ...failing[name] }))
    publish('claimcheck:authenticate', accepted)
    publish('claimcheck:keys', fetched)
    publish('claimcheck:reject', denied)
    publish('claimcheck:revoke', revoked)
    await passTurns()
    expect(uncaught).toEqual([])
    expect(log.length).toBeGreaterThan(0)
    expect(log.flat().map(String).join('\n')).toContain('telemetry failed')
  })

  it.each(Object.keys(failing))('does not change results if %s fails', async (name) => {
    const auth = createAuth({ issuer: null, audience: null, keys: { secret: 'x'.repeat(32) } })
    onTestFinished(instrument({ ...failing[name] }))
    await expect(auth.verifyToken('a.b.c')).rejects.toMatchObject({ code: 'token_malformed' })
    await expect(auth.identify({ headers: {} })).resolves.toBeNull()
    await passTurns()
    expect(uncaught).toEqual([])
  })

  it("catches errors of OpenTelemetry's log", async () => {
    diag.setLogger(
      { error: fail, warn: fail, info: fail, debug: fail, verbose: fail },
      { suppressOverrideMessage: true },
    )
    onTestFinished(() => diag.disable())
    onTestFinished(instrument({ tracerProvider: { getTracer: fail }, meterProvider: { getMeter: fail } }))
    publish('claimcheck:authenticate', accepted)
    publish('claimcheck:revoke', revoked)
    await passTurns()
    expect(uncaught).toEqual([])
  })

  it('records metrics if the tracer provider fails, and spans if the meter provider fails', async () => {
    logTo([])
    const { tracerProvider, meterProvider, spans, series } = createTelemetry()
    onTestFinished(instrument({ tracerProvider: { getTracer: fail }, meterProvider }))
    onTestFinished(instrument({ tracerProvider, meterProvider: { getMeter: fail } }))
    publish('claimcheck:authenticate', accepted)
    expect(await spans()).toHaveLength(1)
    expect(await series('claimcheck.authenticate.duration')).toMatchObject([{ value: { count: 1 } }])
  })

  it.each([null, undefined, 'text', {}, { code: null, issuer: 5, outcome: {}, cause: 5n, startedAt: 'soon' }])(
    'survives an invalid message from other code: %o',
    async (message) => {
      logTo([])
      const { tracerProvider, meterProvider, everything } = createTelemetry()
      onTestFinished(instrument({ tracerProvider, meterProvider }))
      const span = tracerProvider.getTracer('test').startSpan('GET /')
      context.with(trace.setSpan(context.active(), span), () => {
        for (const name of ['authenticate', 'reject', 'keys', 'revoke'] as const) {
          publish(`claimcheck:${name}`, message as never)
        }
      })
      span.end()
      await everything()
      await passTurns()
      expect(uncaught).toEqual([])
    },
  )
})
