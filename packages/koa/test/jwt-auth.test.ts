import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import type { Middleware } from 'koa'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createAuth,
  findAuth,
  getAuth,
  getAuthError,
  hasRole,
  isAuthError,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '../src/index.ts'
import { as, options } from '../../core/test/caller.ts'

const john = await as('john', { admin: true, scope: 'read' })
const jane = await as('jane')
const who: Middleware = (ctx) => {
  ctx.body = getAuth(ctx).subject
}
afterEach(() => vi.unstubAllEnvs())

async function call(app: { callback: Koa['callback']; listen: Koa['listen'] }, headers: Record<string, string> = {}) {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers })
  const body = await response.text()
  server.close()
  return {
    status: response.status,
    body,
    challenge: response.headers.get('www-authenticate'),
    type: response.headers.get('content-type'),
  }
}

function silent(): Koa {
  const app = new Koa()
  app.silent = true
  return app
}

describe('jwtAuth', () => {
  it('protects later middleware, and sets ctx.state.auth', async () => {
    const app = new Koa().use(jwtAuth(options)).use((ctx) => {
      ctx.body = ctx.state.auth.subject
    })
    expect(await call(app)).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="api"',
      type: 'application/problem+json',
    })
    expect(await call(app, john)).toMatchObject({ status: 200, body: 'john' })
  })

  it('requires the roles, scopes and policies of guards', async () => {
    for (const guard of [requireRole('admin', 'boss'), requireScope('read'), requires(hasRole('admin'))]) {
      const app = new Koa().use(jwtAuth(options)).use(guard).use(who)
      expect([(await call(app)).status, (await call(app, jane)).status, (await call(app, john)).status]).toEqual([
        401, 403, 200,
      ])
    }
  })

  it('replaces a value of an earlier middleware by its own result', async () => {
    const app = new Koa()
      .use((ctx, next) => {
        ctx.state['auth'] = { subject: 'root' }
        return next()
      })
      .use(jwtAuth(createAuth(options), { mode: 'attempt' }))
      .use((ctx) => {
        ctx.body = {
          auth: ctx.state.auth?.subject ?? null,
          found: findAuth(ctx)?.subject ?? null,
          error: getAuthError(ctx)?.code ?? null,
        }
      })
    expect(JSON.parse((await call(app)).body)).toEqual({ auth: null, found: null, error: null })
    const bad = await call(app, { authorization: 'Bearer garbage' })
    expect(JSON.parse(bad.body)).toEqual({ auth: null, found: null, error: 'token_malformed' })
    expect(JSON.parse((await call(app, john)).body)).toEqual({ auth: 'john', found: 'john', error: null })
  })

  it('reads the environment without options', async () => {
    vi.stubEnv('JWT_ISSUER', options.issuer)
    vi.stubEnv('JWT_AUDIENCE', options.audience)
    vi.stubEnv('JWT_SECRET', options.keys.secret)
    const app = new Koa().use(jwtAuth()).use(who)
    expect([(await call(app)).status, (await call(app, john)).status]).toEqual([401, 200])
  })

  it("throws AuthErrors to earlier middleware with onError: 'forward'", async () => {
    const codes: unknown[] = []
    const app = new Koa()
      .use(async (ctx, next) => {
        try {
          await next()
        } catch (error) {
          if (!isAuthError(error)) throw error
          codes.push(error.code)
          ctx.status = error.status
        }
      })
      .use(jwtAuth(options, { onError: 'forward' }))
      .use(requireRole('admin'))
      .use(who)
    expect([(await call(app)).status, (await call(app, jane)).status]).toEqual([401, 403])
    expect(codes).toEqual(['token_missing', 'access_denied'])
  })

  it('throws a bug, without calling later middleware', async () => {
    const rule = () => {
      throw new RangeError('a bug')
    }
    const handler = vi.fn(who)
    const app = silent()
      .use(jwtAuth({ ...options, roles: { admin: rule } }))
      .use(handler)
    expect((await call(app, john)).status).toBe(500)
    expect(handler).not.toHaveBeenCalled()
  })

  it('responds with 500 if a guard runs without jwtAuth', async () => {
    const handler = vi.fn(who)
    const app = silent().use(requireRole('admin')).use(handler)
    expect((await call(app, john)).status).toBe(500)
    expect(handler).not.toHaveBeenCalled()
  })

  it('sends status and challenge of an error that getAuth throws', async () => {
    const app = new Koa().use(jwtAuth(options, { mode: 'optional' })).use(who)
    expect(await call(app)).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' })
  })
})
