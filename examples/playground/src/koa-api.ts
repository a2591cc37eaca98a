import { getAuth, jwtAuth, requireRole, requireScope } from '@claimcheck/koa'
import type { Auth } from '@claimcheck/koa'
import Koa from 'koa'
import type { Context, Middleware } from 'koa'

/** The four routes on Koa. Middleware before `jwtAuth` is public, middleware after it requires a verified caller. */
export function createKoaApi(auth: Auth): Koa {
  const app = new Koa()

  app.use(
    get('/public', (ctx) => {
      ctx.body = { message: 'Everyone can read this' }
    }),
  )

  app.use(jwtAuth(auth))

  app.use(
    get('/me', (ctx) => {
      ctx.body = getAuth(ctx)
    }),
  )
  app.use(
    get('/admin', requireRole('admin'), (ctx) => {
      ctx.body = { message: 'Only an admin can read this' }
    }),
  )
  app.use(
    get('/reports', requireScope('reports:read'), (ctx) => {
      ctx.body = { reports: ['sales', 'stock'] }
    }),
  )

  return app
}

/** A minimal router for GET: Koa has none. Each step runs only if the one before it calls `next`. */
function get(path: string, ...steps: readonly Middleware[]): Middleware {
  return (ctx, next) => {
    if (ctx.method !== 'GET' || ctx.path !== path) return next()
    return run(steps, ctx)
  }
}

async function run([step, ...rest]: readonly Middleware[], ctx: Context): Promise<void> {
  await step?.(ctx, () => run(rest, ctx))
}
