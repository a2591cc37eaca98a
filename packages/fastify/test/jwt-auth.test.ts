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

describe('the plugin', () => {
  it('protects the scope that it is registered in and those below, also what was registered before it', async () => {
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

  it.each(['preParsing', 'preValidation', 'preHandler'] as const)('guards as a hook %s', async (hook) => {
    const app = Fastify()
    app.register(jwtAuth, options)
    app.get('/', { [hook]: requireRole('admin') }, async () => ({ hello: 'admin' }))
    expect([await status(app, '/', john), await status(app, '/', jane)]).toEqual([200, 403])
  })

  it('protects nothing beside its scope', async () => {
    const app = Fastify()
    app.register(async (inner) => {
      inner.register(jwtAuth, options)
      inner.get('/inside', who)
    })
    app.get('/beside', async () => 'open')
    expect([await status(app, '/inside'), await status(app, '/beside')]).toEqual([401, 200])
  })

  it.each([
    ['at once', {}],
    ['later', { isRevoked: async () => true }],
  ])('answers where an earlier hook left a header that cannot be written, refusing %s', async (_when, extra) => {
    const app = Fastify()
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('x-request-id', 'a\nb')
      done()
    })
    app.register(jwtAuth, { ...options, ...extra })
    app.get('/', who)
    expect(await status(app, '/', 'isRevoked' in extra ? john : {})).toBeGreaterThanOrEqual(400)
  })

  it('runs before a body is parsed', async () => {
    const app = Fastify()
    const parser = vi.fn()
    app.addContentTypeParser('text/x', (_request, _payload, done) => (parser(), done(null)))
    app.register(jwtAuth, options)
    app.post('/', who)
    const answer = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'text/x' }, payload: 'x' })
    expect([answer.statusCode, parser.mock.calls.length]).toEqual([401, 0])
  })

  it.each(['inside', 'outside', 'twice'])(
    'is registered once on a chain of scopes: %s is a ConfigError',
    async (where) => {
      const app = Fastify()
      if (where !== 'inside') app.register(async (inner) => void inner.register(jwtAuth, options))
      app.register(jwtAuth, options)
      if (where === 'inside') app.register(async (inner) => void inner.register(jwtAuth, options))
      if (where === 'twice') app.register(jwtAuth, options)
      await expect(app.ready()).rejects.toThrow(ConfigError)
    },
  )

  it('is registered in scopes side by side', async () => {
    const app = Fastify()
    app.register(async (inner) => void inner.register(jwtAuth, options).after(() => inner.get('/a', who)))
    app.register(
      async (inner) =>
        void inner.register(jwtAuth, { ...options, audience: 'other' }).after(() => inner.get('/b', who)),
    )
    expect([await status(app, '/a', john), await status(app, '/b', john)]).toEqual([200, 401])
  })

  it('takes an Auth, with its own settings and Fastify’s beside it', async () => {
    const app = Fastify()
    const auth = createAuth(options)
    app.register(
      async (inner) => void inner.register(jwtAuth, { auth, mode: 'optional', prefix: '/x', logLevel: 'silent' }),
    )
    await app.ready()
    const twice = Fastify()
    twice.register(jwtAuth, { auth, issuer: 'x' } as never)
    await expect(twice.ready()).rejects.toThrow('auth must be alone')
  })

  it('reads the environment where it has no options of an Auth', async () => {
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
    ['a decorate that is no boolean', { ...options, decorate: 'no' }, 'decorate'],
    ['an Auth that is not there', { auth: undefined }, 'auth'],
    ['an Auth of something else', { auth: { authenticate: () => null } }, 'authenticate'],
  ])('refuses to start with %s', async (_name, wrong, field) => {
    const app = Fastify()
    app.register(jwtAuth, wrong as never)
    await expect(app.ready()).rejects.toMatchObject({ name: 'ConfigError', option: field })
  })

  it('closes the Auth that it made with the server, and not one that it was given', async () => {
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

describe('a route', () => {
  it('is opened by config.auth null', async () => {
    const app = Fastify()
    app.register(jwtAuth, options)
    app.get('/open', { config: { auth: null } }, async (request) => ({ auth: request.auth, found: findAuth(request) }))
    app.get('/guarded', { config: { auth: null }, preHandler: requireRole('admin') }, who)
    expect((await app.inject({ url: '/open', headers: john })).json()).toEqual({ auth: null, found: null })
    expect(await status(app, '/guarded', john)).toBe(500)
  })

  it('asks for more by a policy in config.auth or by a guard in preHandler', async () => {
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
    'with %j in config.auth stops the start',
    async (auth) => {
      const app = Fastify()
      await app.register(jwtAuth, options)
      expect(() => app.get('/', { config: { auth: auth as never } }, who)).toThrow(ConfigError)
    },
  )

  it('with such a value, declared before the plugin, answers 500 and never its handler', async () => {
    const app = Fastify()
    const handler = vi.fn(who)
    app.get('/', { config: { auth: true as never } }, handler)
    app.register(jwtAuth, options)
    expect(await status(app, '/', john)).toBe(500)
    expect(handler).not.toHaveBeenCalled()
  })
})

describe('request.auth', () => {
  it('is the principal, or null', async () => {
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

  it('may belong to another plugin with decorate false; getAuth works all the same', async () => {
    const app = Fastify()
    app.decorateRequest('auth', null)
    app.addHook('onRequest', async (request) => void Object.assign(request, { auth: 'theirs' }))
    app.register(jwtAuth, { ...options, decorate: false })
    app.get('/', async (request) => ({ theirs: request.auth, ours: getAuth(request).subject }))
    expect((await app.inject({ url: '/', headers: john })).json()).toEqual({ theirs: 'theirs', ours: 'john' })
  })

  it('that another plugin holds stops the start otherwise', async () => {
    const app = Fastify()
    app.decorateRequest('auth', null)
    app.register(jwtAuth, options)
    await expect(app.ready()).rejects.toThrow(/^decorate must be false where another plugin holds request.auth/)
  })
})

describe('what a handler throws of getAuth', () => {
  it('is answered by Fastify with the status and the challenge', async () => {
    const app = Fastify()
    app.register(jwtAuth, { ...options, mode: 'optional' })
    app.get('/', who)
    const answer = await app.inject({ url: '/' })
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="api"'])
  })
})
