import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:http2'
import type { IncomingHttpHeaders } from 'node:http2'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { describe, expect, it, vi } from 'vitest'
import { AuthError, authErrorHandler, getAuth, jwtAuth } from '../src/index.ts'
import { options } from '../../core/test/caller.ts'

const body =
  '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"A bearer token is required","code":"token_missing"}'

async function build(handler: RouteHandlerMethod, logs: string[] = []): Promise<FastifyInstance> {
  const stream = { write: (line: string) => void logs.push(line) }
  const app = Fastify({ forceCloseConnections: true, logger: { level: 'error', stream } })
  app.setErrorHandler(authErrorHandler())
  await app.register(jwtAuth, { ...options, mode: 'optional' })
  app.get('/', handler)
  return app
}

describe('authErrorHandler', () => {
  it('replaces status and body headers that the handler had set, and keeps other headers', async () => {
    const app = await build(async (req, reply) => {
      reply.code(206).type('text/csv').header('content-length', '5000').header('etag', '"1"')
      reply.headers({ 'content-encoding': 'gzip', 'last-modified': 'now', 'content-range': 'bytes 0-4999/9999' })
      reply.headers({ 'cache-control': 'public', expires: 'never', vary: 'Origin', 'set-cookie': 'seen=yes' })
      reply.raw.setHeader('content-language', 'de')
      return getAuth(req).subject
    })
    const response = await app.inject('/')
    expect([response.statusCode, response.body]).toEqual([401, body])
    const { date: _date, connection: _connection, ...headers } = response.headers
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'content-length': String(body.length),
      'content-type': 'application/problem+json',
      'www-authenticate': 'Bearer realm="api"',
      vary: 'Origin',
      'set-cookie': 'seen=yes',
    })
  })

  it('replaces a reason that the handler had set by the standard one', async () => {
    const app = await build(async (req, reply) => {
      reply.raw.statusMessage = 'Part of it'
      return getAuth(req).subject
    })
    expect(await app.inject('/')).toMatchObject({ statusCode: 401, statusMessage: 'Unauthorized', body })
  })

  it('responds over HTTP/2 without a warning about the reason', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning')
    const app = Fastify({ http2: true })
    app.setErrorHandler(authErrorHandler())
    await app.register(jwtAuth, { ...options, mode: 'optional' })
    app.get('/', async (req) => getAuth(req).subject)
    const client = connect(await app.listen({ port: 0, host: '127.0.0.1' }))
    const stream = client.request({ ':path': '/' })
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
    expect([headers[':status'], await text(stream)]).toEqual([401, body])
    expect(emitWarning).not.toHaveBeenCalled()
    client.close()
    await app.close()
  })

  it('responds to an AuthError that a handler sends or throws synchronously', async () => {
    const sending = await build((_req, reply) => void reply.send(new AuthError('key_not_found')))
    expect((await sending.inject('/')).json()).toMatchObject({ status: 401, code: 'signature_invalid' })
    const throwing = await build((req) => getAuth(req))
    expect((await throwing.inject('/')).body).toBe(body)
  })

  it('responds if a stream fails before its first byte', async () => {
    const app = await build(async (_req, reply) => {
      const source = new Readable({ read: () => source.destroy(new AuthError('access_denied')) })
      return reply.type('text/csv').send(source)
    })
    expect((await app.inject('/')).json()).toMatchObject({ status: 403, code: 'access_denied' })
  })

  it.each<readonly [string, unknown]>([
    ['a bug', new RangeError('a bug')],
    ['an error with a status', Object.assign(new Error('x'), { statusCode: 418, headers: { 'x-tea': 'yes' } })],
    ['an error that looks like a response', Object.assign(new Error('x'), { status: 401, headers: {}, body: 'x' })],
    ['a string', 'text'],
    ['an object', { status: 401 }],
  ])('passes %s on to Fastify’s own handler, which responds as without it', async (_name, thrown) => {
    const handler = async () => {
      throw thrown as Error
    }
    const plain = Fastify()
    plain.get('/', handler)
    const app = await build(handler)
    const [expected, response] = [await plain.inject('/'), await app.inject('/')]
    expect([response.statusCode, response.body]).toEqual([expected.statusCode, expected.body])
    expect({ ...response.headers, date: '' }).toEqual({ ...expected.headers, date: '' })
    expect(response.statusCode).toBeGreaterThanOrEqual(400)
  })

  it('passes other errors unchanged to the handler of the outer scope', async () => {
    const bug = new RangeError('a bug')
    const seen: unknown[] = []
    const app = Fastify()
    app.setErrorHandler(async (error, _request, reply) => {
      seen.push(error)
      return reply.code(500).send('custom')
    })
    await app.register(async (inner) => {
      inner.setErrorHandler(authErrorHandler())
      await inner.register(jwtAuth, { ...options, mode: 'optional' })
      inner.get('/bug', async () => {
        throw bug
      })
      inner.get('/me', async (req) => getAuth(req).subject)
    })
    expect((await app.inject('/bug')).body).toBe('custom')
    expect(seen.map((error) => error === bug)).toEqual([true])
    expect((await app.inject('/me')).body).toBe(body)
    expect(seen).toHaveLength(1)
  })

  it('logs an outage as Fastify does, and does not log a rejection', async () => {
    const logs: string[] = []
    const app = await build(async (req) => {
      if (req.headers['x-outage'] === 'yes')
        throw new AuthError('keys_unavailable', {}, { cause: new Error('ECONNREFUSED') })
      throw new AuthError('access_denied')
    }, logs)
    expect((await app.inject('/')).statusCode).toBe(403)
    expect(logs).toEqual([])
    expect((await app.inject({ url: '/', headers: { 'x-outage': 'yes' } })).statusCode).toBe(503)
    expect(logs).toHaveLength(1)
    expect(logs[0]).toContain('ECONNREFUSED')
  })

  it('survives a stream that the handler has piped into the response', async () => {
    const source = new Readable({ read: () => undefined })
    const uncaught = vi.fn<(error: Error) => void>()
    process.setUncaughtExceptionCaptureCallback(uncaught)
    const app = await build(async (req, reply) => {
      source.pipe(reply.raw).once('prefinish', () => source.push('late'))
      return getAuth(req).subject
    })
    const response = await fetch(await app.listen({ port: 0, host: '127.0.0.1' }))
    expect([response.status, await response.text()]).toEqual([401, body])
    process.setUncaughtExceptionCaptureCallback(null)
    expect(uncaught).not.toHaveBeenCalled()
    await app.close()
  })

  it('passes an error after the headers were sent to Fastify, which closes the connection', async () => {
    const app = await build((req, reply) => {
      reply.raw.write('part')
      getAuth(req)
    })
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const [response] = (await once(request(url, { agent: false }).end(), 'response')) as [IncomingMessage]
    const [error] = (await once(response.resume(), 'error')) as [unknown]
    expect([response.statusCode, error]).toEqual([200, expect.objectContaining({ code: 'ECONNRESET' })])
    await app.close()
  })

  it('is not installed by jwtAuth, so Fastify responds without it', async () => {
    const app = Fastify()
    await app.register(jwtAuth, { ...options, mode: 'optional' })
    app.get('/', async (req) => getAuth(req).subject)
    const response = await app.inject('/')
    expect([response.statusCode, response.headers['content-type']]).toEqual([401, 'application/json; charset=utf-8'])
  })

  it('hides details for the log from the response schema of Fastify’s own handler', async () => {
    const app = Fastify()
    await app.register(jwtAuth, { ...options, mode: 'optional' })
    const names = ['type', 'title', 'detail', 'code', 'logCode', 'logDetail', 'message']
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
    app.get('/', { schema: { response: { 401: { type: 'object', properties } } } }, async () => {
      throw new AuthError('key_not_found', { logDetail: 'for the log' })
    })
    const response = await app.inject('/')
    expect(response.statusCode).toBe(401)
    expect(response.json()).toMatchObject({ type: 'about:blank', code: 'signature_invalid' })
    expect(response.body).not.toMatch(/for the log|key_not_found/)
  })
})
