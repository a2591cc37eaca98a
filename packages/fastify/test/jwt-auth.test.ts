import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  ConfigError,
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

const who = async (request: FastifyRequest) => getAuth(request).subject
const john = await as('john', { admin: true, scope: 'read' })
const jane = await as('jane')
afterEach(() => vi.unstubAllEnvs())

async function status(app: FastifyInstance, url: string, headers: Record<string, string> = {}) {
  return (await app.inject({ url, headers })).statusCode
}

describe('jwtAuth', () => {
  it('protects its scope and the scopes inside it, including routes that were registered before it', async () => {
    const app = Fastify()
    app.get('/before', who)
    app.register(async (inner) => {
      inner.get('/inner/before', who)
      inner.register(async (innermost) => void innermost.get('/innermost/before', who))
    })
    app.register(jwtAuth, options)
    app.register(async (inner) => void inner.get('/inner/after', who))
    app.get('/after', who)
    for (const url of ['/before', '/inner/before', '/innermost/before', '/inner/after', '/after', '/nowhere']) {
      expect([url, await status(app, url)]).toEqual([url, 401])
    }
    expect((await app.inject({ url: '/innermost/before', headers: john })).body).toBe('john')
    expect(await status(app, '/nowhere', john)).toBe(404)
  })

  it.each(['preParsing', 'preValidation', 'preHandler'] as const)('runs a guard as a %s hook', async (hook) => {
    const app = Fastify()
    app.register(jwtAuth, options)
    app.get('/', { [hook]: requireRole('admin') }, async () => ({ hello: 'admin' }))
    expect([await status(app, '/', john), await status(app, '/', jane)]).toEqual([200, 403])
  })

  it('does not protect routes outside its scope', async () => {
    const app = Fastify()
    app.register(async (inner) => {
      inner.register(jwtAuth, options)
      inner.get('/inside', who)
    })
    app.get('/beside', async () => 'open')
    expect([await status(app, '/inside'), await status(app, '/beside')]).toEqual([401, 200])
  })

  it.each([
    ['synchronously', {}],
    ['asynchronously', { isRevoked: async () => true }],
  ])('responds if an earlier hook set an invalid header and the request is rejected %s', async (_when, extra) => {
    const app = Fastify()
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('x-request-id', 'a\nb')
      done()
    })
    app.register(jwtAuth, { ...options, ...extra })
    app.get('/', who)
    expect(await status(app, '/', 'isRevoked' in extra ? john : {})).toBeGreaterThanOrEqual(400)
  })

  it('rejects a request before its body is parsed', async () => {
    const app = Fastify()
    const parser = vi.fn()
    app.addContentTypeParser('text/x', (_request, _payload, done) => (parser(), done(null)))
    app.register(jwtAuth, options)
    app.post('/', who)
    const response = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'text/x' }, payload: 'x' })
    expect([response.statusCode, parser.mock.calls.length]).toEqual([401, 0])
  })

  it.each(['inside', 'outside', 'twice'])(
    'throws a ConfigError if it is registered in nested scopes: %s',
    async (where) => {
      const app = Fastify()
      if (where !== 'inside') app.register(async (inner) => void inner.register(jwtAuth, options))
      app.register(jwtAuth, options)
      if (where === 'inside') app.register(async (inner) => void inner.register(jwtAuth, options))
      if (where === 'twice') app.register(jwtAuth, options)
      await expect(app.ready()).rejects.toThrow(ConfigError)
    },
  )

  it('can be registered in separate scopes', async () => {
    const app = Fastify()
    app.register(async (inner) => void inner.register(jwtAuth, options).after(() => inner.get('/a', who)))
    app.register(
      async (inner) =>
        void inner.register(jwtAuth, { ...options, audience: 'other' }).after(() => inner.get('/b', who)),
    )
    expect([await status(app, '/a', john), await status(app, '/b', john)]).toEqual([200, 401])
  })

  it('accepts an Auth together with adapter settings and Fastify’s options, but not with Auth options', async () => {
    const app = Fastify()
    const auth = createAuth(options)
    app.register(
      async (inner) => void inner.register(jwtAuth, { auth, mode: 'optional', prefix: '/x', logLevel: 'silent' }),
    )
    await app.ready()
    const twice = Fastify()
    twice.register(jwtAuth, { auth, issuer: 'x' } as never)
    await expect(twice.ready()).rejects.toMatchObject({ name: 'ConfigError', option: 'auth', received: 'both' })
  })

  it('reads the environment without options', async () => {
    vi.stubEnv('JWT_ISSUER', options.issuer)
    vi.stubEnv('JWT_AUDIENCE', options.audience)
    vi.stubEnv('JWT_SECRET', options.keys.secret)
    const app = Fastify()
    app.register(jwtAuth)
    app.get('/', who)
    expect([await status(app, '/'), await status(app, '/', john)]).toEqual([401, 200])
  })

  it.each([
    ['an unknown name', { audeince: 'x' }, 'audeince'],
    ['an undefined setting', { issuer: undefined }, 'issuer'],
    ['an unknown mode', { ...options, mode: 'lenient' }, 'mode'],
    ['an undefined mode', { ...options, mode: undefined }, 'mode'],
    ['an unknown onError', { ...options, onError: 'ignore' }, 'onError'],
    ['a decorate that is not a boolean', { ...options, decorate: 'no' }, 'decorate'],
    ['an undefined Auth', { auth: undefined }, 'auth'],
    ['an Auth that was not made by createAuth', { auth: { authenticate: () => null } }, 'authenticate'],
  ])('throws a ConfigError for %s', async (_name, wrong, field) => {
    const app = Fastify()
    app.register(jwtAuth, wrong as never)
    await expect(app.ready()).rejects.toMatchObject({ name: 'ConfigError', option: field })
  })

  it('closes an Auth that it created together with the server, and not one that was passed in', async () => {
    const closed = vi.fn()
    const source = { find: () => Promise.reject(new Error('none')), has: () => true, close: closed }
    const own = Fastify()
    own.register(jwtAuth, { ...options, keys: source })
    await own.ready()
    await own.close()
    expect(closed).toHaveBeenCalledTimes(1)
    const given = Fastify()
    given.register(jwtAuth, { auth: createAuth({ ...options, keys: source }) })
    await given.ready()
    await given.close()
    expect(closed).toHaveBeenCalledTimes(1)
  })
})

