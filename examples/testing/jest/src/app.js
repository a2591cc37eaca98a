import { jwtAuth, requireRole, requireScope } from '@claimcheck/koa'
import Koa from 'koa'

/** Which claims give which role: part of the API, and so of its tests. */
export const roles = { admin: 'admin' }

const needsAdmin = requireRole('admin')
const needsReports = requireScope('reports:read')

/** The API, for callers that this Auth verifies. */
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
