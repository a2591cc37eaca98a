import type { RequestListener, Server } from 'node:http'
import { hasRole } from '@claimcheck/core'
import type { FetchLike } from '@claimcheck/core'
import { instrument } from '@claimcheck/otel'
import { context, SpanStatusCode, trace as traceApi } from '@opentelemetry/api'
import { expect, it, onTestFinished } from 'vitest'
import { headerValues } from '@claimcheck/testing/contract/response'
import type { HeaderLine } from '@claimcheck/testing/contract/response'
import { authOptions, as, bearer, sign, signAsStranger } from '@claimcheck/testing/contract/issuer'
import type { OneRoute } from '@claimcheck/testing/contract/one-route'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import type { TracerProvider } from '@opentelemetry/api'
import { createTelemetry } from '../../packages/otel/test/telemetry.ts'
import type { Telemetry } from '../../packages/otel/test/telemetry.ts'
import { serveOneRoute } from '../src/serve-one-route.ts'
import type { Target } from '../src/target.ts'
import { describeTargets } from '../src/targets.ts'

const issuer = 'https://issuer.example'
const john = as({})

const respondWithKeys: FetchLike = async () => Response.json(Reflect.get(Object(authOptions().keys), 'jwks'))
const failToFetch: FetchLike = async () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('10.0.0.1 is down'), { code: 'ECONNREFUSED' }) })
}

interface Observed extends Telemetry {
  /** The status of the response, and the spans of the request. */
  call(...headers: readonly HeaderLine[]): Promise<{ readonly status: number; readonly trace: Trace }>
}

type Spans = Awaited<ReturnType<Telemetry['spans']>>

interface Trace {
  readonly server: Spans[number] | undefined
  /** The child spans of the server's span, in the order in which they ended. */
  readonly below: Spans
}

async function observe(target: Target, route: OneRoute): Promise<Observed> {
  const telemetry = createTelemetry()
  const { tracerProvider, meterProvider } = telemetry
  onTestFinished(instrument({ tracerProvider, meterProvider }))
  const { server, port } = await serveOneRoute(target, route)
  traceServer(server, tracerProvider)
  let recordedSpans = 0
  const call = async (...headers: readonly HeaderLine[]) => {
    const { status } = await sendRequest(port, { headers })
    const isServers = ({ name }: Spans[number]) => name === 'GET /'
    while (!(await telemetry.spans()).slice(recordedSpans).some(isServers))
      await new Promise((resolve) => setImmediate(resolve))
    const fresh = (await telemetry.spans()).slice(recordedSpans)
    recordedSpans += fresh.length
    const around = fresh.find(isServers)
    const id = around?.spanContext().spanId
    return {
      status,
      trace: { server: around, below: fresh.filter(({ parentSpanContext }) => parentSpanContext?.spanId === id) },
    }
  }
  return { ...telemetry, call }
}

