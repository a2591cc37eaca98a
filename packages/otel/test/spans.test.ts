import { AuthError } from '@claimcheck/core'
import { instrument } from '@claimcheck/otel'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { accepted, denied, fetched, rejected, revoked } from './messages.ts'
import { createTelemetry, logTo, publish, within } from './telemetry.ts'

function startTracing() {
  const telemetry = createTelemetry()
  onTestFinished(instrument({ tracerProvider: telemetry.tracerProvider, meterProvider: null }))
  return telemetry
}

describe('the span of an authentication', () => {
  it('starts and ends a span with the authentication', async () => {
    const { spans } = startTracing()
    publish('claimcheck:authenticate', accepted)
    const [span] = await spans()
    expect(span).toMatchObject({
      name: 'claimcheck.authenticate',
      kind: SpanKind.INTERNAL,
      startTime: [1_700_000_000, 250_000],
      endTime: [1_700_000_000, 750_000],
      instrumentationScope: { name: '@claimcheck/otel' },
    })
  })

  it('rounds a fraction that is almost a second up to the next second', async () => {
    const { spans } = startTracing()
    publish('claimcheck:authenticate', { ...accepted, startedAt: 999.9999999, durationMilliseconds: 0 })
    expect(await spans()).toMatchObject([{ startTime: [1, 0], endTime: [1, 0] }])
  })

  it('records outcome, issuer, code and whether the token was cached', async () => {
    const { spans } = startTracing()
    publish('claimcheck:authenticate', { ...accepted, recalled: true })
    publish('claimcheck:authenticate', rejected)
    publish('claimcheck:authenticate', { ...accepted, outcome: 'anonymous', issuer: null })
    expect((await spans()).map(({ attributes }) => attributes)).toEqual([
      { 'claimcheck.outcome': 'accepted', 'claimcheck.recalled': true, 'claimcheck.issuer': 'https://issuer.example' },
      {
        'claimcheck.outcome': 'rejected',
        'claimcheck.recalled': false,
        'claimcheck.issuer': 'https://issuer.example',
        'claimcheck.code': 'token_expired',
      },
      { 'claimcheck.outcome': 'anonymous', 'claimcheck.recalled': false },
    ])
  })

  it('creates a child of the active span, in the same trace', async () => {
    const { spans, tracerProvider } = startTracing()
    const { span: parent } = within(tracerProvider, () => publish('claimcheck:authenticate', accepted))
    const child = (await spans()).find(({ name }) => name === 'claimcheck.authenticate')
    expect(child?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId)
    expect(child?.spanContext().traceId).toBe(parent.spanContext().traceId)
  })

  it('creates a span without a parent if no span is active', async () => {
    const { spans } = startTracing()
    publish('claimcheck:authenticate', accepted)
    expect((await spans())[0]?.parentSpanContext).toBeUndefined()
  })

  it.each(['token_expired', 'token_missing', 'access_denied', 'signature_invalid', 'key_not_found'] as const)(
    'sets no error status if the request is rejected with %s',
    async (code) => {
      const { spans } = startTracing()
      publish('claimcheck:authenticate', { ...rejected, code })
      const [span] = await spans()
      expect(span?.status).toEqual({ code: SpanStatusCode.UNSET })
      expect(span?.attributes).not.toHaveProperty('error.type')
    },
  )

  it.each(['keys_unavailable', 'revocation_unavailable'] as const)(
    'sets an error status for the outage %s',
    async (code) => {
      const { spans } = startTracing()
      publish('claimcheck:authenticate', { ...rejected, code })
      const [span] = await spans()
      expect(span?.status).toEqual({ code: SpanStatusCode.ERROR })
      expect(span?.attributes).toMatchObject({ 'claimcheck.code': code, 'error.type': code })
    },
  )

  it('sets an error status if the authentication threw', async () => {
    const { spans } = startTracing()
    publish('claimcheck:authenticate', { ...accepted, outcome: 'failed' })
    const [span] = await spans()
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR })
    expect(span?.attributes).toMatchObject({ 'claimcheck.outcome': 'failed', 'error.type': '_OTHER' })
  })
})

