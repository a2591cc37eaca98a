import { createAuth } from '@claimcheck/core'
import { instrument } from '@claimcheck/otel'
import type { InstrumentOptions } from '@claimcheck/otel'
import { context, diag, trace } from '@opentelemetry/api'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { accepted, denied, fetched, revoked } from './messages.ts'
import { createTelemetry, logTo, publish } from './telemetry.ts'

const fail = () => {
  throw new Error('no telemetry today')
}

const throwing = new Proxy({}, { get: () => fail }) as never

/** Providers that fail at each step in turn. */
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
const note = (error: unknown) => void uncaught.push(error)

/** Node reports what a subscriber throws in its own time, after the message. */
async function passTurns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('what fails in telemetry', () => {
  beforeEach(() => {
    uncaught.length = 0
    process.on('uncaughtException', note).on('unhandledRejection', note)
  })

  afterEach(() => {
    process.off('uncaughtException', note).off('unhandledRejection', note)
  })

  it.each(Object.keys(failing))('reaches nobody but the log of OpenTelemetry: %s', async (name) => {
    const log = logTo([])
    onTestFinished(instrument({ ...failing[name] }))
    publish('claimcheck:authenticate', accepted)
    publish('claimcheck:keys', fetched)
    publish('claimcheck:refuse', denied)
    publish('claimcheck:revoke', revoked)
    await passTurns()
    expect(uncaught).toEqual([])
    expect(log.length).toBeGreaterThan(0)
    expect(log.flat().map(String).join('\n')).toContain('no telemetry today')
  })

  it.each(Object.keys(failing))('changes no answer: %s', async (name) => {
    const auth = createAuth({ issuer: null, audience: null, keys: { secret: 'x'.repeat(32) } })
    onTestFinished(instrument({ ...failing[name] }))
    await expect(auth.verifyToken('a.b.c')).rejects.toMatchObject({ code: 'token_malformed' })
    await expect(auth.identify({ headers: {} })).resolves.toBeNull()
    await passTurns()
    expect(uncaught).toEqual([])
  })

  it('changes nothing where even the log fails', async () => {
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

  it('takes nothing from what does not fail', async () => {
    logTo([])
    const { tracerProvider, meterProvider, spans, series } = createTelemetry()
    onTestFinished(instrument({ tracerProvider: { getTracer: fail }, meterProvider }))
    onTestFinished(instrument({ tracerProvider, meterProvider: { getMeter: fail } }))
    publish('claimcheck:authenticate', accepted)
    expect(await spans()).toHaveLength(1)
    expect(await series('claimcheck.authenticate.duration')).toMatchObject([{ value: { count: 1 } }])
  })

  it.each([null, undefined, 'text', {}, { code: null, issuer: 5, outcome: {}, cause: 5n, startedAt: 'soon' }])(
    'is not what a stranger publishes: %o',
    async (message) => {
      logTo([])
      const { tracerProvider, meterProvider, everything } = createTelemetry()
      onTestFinished(instrument({ tracerProvider, meterProvider }))
      const span = tracerProvider.getTracer('test').startSpan('GET /')
      context.with(trace.setSpan(context.active(), span), () => {
        for (const name of ['authenticate', 'refuse', 'keys', 'revoke'] as const) {
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
