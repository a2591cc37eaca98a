import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import {
  authErrorHandler,
  findAuth,
  getAuth,
  getAuthError,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '@claimcheck/express'
import type { Policy } from '@claimcheck/express'
import { listen } from '@claimcheck/testing/contract/running-app'
import cors from 'cors'
import express from 'express'
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express'
import type { AppSpec, Caller, RouteSpec } from '@claimcheck/testing/adapter'
import { serverOf } from '../target.ts'
import type { ServedApp, Target } from '../target.ts'

type Framework = () => Express
type Next = (error?: unknown) => void
type Handle = (request: IncomingMessage, response: ServerResponse, next: Next) => void
type LastHandler = (request: IncomingMessage, response: ServerResponse, options: { readonly env: string }) => Next

const require = createRequire(import.meta.url)

export const expressTargets: readonly Target[] = [
  createExpressTarget('Express 5', express, loadLastHandler('express')),
  // This target uses only types that Express 4 and Express 5 share.
  createExpressTarget('Express 4', load(require, 'express4') as Framework, loadLastHandler('express4')),
]

/** The final handler of Express, which is a dependency of Express with a version of its choice. */
function loadLastHandler(framework: string): LastHandler {
  return load(createRequire(require.resolve(framework)), 'finalhandler') as LastHandler
}

function load(from: NodeJS.Require, name: string) {
  const loaded: unknown = from(name)
  if (typeof loaded === 'function') return loaded
  throw new TypeError(`${name} exports no function`)
}

function createExpressTarget(name: string, framework: Framework, lastHandler: LastHandler): Target {
  const start = (spec: ServedApp) => {
    const handle: Handle = build(framework(), spec)
    // Like in production, without a stack trace. Otherwise Express would print every unhandled error.
    return listen(serverOf((req, res) => handle(req, res, lastHandler(req, res, { env: 'production' })), spec))
  }
  return { name, stacks: true, guardsAlone: true, start }
}

function build(server: Express, spec: AppSpec): Express {
  const { corsOrigin, leftBehind, mounts, routes, onError } = spec
  // In other environments, Express prints every unhandled error.
  server.set('env', 'test')
  server.disable('x-powered-by')
  if (corsOrigin !== undefined) server.use(cors({ origin: corsOrigin, credentials: true }))
  if (leftBehind !== undefined) server.use(leave(leftBehind))
  for (const { auth, ...settings } of mounts) server.use(jwtAuth(auth, settings))
  for (const route of routes) addRoute(server, route)
  if (spec.authErrorHandler === true) server.use(authErrorHandler())
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
