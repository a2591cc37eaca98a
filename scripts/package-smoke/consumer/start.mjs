import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

/** The same two routes on every framework. */
export const start = {
  async express({ getAuth, jwtAuth, requireRole }, options) {
    const { default: express } = await import('express')
    const app = express()
    app.use(jwtAuth(options))
    app.get('/users/1', (request, response) => response.json({ subject: getAuth(request).subject }))
    app.delete('/users/1', requireRole('admin'), (request, response) =>
      response.json({ subject: request.auth.subject }),
    )
    return app.listen(0, '127.0.0.1')
  },

  async fastify({ getAuth, jwtAuth, requireRole }, options) {
    const { fastify } = await import('fastify')
    const app = fastify()
    await app.register(jwtAuth, options)
    app.get('/users/1', async (request) => ({ subject: getAuth(request).subject }))
    app.delete('/users/1', { preHandler: requireRole('admin') }, async (request) => ({ subject: request.auth.subject }))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },

  async koa({ getAuth, jwtAuth, requireRole }, options) {
    const { default: Koa } = await import('koa')
    const app = new Koa()
    const guard = requireRole('admin')
    app.use(jwtAuth(options))
    app.use((ctx, next) => (ctx.method === 'DELETE' ? guard(ctx, next) : next()))
    app.use((ctx) => {
      ctx.body = { subject: getAuth(ctx).subject }
    })
    return createServer(app.callback()).listen(0, '127.0.0.1')
  },
}

/** Core has no server, so it verifies a token directly. */
export async function checkCore({ createAuth }, options, token) {
  const { okta } = await import('@claimcheck/core/presets')
  assert.equal(
    createAuth(okta({ domain: 'acme.okta.com' })).keyStatus()[0].issuer,
    'https://acme.okta.com/oauth2/default',
  )
  const auth = createAuth(options)
  assert.equal((await auth.verifyToken(token)).subject, 'user-1')
  await assert.rejects(auth.verifyToken(`${token}x`), { status: 401 })
  await assert.rejects(auth.authenticate({ headers: {} }), { code: 'token_missing' })
}

/** The issuer has no server either: core verifies the token that it signs. */
export async function checkIssuer({ createIssuer, generateKeys }) {
  const { createAuth } = await import('@claimcheck/core')
  const names = { issuer: 'https://issuer.test', audience: 'smoke' }
  const issuer = createIssuer({ ...names, clientId: 'web', keys: await generateKeys('EdDSA') })
  const auth = createAuth({ ...names, keys: issuer.keySource(), profile: 'at+jwt' })
  const { accessToken } = await issuer.login({ sub: 'user-1', admin: true })
  assert.deepEqual((await auth.verifyToken(accessToken)).roles, ['admin'])
  await assert.rejects(issuer.login({ sub: 'user-1', exp: 0 }), TypeError)
}

/** Without a Redis server, every token is rejected, and the error says why. */
export async function checkRedis({ createRedisStores, RedisStoreError }) {
  const { createAuth } = await import('@claimcheck/core')
  const { createClient } = await import('redis')
  const client = createClient({ url: 'redis://127.0.0.1:1', socket: { reconnectStrategy: false } })
  client.on('error', () => undefined)
  const stores = createRedisStores(client)
  const { revocations: revocation } = stores
  createAuth({ issuer: 'https://issuer.test', audience: 'smoke', keys: { secret: 'x'.repeat(32) }, revocation }).close()
  await assert.rejects(stores.ready(), RedisStoreError)
  assert.throws(() => revocation.isRevoked({}), { reason: 'unreachable' })
  assert.equal(stores.state().isReady, false)
  stores.close()
}

/** Uses the older major versions of API and SDK, which run on Node 20. Messages arrive until the instrumentation ends. */
export async function checkOtel({ instrument }, options, token) {
  const { createAuth } = await import('@claimcheck/core')
  const { InMemorySpanExporter, BasicTracerProvider, SimpleSpanProcessor } =
    await import('@opentelemetry/sdk-trace-base')
  const { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } =
    await import('@opentelemetry/sdk-metrics')
  const spans = new InMemorySpanExporter()
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: metrics })] })
  const end = instrument({ tracerProvider, meterProvider })
  const auth = createAuth(options)
  await auth.verifyToken(token)
  await assert.rejects(auth.verifyToken(`${token}x`), { status: 401 })
  end()
  await auth.verifyToken(token)
  await Promise.all([tracerProvider.forceFlush(), meterProvider.forceFlush()])
  const outcomes = spans.getFinishedSpans().map(({ attributes }) => attributes['claimcheck.outcome'])
  const names = metrics
    .getMetrics()
    .flatMap(({ scopeMetrics: [scope] }) => scope.metrics.map(({ descriptor }) => descriptor.name))
  assert.deepEqual(outcomes, ['accepted', 'rejected'])
  assert.deepEqual(names, ['claimcheck.authenticate.duration', 'claimcheck.rejections'])
  await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()])
}

/** Core verifies the tokens of a test issuer, and the contract works with any test runner. */
export async function checkTesting({ badCredentialByCode, createTestIssuer }) {
  const { createAuth } = await import('@claimcheck/core')
  const issuer = createTestIssuer()
  const auth = createAuth(issuer.options)
  assert.deepEqual((await auth.authenticate({ headers: issuer.asUser('user-1', { admin: true }) })).roles, ['admin'])
  for (const code of ['token_expired', 'signature_invalid', 'token_revoked', 'keys_unavailable']) {
    await assert.rejects(auth.authenticate({ headers: issuer.bad[badCredentialByCode[code]]() }), { code })
  }
  const adapter = await import('@claimcheck/testing/adapter')
  for (const { testAdapter } of [adapter, createRequire(import.meta.url)('@claimcheck/testing/adapter')]) {
    let tests = 0
    testAdapter(() => createServer(), { describe: (_name, body) => body(), it: () => tests++ })
    assert.ok(tests > 200)
  }
}