describe('a Fastify route', () => {
  it('is public if config.auth is null', async () => {
    const app = Fastify()
    app.register(jwtAuth, options)
    app.get('/open', { config: { auth: null } }, async (request) => ({ auth: request.auth, found: findAuth(request) }))
    app.get('/guarded', { config: { auth: null }, preHandler: requireRole('admin') }, who)
    expect((await app.inject({ url: '/open', headers: john })).json()).toEqual({ auth: null, found: null })
    expect(await status(app, '/guarded', john)).toBe(500)
  })

  it('requires a policy in config.auth or a guard in preHandler', async () => {
    const app = Fastify()
    app.register(jwtAuth, options)
    app.get('/policy', { config: { auth: hasRole('admin') } }, who)
    app.get('/role', { preHandler: requireRole('admin', 'boss') }, who)
    app.get('/scope', { preHandler: [requireScope('read'), requires(hasRole('admin'))] }, who)
    for (const url of ['/policy', '/role', '/scope']) {
      expect([url, await status(app, url), await status(app, url, jane), await status(app, url, john)]).toEqual([
        url,
        401,
        403,
        200,
      ])
    }
  })

  it.each([true, false, 'admin', {}, ['admin'], { kind: 'rolle' }])(
    'throws a ConfigError if config.auth is %j',
    async (auth) => {
      const app = Fastify()
      await app.register(jwtAuth, options)
      expect(() => app.get('/', { config: { auth: auth as never } }, who)).toThrow(ConfigError)
    },
  )

  it('responds with 500 if config.auth is invalid and the route was declared before the plugin', async () => {
    const app = Fastify()
    const handler = vi.fn(who)
    app.get('/', { config: { auth: true as never } }, handler)
    app.register(jwtAuth, options)
    expect(await status(app, '/', john)).toBe(500)
    expect(handler).not.toHaveBeenCalled()
  })
})

describe('request.auth', () => {
  it('sets request.auth to the principal or null', async () => {
    const app = Fastify()
    app.register(jwtAuth, { ...options, mode: 'attempt' })
    app.get('/', async (request) => ({
      auth: request.auth?.subject ?? null,
      error: getAuthError(request)?.code ?? null,
    }))
    expect((await app.inject({ url: '/', headers: john })).json()).toEqual({ auth: 'john', error: null })
    expect((await app.inject({ url: '/' })).json()).toEqual({ auth: null, error: null })
    const bad = { authorization: 'Bearer garbage' }
    expect((await app.inject({ url: '/', headers: bad })).json()).toEqual({ auth: null, error: 'token_malformed' })
  })

  it('leaves request.auth to another plugin if decorate is false, and getAuth still works', async () => {
    const app = Fastify()
    app.decorateRequest('auth', null)
    app.addHook('onRequest', async (request) => void Object.assign(request, { auth: 'theirs' }))
    app.register(jwtAuth, { ...options, decorate: false })
    app.get('/', async (request) => ({ theirs: request.auth, ours: getAuth(request).subject }))
    expect((await app.inject({ url: '/', headers: john })).json()).toEqual({ theirs: 'theirs', ours: 'john' })
  })

  it('throws a ConfigError if another plugin uses request.auth and decorate is not false', async () => {
    const app = Fastify()
    app.decorateRequest('auth', null)
    app.register(jwtAuth, options)
    await expect(app.ready()).rejects.toMatchObject({
      name: 'ConfigError',
      option: 'decorate',
      expected: expect.stringMatching(/^false, because another plugin uses request.auth/),
    })
  })
})

describe('getAuth', () => {
  it('throws an error that Fastify sends with its status and challenge', async () => {
    const app = Fastify()
    app.register(jwtAuth, { ...options, mode: 'optional' })
    app.get('/', who)
    const response = await app.inject({ url: '/' })
    expect([response.statusCode, response.headers['www-authenticate']]).toEqual([401, 'Bearer realm="api"'])
  })
})
