import {
  allOf,
  authErrorHandler,
  findAuth,
  getAuth,
  getAuthError,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '@claimcheck/fastify'
import type { Policy } from '@claimcheck/fastify'
import cors from '@fastify/cors'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { running } from '@claimcheck/testing/adapter'
import type { AppSpec, Caller, RouteSpec, RunningApp } from '@claimcheck/testing/adapter'
import type { ServedApp, Target } from '../target.ts'

type PlaceGuards = (guards: readonly Policy[]) => RouteShorthandOptions

export const fastifyTargets: readonly Target[] = [
  {
    name: 'Fastify 5',
    stacks: false,
    guardsAlone: true,
    start: (app) => start(app, (guards) => ({ preHandler: guards.map(guardOf) })),
  },
  {
    name: 'Fastify 5, policies in config.auth',
    stacks: false,
    guardsAlone: false,
    start: (app) => start(app, policyInConfig),
  },
]

async function start(app: ServedApp, placeGuards: PlaceGuards): Promise<RunningApp> {
  const http = app.maxHeaderBytes === undefined ? {} : { maxHeaderSize: app.maxHeaderBytes }
  const server = Fastify({ forceCloseConnections: true, http })
  await build(server, app, placeGuards)
  await server.listen({ port: 0, host: '127.0.0.1' })
  return running(server.server, () => server.close())
}

async function build(server: FastifyInstance, spec: AppSpec, placeGuards: PlaceGuards): Promise<void> {
  const { corsOrigin, onError } = spec
  if (onError !== undefined) handleErrors(server, onError)
  if (corsOrigin !== undefined) await server.register(cors, { origin: corsOrigin, credentials: true })
  if (spec.authErrorHandler !== true) return protect(server, spec, placeGuards)
  // A scope has one error handler, which can forward errors to the one of the parent scope.
  await server.register(async (scope) => {
    scope.setErrorHandler(authErrorHandler())
    await protect(scope, spec, placeGuards)
  })
}

async function protect(
  server: FastifyInstance,
  { leftBehind, mounts, routes }: AppSpec,
  placeGuards: PlaceGuards,
): Promise<void> {
  if (leftBehind !== undefined) {
    server.addHook('onRequest', async (request) => void Object.assign(request, { auth: leftBehind }))
  }
  for (const { auth, ...settings } of mounts) await server.register(jwtAuth, { ...optionsOf(auth), ...settings })
  for (const route of routes) addRoute(server, route, placeGuards)
}

function optionsOf(auth: AppSpec['mounts'][number]['auth']) {
  return 'authenticate' in auth ? { auth } : auth
}

function addRoute(
  server: FastifyInstance,
  { method, path, guards, handler }: RouteSpec,
  placeGuards: PlaceGuards,
): void {
  server.route({
    ...placeGuards(guards),
    method,
    url: path,
    handler: async (request, reply) => reply.type('text/plain').send(handler(callerOf(request))),
  })
}

function guardOf(policy: Policy) {
  const [first, ...others] = policy.kind === 'role' ? policy.anyOf : policy.kind === 'scope' ? policy.allOf : []
  if (first === undefined) return requires(policy)
  return policy.kind === 'role' ? requireRole(first, ...others) : requireScope(first, ...others)
}

function policyInConfig([first, ...others]: readonly Policy[]): RouteShorthandOptions {
  if (first === undefined) return {}
  return { config: { auth: others.length === 0 ? first : allOf(first, ...others) } }
}

function handleErrors(server: FastifyInstance, onError: NonNullable<AppSpec['onError']>): void {
  server.setErrorHandler(async (error, request, reply) => {
    const { status, headers, body } = onError(error, callerOf(request))
    return reply
      .code(status)
      .headers({ ...headers })
      .type('text/plain')
      .send(body)
  })
}

function callerOf(request: FastifyRequest): Caller {
  return {
    get: () => getAuth(request),
    find: () => findAuth(request),
    error: () => getAuthError(request),
    stored: () => request.auth ?? null,
  }
}
