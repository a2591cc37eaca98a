import type { IncomingMessage } from 'node:http'
import Router from '@koa/router'
import type { RouterContext, RouterMiddleware } from '@koa/router'
import {
  authErrorHandler,
  findAuth,
  getAuth,
  getAuthError,
  hasRole,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '@claimcheck/koa'
import type { Principal } from '@claimcheck/koa'
import Koa from 'koa'
import type { Context, Middleware, ParameterizedContext } from 'koa'
import { same } from './same.ts'

interface State {
  requestId: string
}
interface Services {
  db: { find(id: string): string }
}

const settings = { issuer: 'a', audience: null, keys: { secret: 's' }, roles: { admin: 'admin' } } as const
type Caller = Principal<'admin'>

// A guard does not change the state and the context: both have the same types after it.
new Koa<State, Services>().use(requireRole('admin')).use((ctx) => {
  same<typeof ctx.state, State & object>(false)
  same<typeof ctx.state.requestId, string>(true)
  // @ts-expect-error -- a member that the state does not have
  ctx.body = ctx.state.requestIds
  // @ts-expect-error -- nor does the context
  ctx.body = ctx.database
  ctx.body = [ctx.db.find('a'), getAuth(ctx).subject, findAuth(ctx), getAuthError(ctx)]
})

// jwtAuth adds its caller and nothing else.
new Koa<State, Services>()
  .use(jwtAuth(settings))
  .use(requireRole('admin'))
  .use(requires(hasRole('editor')))
  .use(requireScope('items:read'))
  .use((ctx) => {
    same<typeof ctx.state.auth, Caller>(true)
    same<typeof ctx.state.requestId, string>(true)
    // @ts-expect-error -- a member that the state does not have
    ctx.body = ctx.state.requestIds
    // @ts-expect-error -- nor does the context
    ctx.body = ctx.database
    ctx.body = [ctx.db.find('a'), getAuth(ctx).subject, findAuth(ctx), getAuthError(ctx)]
  })
new Koa<State, Services>().use(jwtAuth(settings, { mode: 'optional' })).use(async (ctx, next) => {
  same<typeof ctx.state.auth, Caller | undefined>(true)
  await next()
})
new Koa()
  .use(jwtAuth(settings))
  .use(requireRole('admin'))
  .use((ctx) => {
    same<typeof ctx.state.auth, Caller>(true)
    ctx.body = ctx.state.auth.subject
  })
new Koa<object, object>()
  .use(requireRole('admin'))
  .use(jwtAuth(settings))
  .use((ctx) => {
    same<typeof ctx.state.auth, Caller>(true)
  })

// Every middleware fits into a list, with any state and context.
export const plain: Middleware[] = [jwtAuth(settings), requireRole('admin'), requires(hasRole('admin'))]
export const typed: Middleware<State, Services, string>[] = [requireRole('admin'), requireScope('items:read')]
export const before: Middleware<State & { auth: Caller }, Services>[] = [jwtAuth(settings), requireRole('admin')]

// The error handler adds nothing either.
new Koa<State, Services>().use(authErrorHandler()).use((ctx) => {
  // @ts-expect-error -- a member that the state does not have
  ctx.body = ctx.state.requestIds
  // @ts-expect-error -- nor does the context
  ctx.body = ctx.database
})
export const errorHandlers: Middleware<State, Services, string>[] = [authErrorHandler()]

// Routers, and their routes with parameters.
const router = new Router<State, Services>()
router.use(jwtAuth(settings))
router.use('/items', jwtAuth(settings), requireRole('admin'))
router.get('/items/:id', requireRole('admin'), (ctx) => {
  same<typeof ctx.state.requestId, string>(true)
  ctx.body = [ctx.params['id'], ctx.db.find('a'), getAuth(ctx).subject]
})
router.post('/items/:id', jwtAuth(settings), requireScope('items:write'), (ctx) => {
  ctx.body = [ctx.state.auth.subject, ctx.params['id'], getAuth(ctx).subject]
})
router.all(['/a', '/b'], requireRole('admin'), requires(hasRole('editor')), (ctx: RouterContext<State, Services>) => {
  ctx.body = [getAuth(ctx).subject, findAuth(ctx), getAuthError(ctx)]
})
new Router().get('/', jwtAuth(settings), requireRole('admin'), (ctx) => void (ctx.body = getAuth(ctx).subject))
export const ofRouter: RouterMiddleware<State, Services, string>[] = [requireRole('admin')]
new Koa<State, Services>().use(jwtAuth(settings)).use(router.routes())
new Koa().use(new Router({ prefix: '/api' }).use(requireRole('admin')).routes())

// Contexts of every type have a caller.
export const ofContext = (ctx: Context) => getAuth(ctx)
export const ofTyped = (ctx: ParameterizedContext<State, Services, string>) => [getAuth(ctx), findAuth(ctx)]
export const ofRouted = (ctx: RouterContext) => [getAuth(ctx), getAuthError(ctx)]
/** A middleware may call a guard. */
export const outer: Middleware<State, Services> = async (ctx, next) => {
  if (findAuth(ctx) === null) await requireRole('admin')(ctx, next)
}

// @ts-expect-error -- the request of node:http is not a context
export const ofRaw = (request: IncomingMessage) => getAuth(request)
// @ts-expect-error -- nor is an object of any kind
getAuth({})
