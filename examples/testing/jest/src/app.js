import { jwtAuth, requireRole, requireScope } from '@claimcheck/koa'
import Koa from 'koa'

/** The role map. It is part of the API, so its tests use it, too. */
export const roles = { admin: 'admin' }

const needsAdmin = requireRole('admin')
const needsReports = requireScope('reports:read')

/** Creates the API. A test passes another Auth. */
export function createApp(auth) {
  const app = new Koa()
  app.use(async (ctx, next) => {
    if (ctx.path === '/health') ctx.body = { ok: true }
    else await next()
  })
  app.use(jwtAuth(auth))
  app.use(async (ctx) => {
    if (ctx.path === '/me') ctx.body = { subject: ctx.state.auth.subject }
    if (ctx.path === '/users/1' && ctx.method === 'DELETE') await needsAdmin(ctx, () => (ctx.status = 204))
    if (ctx.path === '/reports') await needsReports(ctx, () => (ctx.body = { reports: [] }))
  })
  return app
}
