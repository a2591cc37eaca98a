import { createRequire } from 'node:module'
import { findAuth, getAuth, getAuthError, jwtAuth, requireRole, requires, requireScope } from '@claimcheck/express'
import type { Policy } from '@claimcheck/express'
import { listen } from '@claimcheck/testing/contract/running-app'
import cors from 'cors'
import express from 'express'
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express'
import type { AppSpec, Caller, RouteSpec } from '@claimcheck/testing/adapter'
import { serverOf } from '../target.ts'
import type { ServedApp, Target } from '../target.ts'

type Framework = () => Express

/** Express 4 has the types of Express 5 as far as this target goes. */
function loadExpress4(): Framework {
  const framework: unknown = createRequire(import.meta.url)('express4')
  if (typeof framework === 'function') return framework as Framework
  throw new TypeError('express4 exports no function')
}

export const expressTargets: readonly Target[] = [
  createExpressTarget('Express 5', express),
  createExpressTarget('Express 4', loadExpress4()),
]

function createExpressTarget(name: string, framework: Framework): Target {
  const start = (app: ServedApp) => listen(serverOf(build(framework(), app), app))
  return { name, stacks: true, guardsAlone: true, start }
}

function build(server: Express, { corsOrigin, leftBehind, mounts, routes, onError }: AppSpec): Express {
  // In any other environment Express prints every error that nobody handles.
  server.set('env', 'test')
  server.disable('x-powered-by')
  if (corsOrigin !== undefined) server.use(cors({ origin: corsOrigin, credentials: true }))
  if (leftBehind !== undefined) server.use(leave(leftBehind))
  for (const { auth, ...settings } of mounts) server.use(jwtAuth(auth, settings))
  for (const route of routes) addRoute(server, route)
  if (onError !== undefined) server.use(handleErrors(onError))
  return server
}

function addRoute(server: Express, { method, path, guards, handler }: RouteSpec): void {
  const handlers: RequestHandler[] = guards.map(guardOf)
  handlers.push((request, response) => {
    response.type('text/plain').send(handler(callerOf(request)))
  })
  if (method === 'GET') server.get(path, ...handlers)
  else server.post(path, ...handlers)
}

function guardOf(policy: Policy): RequestHandler {
  const [first, ...others] = policy.kind === 'role' ? policy.anyOf : policy.kind === 'scope' ? policy.allOf : []
  if (first === undefined) return requires(policy)
  return policy.kind === 'role' ? requireRole(first, ...others) : requireScope(first, ...others)
}

function leave(value: unknown): RequestHandler {
  return (request, _response, next) => {
    Object.assign(request, { auth: value })
    next()
  }
}

function handleErrors(onError: NonNullable<AppSpec['onError']>): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { status, headers, body } = onError(error, callerOf(request))
    response.status(status).set(headers).type('text/plain').send(body)
  }
}

function callerOf(request: Request & { auth?: unknown }): Caller {
  return {
    get: () => getAuth(request),
    find: () => findAuth(request),
    error: () => getAuthError(request),
    stored: () => request.auth ?? null,
  }
}