await describeTargets((target) => {
  it("records the outcome of each request in a child of the server's span", async () => {
    const { call } = await observe(target, { mounts: [{ auth: authOptions() }] })
    const about = { 'claimcheck.issuer': issuer, 'claimcheck.recalled': false }
    for (const [headers, status, attributes] of [
      [[john], 200, { ...about, 'claimcheck.outcome': 'accepted' }],
      [[john], 200, { ...about, 'claimcheck.outcome': 'accepted', 'claimcheck.recalled': true }],
      [[as({ exp: 1 })], 401, { ...about, 'claimcheck.outcome': 'rejected', 'claimcheck.code': 'token_expired' }],
      [
        [bearer(signAsStranger())],
        401,
        { ...about, 'claimcheck.outcome': 'rejected', 'claimcheck.code': 'signature_invalid' },
      ],
      [[], 401, { 'claimcheck.outcome': 'anonymous', 'claimcheck.recalled': false }],
    ] as const) {
      const { status: received, trace } = await call(...headers)
      expect(received).toBe(status)
      expect(trace.below.map(({ name, attributes: recorded, status: { code } }) => [name, recorded, code])).toEqual([
        ['claimcheck.authenticate', attributes, SpanStatusCode.UNSET],
      ])
    }
  })

  it("adds the code of a rejection to the server's span, whichever component rejected", async () => {
    const { call, series } = await observe(target, { mounts: [{ auth: authOptions() }], guards: [hasRole('admin')] })
    const codes = []
    for (const headers of [[as({ admin: true })], [john], [], [as({ exp: 1 })]]) {
      const { status, trace } = await call(...headers)
      codes.push([status, trace.server?.attributes['claimcheck.code']])
    }
    expect(codes).toEqual([
      [200, undefined],
      [403, 'access_denied'],
      [401, 'token_missing'],
      [401, 'token_expired'],
    ])
    expect(await series('claimcheck.rejections')).toEqual([
      { attributes: { 'claimcheck.code': 'access_denied', 'http.response.status_code': 403 }, value: 1 },
      { attributes: { 'claimcheck.code': 'token_missing', 'http.response.status_code': 401 }, value: 1 },
      { attributes: { 'claimcheck.code': 'token_expired', 'http.response.status_code': 401 }, value: 1 },
    ])
  })

  it('records the key fetch that a request waited for', async () => {
    const keys = { jwksUrl: 'https://issuer.example/jwks?api-key=4711' }
    const { call, series } = await observe(target, {
      mounts: [{ auth: authOptions({ keys, fetch: respondWithKeys }) }],
    })
    const { status, trace } = await call(john)
    expect(status).toBe(200)
    expect(trace.below.map(({ name }) => name)).toEqual(['claimcheck.keys.fetch', 'claimcheck.authenticate'])
    expect(trace.below[0]?.attributes).toMatchObject({
      'claimcheck.keys.count': 1,
      'url.full': 'https://issuer.example/jwks',
    })
    expect(await series('claimcheck.keys.fetch.duration')).toMatchObject([
      { attributes: { 'claimcheck.outcome': 'fetched', 'claimcheck.issuer': issuer }, value: { count: 1 } },
    ])
  })

  it('marks an outage as an error, and the rejection that it caused', async () => {
    const keys = { jwksUrl: 'https://issuer.example/jwks' }
    const { call, everything } = await observe(target, {
      mounts: [{ auth: authOptions({ keys, fetch: failToFetch }) }],
    })
    const { status, trace } = await call(john)
    expect(status).toBe(503)
    expect(trace.below.map(({ name, status: { code }, attributes }) => [name, code, attributes['error.type']])).toEqual(
      [
        ['claimcheck.keys.fetch', SpanStatusCode.ERROR, 'ECONNREFUSED'],
        ['claimcheck.authenticate', SpanStatusCode.ERROR, 'keys_unavailable'],
      ],
    )
    expect(await everything()).not.toContain('10.0.0.1')
  })

  it('marks a bug as an error', async () => {
    const roles = {
      admin: () => {
        throw new Error('a bug of john’s')
      },
    }
    const { call, everything } = await observe(target, { mounts: [{ auth: authOptions({ roles }) }] })
    const { status, trace } = await call(john)
    expect(status).toBe(500)
    expect(trace.below.map(({ attributes }) => attributes)).toMatchObject([
      { 'claimcheck.outcome': 'failed', 'error.type': '_OTHER' },
    ])
    expect(await everything()).not.toContain('a bug')
  })

  it('records nothing from the token: neither the token, nor a claim, nor an issuer that is not configured', async () => {
    const canary = {
      sub: 'canary-sub',
      jti: 'canary-jti',
      email: 'canary-email',
      scope: 'canary-scope',
      kid: 'canary-kid',
    }
    const good = sign(canary)
    const foreign = sign({ ...canary, iss: 'https://canary-iss.example' })
    const tokens = [
      good,
      good, // cached, and so is the next one, for which no issuer is checked
      foreign,
      foreign,
      sign({ ...canary, aud: 'canary-aud' }),
      sign({ ...canary, exp: 1 }),
      sign(canary, { kid: 'canary-kid' }),
      sign(canary, { typ: 'canary-typ' }),
      'canary-garbage',
    ]
    const telemetries = []
    for (const options of [authOptions(), authOptions({ issuer: null, audience: null })]) {
      const { call, everything } = await observe(target, { mounts: [{ auth: options }], guards: [hasRole('admin')] })
      for (const token of tokens) await call(bearer(token))
      telemetries.push(await everything())
    }
    for (const recorded of telemetries) {
      expect(recorded).toContain('"claimcheck.recalled":true')
      expect(recorded).not.toMatch(/canary|eyJ/)
    }
  })

  it('does not change the response if the providers fail', async () => {
    const fail = () => {
      throw new Error('no telemetry today')
    }
    const { port } = await serveOneRoute(target, { mounts: [{ auth: authOptions() }], guards: [hasRole('admin')] })
    const requests = [[john], [as({ admin: true })], [], [as({ exp: 1 })], [bearer('garbage')]]
    const responses = async () => {
      const all = []
      for (const headers of requests) {
        const response = await sendRequest(port, { headers })
        all.push([response.status, headerValues(response, 'www-authenticate'), response.body.toString()])
      }
      return all
    }
    const before = await responses()
    onTestFinished(instrument({ tracerProvider: { getTracer: fail }, meterProvider: { getMeter: fail } }))
    expect(await responses()).toEqual(before)
    expect(before.map(([status]) => status)).toEqual([403, 200, 401, 401, 401])
  })
})

/** Creates the span that an HTTP instrumentation would create around each request. */
function traceServer(server: Server, provider: TracerProvider): void {
  const tracer = provider.getTracer('http')
  const listeners = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const span = tracer.startSpan(`${request.method} ${request.url}`)
    response.once('close', () => span.end())
    context.with(traceApi.setSpan(context.active(), span), () => {
      for (const listener of listeners) listener(request, response)
    })
  })
}
