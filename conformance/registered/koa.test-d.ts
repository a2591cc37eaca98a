import { getAuth, hasRole, jwtAuth, requireRole, requires } from '@claimcheck/koa'
import Koa from 'koa'
import { auth } from './auth.ts'

interface State {
  requestId: string
}

// Middleware after jwtAuth() is typed without a cast, together with custom state.
new Koa<State>()
  .use(jwtAuth(auth))
  .use(requireRole('admin', 'editor'))
  .use(requires(hasRole('editor')))
  .use((ctx) => {
    const tenant: number = ctx.state.auth.claims.tenant
    const same: number = getAuth(ctx).claims.tenant
    const requestId: string = ctx.state.requestId
    // @ts-expect-error a claim that the schema does not know
    const none = ctx.state.auth.claims.tenent
    ctx.body = { tenant, same, requestId, none }
  })

new Koa().use(jwtAuth()).use((ctx) => {
  const tenant: number = ctx.state.auth.claims.tenant
  ctx.body = tenant
})

new Koa().use(jwtAuth(auth, { mode: 'optional' })).use((ctx) => {
  const tenant: number | undefined = ctx.state.auth?.claims.tenant
  // @ts-expect-error the middleware may have let the request pass without a principal
  const sure: number = ctx.state.auth.claims.tenant
  ctx.body = { tenant, sure }
})

new Koa().use(jwtAuth({ issuer: 'a', audience: null, keys: { secret: 's' }, roles: { guest: 'guest' } })).use((ctx) => {
  const roles: readonly 'guest'[] = ctx.state.auth.roles
  ctx.body = roles
})

// @ts-expect-error a misspelt role does not compile
new Koa().use(requireRole('amdin'))
