import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import Koa from 'koa'
import type { Middleware } from 'koa'
import { describe, expect, it, vi } from 'vitest'
import { AuthError, authErrorHandler, getAuth, jwtAuth } from '../src/index.ts'
import { carryResponse } from '@claimcheck/core/internal'
import { as, options } from '../../core/test/caller.ts'

const john = await as('john')
const body =
  '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"A bearer token is required","code":"token_missing"}'
const who: Middleware = (ctx) => {
  ctx.body = getAuth(ctx).subject
}

/** Builds an app and records its `error` events. */
function build(...middleware: readonly Middleware[]) {
  const app = new Koa()
  const emitted: unknown[] = []
  app.on('error', (error: unknown) => void emitted.push(error))
  for (const one of middleware) app.use(one)
  return { app, emitted }
}

type App = ReturnType<typeof build>['app']

/** Calls the app and reads the response to its end, or up to the error that ended it. */
async function call(app: App, headers: Record<string, string> = {}, method = 'GET') {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sent = request({ port, host: '127.0.0.1', headers, method, agent: false }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  server.close()
  const { date: _date, connection: _connection, ...others } = response.headers
  return { status: response.statusCode, headers: others, body: Buffer.concat(parts).toString() }
}

const unauthorized = {
  status: 401,
  headers: {
    'cache-control': 'no-store',
    'content-length': String(body.length),
    'content-type': 'application/problem+json',
    'www-authenticate': 'Bearer realm="api"',
  },
  body,
}
const optional = () => jwtAuth(options, { mode: 'optional' })
const throwing =
  (error: unknown): Middleware =>
  () => {
    throw error as Error
  }

describe.each([
  ['jwtAuth', (): Middleware[] => [optional()]],
  [
    'authErrorHandler',
    (): Middleware[] => [authErrorHandler(), jwtAuth(options, { mode: 'optional', onError: 'forward' })],
  ],
])('%s', (_name, first) => {
  it('responds to an AuthError of later middleware with the same bytes as jwtAuth', async () => {
    const { app, emitted } = build(...first(), who)
    expect(await call(app)).toEqual(unauthorized)
    expect(await call(app, {}, 'HEAD')).toEqual({ ...unauthorized, body: '' })
    expect(await call(app, john)).toMatchObject({ status: 200, body: 'john' })
    expect(emitted).toEqual([])
  })

  it('replaces body and body headers of a handler, and keeps other headers of earlier middleware', async () => {
    const above: Middleware = async (ctx, next) => {
      ctx.vary('Origin')
      ctx.set('Access-Control-Allow-Origin', 'https://app.example')
      await next()
      ctx.set('X-After', String(ctx.status))
    }
    const started: Middleware = (ctx) => {
      ctx.status = 206
      ctx.message = 'Part of it'
      ctx.body = Buffer.alloc(5000)
      ctx.set({ 'Content-Encoding': 'gzip', ETag: '"1"', 'Last-Modified': 'now', 'Content-Type': 'text/csv' })
      ctx.set({ 'Content-Range': 'bytes 0-4999/9999', Expires: 'never', 'Cache-Control': 'public', Trailer: 'X' })
      getAuth(ctx)
    }
    const { app } = build(above, ...first(), started)
    expect(await call(app)).toEqual({
      ...unauthorized,
      headers: {
        ...unauthorized.headers,
        vary: 'Origin',
        'access-control-allow-origin': 'https://app.example',
        'x-after': '401',
      },
    })
  })

  it('keeps the body headers of earlier middleware, as for an error that jwtAuth sends itself', async () => {
    const above: Middleware = (ctx, next) => {
      ctx.set({ 'Content-Language': 'en', Expires: '0', 'Content-Disposition': 'inline' })
      return next()
    }
    const below: Middleware = (ctx) => {
      ctx.set({ 'Content-Language': 'de', 'Content-Encoding': 'gzip' })
      ctx.remove('Content-Disposition')
      ctx.body = Buffer.alloc(5000)
      getAuth(ctx)
    }
    const sent = await call(build(above, jwtAuth(options)).app)
    expect(sent.headers).toMatchObject({ 'content-language': 'en', expires: '0', 'content-disposition': 'inline' })
    expect(await call(build(above, ...first(), below).app)).toEqual(sent)
  })

  it('destroys a stream that the handler had set as the body', async () => {
    const source = new Readable({ read: () => undefined })
    const { app } = build(...first(), (ctx) => {
      ctx.body = source
      getAuth(ctx)
    })
    expect(await call(app)).toEqual(unauthorized)
    expect(source.destroyed).toBe(true)
  })

  it('responds if the handler had disabled Koa’s response and not started its own', async () => {
    const { app } = build(...first(), (ctx) => {
      ctx.respond = false
      getAuth(ctx)
    })
    expect(await call(app)).toEqual(unauthorized)
  })

  it('survives a stream that the handler has piped into the response', async () => {
    const source = new Readable({ read: () => undefined })
    const uncaught = vi.fn<(error: Error) => void>()
    process.setUncaughtExceptionCaptureCallback(uncaught)
    const { app } = build(...first(), (ctx) => {
      ctx.respond = false
      source.pipe(ctx.res).once('prefinish', () => source.push('late'))
      getAuth(ctx)
    })
    expect(await call(app)).toEqual(unauthorized)
    process.setUncaughtExceptionCaptureCallback(null)
    expect(uncaught).not.toHaveBeenCalled()
  })

  it('emits an outage as an error of the app, too', async () => {
    const outage = new AuthError('keys_unavailable')
    const { app, emitted } = build(...first(), throwing(outage))
    expect(await call(app)).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
    expect(emitted.map((error) => error === outage)).toEqual([true])
  })

  it('rethrows an error after the headers were sent', async () => {
    const { app, emitted } = build(...first(), (ctx) => {
      ctx.status = 200
      ctx.res.write('part')
      setImmediate(() => ctx.res.end())
      getAuth(ctx)
    })
    expect(await call(app)).toMatchObject({ status: 200, body: 'part' })
    expect(emitted).toEqual([expect.objectContaining({ code: 'token_missing' })])
  })

  it.each<readonly [string, unknown]>([
    ['a bug', new RangeError('a bug')],
    ['an error with a status', Object.assign(new Error('x'), { status: 418, expose: true })],
    ['an error that looks like a response', Object.assign(new Error('x'), { status: 401, headers: {}, body: 'x' })],
    ['a string', 'text'],
  ])('rethrows %s, and Koa responds as without it', async (_case, thrown) => {
    const expected = await call(build(throwing(thrown)).app)
    const { app } = build(...first(), throwing(thrown))
    expect(await call(app)).toEqual(expected)
  })
})

describe('jwtAuth', () => {
  it('rethrows errors of stores and of the issuer, to which only authErrorHandler responds', async () => {
    const full = new Error('full')
    carryResponse(full, { status: 503, headers: { 'Retry-After': '10' }, body: 'full' })
    expect(await call(build(optional(), throwing(full)).app)).toMatchObject({ status: 500 })
    const { app, emitted } = build(authErrorHandler(), optional(), throwing(full))
    expect(await call(app)).toMatchObject({ status: 503, body: 'full', headers: { 'retry-after': '10' } })
    expect(emitted).toEqual([full])
  })

  it("forwards an error with onError: 'forward' past an earlier jwtAuth that responds", async () => {
    const seen: unknown[] = []
    const handler: Middleware = async (ctx, next) => {
      await next().catch((error: unknown) => {
        seen.push(error)
        ctx.body = 'custom'
      })
    }
    const forwarding = jwtAuth(options, { mode: 'optional', onError: 'forward' })
    const denied = new AuthError('access_denied')
    expect(await call(build(handler, optional(), forwarding, throwing(denied)).app)).toMatchObject({ body: 'custom' })
    expect(seen).toEqual([denied])
    expect(await call(build(handler, forwarding, optional(), throwing(denied)).app)).toMatchObject({ status: 403 })
    expect(seen).toHaveLength(1)
  })
})
