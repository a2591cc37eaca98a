import {
  authErrorHandler,
  findAuth,
  getAuth,
  getAuthError,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '@claimcheck/koa'
import type { Policy } from '@claimcheck/koa'
import { listen } from '@claimcheck/testing/contract/running-app'
import cors from '@koa/cors'
import Koa from 'koa'
import type { Context, Middleware } from 'koa'
import type { AppSpec, Caller, RouteSpec } from '@claimcheck/testing/adapter'
import { serverOf } from '../target.ts'
import type { Target } from '../target.ts'

export const koaTargets: readonly Target[] = [
  { name: 'Koa 3', stacks: true, guardsAlone: true, start: (app) => listen(serverOf(build(app).callback(), app)) },
]

function build(spec: AppSpec): Koa {
  const { corsOrigin, leftBehind, mounts, routes, onError } = spec
  const server = new Koa()
  // Koa would otherwise print every error that becomes a 500.
  server.silent = true
  if (corsOrigin !== undefined) server.use(cors({ origin: corsOrigin, credentials: true }))
  if (onError !== undefined) server.use(handleErrors(onError))
  if (spec.authErrorHandler === true) server.use(authErrorHandler())
  if (leftBehind !== undefined) server.use(leave(leftBehind))
  for (const { auth, ...settings } of mounts) server.use(jwtAuth(auth, settings))
  for (const route of routes) server.use(routeOf(route))
  return server
}

function routeOf({ method, path, guards, handler }: RouteSpec): Middleware {
  const handle: Middleware = (ctx) => {
    ctx.body = handler(callerOf(ctx))
  }
  const chain = [...guards.map(guardOf), handle]
  return async (ctx, next) => {
    const effectiveMethod = ctx.method === 'HEAD' ? 'GET' : ctx.method
    if (ctx.path !== path || effectiveMethod !== method) return next()
    const step = async (index: number): Promise<unknown> => chain[index]?.(ctx, () => step(index + 1))
    return step(0)
  }
}

function guardOf(policy: Policy): Middleware {
  const [first, ...others] = policy.kind === 'role' ? policy.anyOf : policy.kind === 'scope' ? policy.allOf : []
  if (first === undefined) return requires(policy)
  return policy.kind === 'role' ? requireRole(first, ...others) : requireScope(first, ...others)
}

function leave(value: unknown): Middleware {
  return (ctx, next) => {
    ctx.state['auth'] = value
    return next()
  }
}

function handleErrors(onError: NonNullable<AppSpec['onError']>): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const { status, headers, body } = onError(error, callerOf(ctx))
      ctx.status = status
      ctx.set({ ...headers })
      ctx.body = body
    }
  }
}

function callerOf(ctx: Context): Caller {
  return {
    get: () => getAuth(ctx),
    find: () => findAuth(ctx),
    error: () => getAuthError(ctx),
    stored: () => ctx.state['auth'] ?? null,
  }
}