describe('the span of a key fetch', () => {
  it('records URL, number of keys and duration of a key fetch', async () => {
    const { spans } = startTracing()
    publish('claimcheck:keys', fetched)
    expect(await spans()).toMatchObject([
      {
        name: 'claimcheck.keys.fetch',
        startTime: [1_700_000_000, 250_000],
        endTime: [1_700_000_000, 80_250_000],
        status: { code: SpanStatusCode.UNSET },
        attributes: {
          'claimcheck.outcome': 'fetched',
          'claimcheck.issuer': 'https://issuer.example',
          'claimcheck.keys.count': 2,
          'url.full': 'https://issuer.example/jwks',
          'server.address': 'issuer.example',
          'server.port': 443,
        },
      },
    ])
  })

  it.each([
    ['https://user:password@issuer.example/jwks?api-key=secret#secret', 'https://issuer.example/jwks', 443],
    ['http://localhost:8080/jwks', 'http://localhost:8080/jwks', 8080],
    ['http://localhost/', 'http://localhost/', 80],
    ['secret', undefined, undefined],
  ])('records the URL %s as %s', async (url, full, port) => {
    const { spans, everything } = startTracing()
    publish('claimcheck:keys', { ...fetched, url })
    const [span] = await spans()
    expect([span?.attributes['url.full'], span?.attributes['server.port']]).toEqual([full, port])
    expect(await everything()).not.toMatch(/password|secret/)
  })

  const connectionError = Object.assign(new Error('connect 10.0.0.1 secret'), { code: 'ECONNREFUSED' })
  it.each([
    [Object.assign(new Error('the status is 502'), { status: 502 }), '502'],
    [Object.assign(new Error('it took too long'), { status: null, wasAborted: true }), 'timeout'],
    [
      new Error('it could not be reached', { cause: new TypeError('fetch failed', { cause: connectionError }) }),
      'ECONNREFUSED',
    ],
    [Object.assign(new Error('secret'), { code: 'a secret text' }), '_OTHER'],
    [new AuthError('keys_unavailable', {}, { cause: new Error('secret') }), '_OTHER'],
    ['secret', '_OTHER'],
    [null, '_OTHER'],
  ])('sets an error status and an error type if the key fetch failed: %s', async (cause, type) => {
    const { spans, everything } = startTracing()
    publish('claimcheck:keys', { ...fetched, outcome: 'failed', cause })
    const [span] = await spans()
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR })
    expect(span?.attributes['error.type']).toBe(type)
    expect(await everything()).not.toContain('secret')
  })

  it('handles a cause that is its own cause', async () => {
    const { spans } = startTracing()
    const cause: Error & { cause?: unknown } = new Error('circular')
    cause.cause = cause
    publish('claimcheck:keys', { ...fetched, outcome: 'failed', cause })
    expect((await spans())[0]?.attributes['error.type']).toBe('_OTHER')
  })
})

describe('the span of the request', () => {
  it("adds only the code of a rejection to the request's span", async () => {
    const { tracerProvider, everything } = startTracing()
    const { span } = within(tracerProvider, () => publish('claimcheck:reject', denied))
    expect(span.attributes).toEqual({ 'claimcheck.code': 'access_denied' })
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET })
    expect(span.events).toEqual([])
    expect(await everything()).not.toMatch(/secret-token|lacks/)
  })

  it('leaves a span unchanged after it has ended', () => {
    const { tracerProvider } = startTracing()
    const log = logTo([])
    const span = tracerProvider.getTracer('test').startSpan('GET /me')
    span.end()
    context.with(trace.setSpan(context.active(), span), () => publish('claimcheck:reject', denied))
    expect(log).toEqual([])
  })

  it('creates no span for a rejection or a revocation', async () => {
    const { spans } = startTracing()
    publish('claimcheck:reject', denied)
    publish('claimcheck:revoke', revoked)
    expect(await spans()).toEqual([])
  })
})
