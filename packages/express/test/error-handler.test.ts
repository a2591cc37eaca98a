import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import express from 'express'
import type { Express, RequestHandler } from 'express'
import express4 from 'express4'
import { describe, expect, it, vi } from 'vitest'
import { AuthError, authErrorHandler, getAuth, jwtAuth } from '../src/index.ts'
import { as, options } from '../../core/test/caller.ts'

const john = await as('john')
const body =
  '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"A bearer token is required","code":"token_missing"}'

/** Calls `/` and reads the response to its end, or up to the error that ended it. */
async function call(app: Express, headers: Record<string, string> = {}) {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sent = request({ port, host: '127.0.0.1', headers, agent: false }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  let error: unknown = null
  try {
    for await (const part of response) parts.push(part as Buffer)
  } catch (reason) {
    error = reason
  }
  server.close()
  const { statusCode, statusMessage } = response
  return { statusCode, statusMessage, headers: response.headers, body: Buffer.concat(parts).toString(), error }
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('authErrorHandler of %s', (_name, framework) => {
  const build = (handler: RequestHandler, ...first: readonly RequestHandler[]) => {
    const app = framework()
    // In other environments, Express prints every error to which it responds.
    app.set('env', 'test')
    for (const middleware of first) app.use(middleware)
    app.use(jwtAuth(options, { mode: 'optional' }))
    app.get('/', handler)
    app.use(authErrorHandler())
    return app
  }

  it('replaces status, reason and body headers that the handler had set, and keeps other headers', async () => {
    const app = build(
      (req, res) => {
        res.status(206).type('csv').attachment('report.csv')
        res.statusMessage = 'Part of it'
        res.set({ 'Content-Length': '5000', 'Content-Encoding': 'gzip', ETag: '"1"', 'Last-Modified': 'now' })
        res.set({
          'Content-Range': 'bytes 0-4999/9999',
          'Content-Language': 'de',
          Expires: 'never',
          'Cache-Control': 'public',
        })
        res.cookie('seen', 'yes').send(getAuth(req).subject)
      },
      (_req, res, next) => {
        res.vary('Origin').set('Access-Control-Allow-Origin', 'https://app.example')
        next()
      },
    )
    const response = await call(app)
    expect([response.statusCode, response.statusMessage, response.body]).toEqual([401, 'Unauthorized', body])
    const { date: _date, connection: _connection, 'x-powered-by': _poweredBy, ...headers } = response.headers
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'content-length': String(body.length),
      'content-type': 'application/problem+json',
      'www-authenticate': 'Bearer realm="api"',
      vary: 'Origin',
      'access-control-allow-origin': 'https://app.example',
      'set-cookie': ['seen=yes; Path=/'],
    })
    expect((await call(app, john)).statusCode).toBe(206)
  })

  it('passes an error after the headers were sent to Express, which closes the connection', async () => {
    const response = await call(
      build((req, res) => {
        res.write('part')
        getAuth(req)
      }),
    )
    expect([response.statusCode, response.body]).toEqual([200, 'part'])
    expect(response.error).toMatchObject({ code: 'ECONNRESET' })
  })

  it('survives a stream that the handler has piped into the response', async () => {
    const source = new Readable({ read: () => undefined })
    const uncaught = vi.fn<(error: Error) => void>()
    process.setUncaughtExceptionCaptureCallback(uncaught)
    const response = await call(
      build((req, res) => {
        source.pipe(res).once('prefinish', () => source.push('late'))
        getAuth(req)
      }),
    )
    process.setUncaughtExceptionCaptureCallback(null)
    expect([response.statusCode, response.body, response.error]).toEqual([401, body, null])
    expect(uncaught).not.toHaveBeenCalled()
  })

  it('does not change a response that has ended', async () => {
    const response = await call(
      build((req, res) => {
        res.send('all')
        getAuth(req)
      }),
    )
    expect([response.statusCode, response.body, response.error]).toEqual([200, 'all', null])
  })

  it('passes every other thrown value on unchanged', async () => {
    const seen: unknown[] = []
    for (const thrown of [
      new RangeError('a bug'),
      Object.assign(new Error('x'), { status: 401, headers: {} }),
      'text',
      7,
    ]) {
      const app = build(() => {
        throw thrown as Error
      })
      app.use(((error, _req, res, _next) => {
        seen.push(error === thrown)
        res.status(500).end()
      }) satisfies express.ErrorRequestHandler)
      expect((await call(app)).statusCode).toBe(500)
    }
    expect(seen).toEqual([true, true, true, true])
  })

  it('responds to an error that is passed to next', async () => {
    const response = await call(build((_req, _res, next) => next(new AuthError('key_not_found'))))
    expect(response.body).toContain('"code":"signature_invalid"')
  })

  it('is not installed by jwtAuth, so Express responds without it', async () => {
    const app = framework()
    app.set('env', 'test')
    app.use(jwtAuth(options, { mode: 'optional' }))
    app.get('/', (req, res) => void res.send(getAuth(req).subject))
    const response = await call(app)
    expect([response.statusCode, response.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8'])
  })
})

it('responds to an AuthError with which an asynchronous handler rejects', async () => {
  const handler = vi.fn<RequestHandler>(async (req, res) => {
    await Promise.resolve()
    res.send(getAuth(req).subject)
  })
  const app = express()
  app.use(jwtAuth(options, { mode: 'optional' }))
  app.get('/', handler)
  app.use(authErrorHandler())
  expect((await call(app)).body).toBe(body)
})
