import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response as ExpressResponse } from 'express'
import express4 from 'express4'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createAuth,
  findAuth,
  getAuth,
  getAuthError,
  hasRole,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '../src/index.ts'
import { as, options } from '../../core/test/caller.ts'

const john = await as('john', { admin: true, scope: 'read' })
const jane = await as('jane')
const who: RequestHandler = (request, response) => void response.send(getAuth(request).subject)
afterEach(() => vi.unstubAllEnvs())

async function call(app: Express, path: string, headers: Record<string, string> = {}) {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
  const body = await response.text()
  server.close()
  return {
    status: response.status,
    body,
    challenge: response.headers.get('www-authenticate'),
    type: response.headers.get('content-type'),
  }
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('%s', (_name, framework) => {
  it('protects the routes after the middleware, and not those before it', async () => {
    const app = framework()
    app.get('/public', (_request, response) => void response.send('open'))
    app.use(jwtAuth(options))
    app.get('/me', who)
    app.get('/admin', requireRole('admin'), who)
    app.get('/reports', requireScope('read'), requires(hasRole('admin')), who)
    expect((await call(app, '/public')).status).toBe(200)
    expect(await call(app, '/me')).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="api"',
      type: 'application/problem+json',
    })
    expect(await call(app, '/me', john)).toMatchObject({ status: 200, body: 'john' })
    for (const path of ['/admin', '/reports']) {
      expect([
        (await call(app, path)).status,
        (await call(app, path, jane)).status,
        (await call(app, path, john)).status,
      ]).toEqual([401, 403, 200])
    }
  })

  it('passes a bug to next, without calling the handler', async () => {
    const bug = new RangeError('a bug')
    const rule = () => {
      throw bug
    }
    const handler = vi.fn(who)
    const seen: unknown[] = []
    const app = framework()
    app.use(jwtAuth({ ...options, roles: { admin: rule } }))
    app.get('/', handler)
    const onError: ErrorRequestHandler = (error, _request, response, _next) => {
      seen.push(error)
      response.status(500).end()
    }
    app.use(onError)
    expect((await call(app, '/', john)).status).toBe(500)
    expect(seen).toEqual([bug])
    expect(handler).not.toHaveBeenCalled()
  })

  it("passes AuthErrors of jwtAuth and guards to next with onError: 'forward'", async () => {
    const codes: unknown[] = []
    const app = framework()
    app.use(jwtAuth(options, { onError: 'forward' }))
    app.get('/', requireRole('admin'), who)
    const onError: ErrorRequestHandler = (error: { code: string; status: number }, _request, response, _next) => {
      codes.push(error.code)
      response.status(error.status).end()
    }
    app.use(onError)
    expect([(await call(app, '/')).status, (await call(app, '/', jane)).status]).toEqual([401, 403])
    expect(codes).toEqual(['token_missing', 'access_denied'])
  })

  it('sends status and challenge of an error that getAuth throws', async () => {
    const app = framework()
    app.set('env', 'test')
    app.use(jwtAuth(options, { mode: 'optional' }))
    app.get('/', who)
    expect(await call(app, '/')).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' })
  })
})

describe('jwtAuth', () => {
  it('replaces a value of an earlier middleware by its own result', async () => {
    const app = express()
    app.use((request, _response, next) => {
      Object.assign(request, { auth: { subject: 'root' } })
      next()
    })
    app.use(jwtAuth(createAuth(options), { mode: 'attempt' }))
    app.get('/', (request: Request & { auth?: unknown }, response) => {
      response.json({
        auth: request.auth ?? null,
        found: findAuth(request)?.subject ?? null,
        error: getAuthError(request)?.code ?? null,
      })
    })
    expect(JSON.parse((await call(app, '/')).body)).toEqual({ auth: null, found: null, error: null })
    const bad = await call(app, '/', { authorization: 'Bearer garbage' })
    expect(JSON.parse(bad.body)).toEqual({ auth: null, found: null, error: 'token_malformed' })
    expect(JSON.parse((await call(app, '/', john)).body)).toMatchObject({ auth: { subject: 'john' }, found: 'john' })
  })

  it('reads the environment without options', async () => {
    vi.stubEnv('JWT_ISSUER', options.issuer)
    vi.stubEnv('JWT_AUDIENCE', options.audience)
    vi.stubEnv('JWT_SECRET', options.keys.secret)
    const app = express()
    app.use(jwtAuth())
    app.get('/', who)
    expect([(await call(app, '/')).status, (await call(app, '/', john)).status]).toEqual([401, 200])
  })

  it('does not change a response that an earlier middleware has sent', async () => {
    const app = express()
    const source = { find: () => Promise.reject(new Error('down')), has: () => true }
    app.use((_request, response, next) => {
      response.send('too late')
      next()
    })
    app.use(jwtAuth({ ...options, keys: source, algorithms: ['HS256'] }))
    expect(await call(app, '/', john)).toMatchObject({ status: 200, body: 'too late' })
  })

  it('closes the connection if a guard rejects after a response was started', async () => {
    const app = express()
    app.set('env', 'test')
    app.use(jwtAuth(options))
    app.use((_request, response, next) => {
      response.write('started')
      next()
    })
    app.get('/', requireRole('admin'), who)
    await expect(call(app, '/', jane)).rejects.toThrow('terminated')
  })

  it('responds with 500 if a guard runs without jwtAuth', async () => {
    const app = express()
    app.set('env', 'test')
    const handler = vi.fn(who)
    app.get('/', requireRole('admin'), handler)
    expect((await call(app, '/', john)).status).toBe(500)
    expect(handler).not.toHaveBeenCalled()
  })
})

describe('a middleware that is called directly', () => {
  const request = { headers: {} } as Request
  const response = { writableEnded: false } as ExpressResponse

  it.each([
    ['a forwarded AuthError', jwtAuth(options, { onError: 'forward' }), 'token_missing'],
    ['the error of a guard without jwtAuth', requireRole('admin'), undefined],
  ])('passes %s to next, and does not throw it', (_case, middleware, code) => {
    const next = vi.fn<(error?: unknown) => void>()
    middleware({ ...request }, response, next)
    expect(next).toHaveBeenCalledTimes(1)
    expect(next.mock.calls[0]?.[0]).toMatchObject(
      code === undefined ? { message: expect.stringMatching(/^jwtAuth\(\) must run before this guard/) } : { code },
    )
  })
})
