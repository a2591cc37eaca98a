import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
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
} from '@claimcheck/fastify'
import type { JwtAuthOptions } from '@claimcheck/fastify'
import Fastify from 'fastify'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyPluginAsync,
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  FastifyTypeProviderDefault,
  onRequestHookHandler,
  preHandlerAsyncHookHandler,
  preHandlerHookHandler,
  preValidationHookHandler,
  RawServerBase,
  RouteGenericInterface,
  RouteOptions,
} from 'fastify'
import { pino } from 'pino'
import type { Logger } from 'pino'
import { same } from './same.ts'

const settings = { issuer: 'a', audience: null, keys: { secret: 's' } } as const

// Every kind of server, logger and factory.
const plain = Fastify()
const custom: FastifyBaseLogger & { audit(text: string): void } = Object.assign(plain.log, { audit: () => undefined })
const apps = {
  plain,
  http: Fastify({ http: { maxHeaderSize: 8192 } }),
  https: Fastify({ https: {} }),
  http2: Fastify({ http2: true }),
  http2Secure: Fastify({ http2: true, https: {} }),
  http2Logged: Fastify({ http2: true, loggerInstance: pino() }),
  factory: Fastify({ serverFactory: (handler) => http.createServer(handler) }),
  httpsFactory: Fastify<https.Server>({ serverFactory: (handler) => https.createServer({}, handler) }),
  http2Factory: Fastify<http2.Http2Server>({
    http2: true,
    serverFactory: (handler) => http2.createServer({}, handler),
  }),
  logger: Fastify({ logger: true }),
  silent: Fastify({ logger: false }),
  pino: Fastify({ loggerInstance: pino() }),
  custom: Fastify({ loggerInstance: custom }),
}

await apps.plain.register(jwtAuth, settings)
await apps.http.register(jwtAuth, settings)
await apps.https.register(jwtAuth, settings)
await apps.http2.register(jwtAuth, settings)
await apps.http2Secure.register(jwtAuth, settings)
await apps.http2Logged.register(jwtAuth, settings)
await apps.factory.register(jwtAuth, settings)
await apps.httpsFactory.register(jwtAuth, settings)
await apps.http2Factory.register(jwtAuth, settings)
await apps.logger.register(jwtAuth, settings)
await apps.silent.register(jwtAuth, { ...settings, prefix: '/api' })
await apps.pino.register(jwtAuth, { ...settings, mode: 'optional' })
await apps.custom.register(jwtAuth)

const guards = [requireRole('admin'), requireScope('items:read'), requires(hasRole('editor'))]

apps.plain.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.http.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.https.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.http2.get('/', { preHandler: guards }, async (request) => {
  same<typeof request.raw, http2.Http2ServerRequest>(true)
  return getAuth(request).subject
})
apps.http2Secure.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.http2Logged.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.factory.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.httpsFactory.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.http2Factory.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.logger.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.silent.get('/', { preHandler: guards }, async (request) => getAuth(request).subject)
apps.pino.get('/', { preHandler: guards }, async (request) => [
  getAuth(request),
  findAuth(request),
  getAuthError(request),
])
apps.custom.get('/', { preHandler: requireRole('admin') }, async (request) => request.auth?.subject)

// Each hook that can reject a request accepts a guard: alone, in a list, on a route and on an app.
apps.http2.get(
  '/',
  { preValidation: guards, preHandler: requireRole('admin') },
  async (request) => request.auth?.subject,
)
apps.pino.addHook('preHandler', requireRole('admin'))
apps.http2.addHook('preHandler', requireScope('items:read'))
apps.http2Secure.addHook('preValidation', requires(hasRole('admin')))
apps.https.addHook('preHandler', requireRole('admin'))
apps.https.addHook('onRequest', requireRole('admin'))
apps.http2.addHook('preHandler', async (request, reply) => {
  if (findAuth(request) === null) await requireRole('admin')(request, reply)
})
apps.http2.setErrorHandler(async (_error, request, reply) => reply.send(getAuthError(request)?.code))
for (const each of [apps.plain, apps.silent, apps.factory]) each.setErrorHandler(authErrorHandler())
apps.https.setErrorHandler(authErrorHandler())
apps.http2.setErrorHandler(authErrorHandler())
apps.http2Secure.setErrorHandler(authErrorHandler())
apps.pino.setErrorHandler(authErrorHandler())
apps.custom.setErrorHandler(authErrorHandler())
apps.pino.setNotFoundHandler({ preHandler: requireRole('admin') }, async (request, reply) =>
  reply.send(findAuth(request)),
)
apps.https.route({
  method: 'GET',
  url: '/',
  config: { auth: hasRole('admin') },
  onRequest: requireRole('admin'),
  preHandler: [requireRole('admin'), requireScope('items:read')],
  handler: async (request) => getAuth(request).subject,
})
export const syncHook: preHandlerHookHandler = requireRole('admin')
export const hook: preHandlerAsyncHookHandler = requireRole('admin')
export const early: onRequestHookHandler = requireRole('admin')
export const validating: preValidationHookHandler = requireScope('items:read')
export const http2Hook: preHandlerAsyncHookHandler<http2.Http2SecureServer> = requireRole('admin')

// A guard does not change the types of a route.
interface Params {
  id: string
}
interface Query {
  page?: number
}
interface Body {
  name: string
}
interface Headers {
  'x-tenant': string
}
interface Replies {
  200: { created: boolean }
  404: { missing: string }
}
interface Route extends RouteGenericInterface {
  Params: Params
  Querystring: Query
  Body: Body
  Headers: Headers
  Reply: Replies
}
apps.plain.post<Route>('/:id', { preHandler: [requireRole('admin')] }, async (request, reply) => {
  same<typeof request.params, Params>(true)
  same<typeof request.query, Query>(true)
  same<typeof request.body, Body>(true)
  same<(typeof request.headers)['x-tenant'], string>(true)
  // @ts-expect-error -- a reply that the route does not have
  await reply.code(200).send({ created: 'yes' })
  return reply.code(200).send({ created: getAuth(request).subject === request.params.id })
})
apps.http2Secure.post<Route>('/:id', { preHandler: requireRole('admin') }, async (request, reply) => {
  same<typeof request.body, Body>(true)
  return reply.code(404).send({ missing: String(getAuth(request).subject) })
})
apps.http2Logged.post<{ Body: Body }>('/', { preValidation: [requireRole('admin')] }, async (request) => {
  same<typeof request.body, Body>(true)
  return [getAuth(request), findAuth(request), getAuthError(request)]
})
apps.pino.post<{ Reply: { 201: { created: boolean } } }>('/', { preHandler: guards }, async (request, reply) => {
  return reply.code(201).send({ created: findAuth(request) !== null })
})
export const route: RouteOptions<http.Server, http.IncomingMessage, http.ServerResponse, { Params: Params }> = {
  method: 'GET',
  url: '/:id',
  preHandler: requireRole('admin'),
  handler: (request, reply) => void reply.send([request.params.id, getAuth(request).subject]),
}

type TypedRoute = RouteOptions<http.Server, http.IncomingMessage, http.ServerResponse, Route>
export const routeErrors: TypedRoute['errorHandler'] = authErrorHandler()

// Plugins, and functions for any request.
export const plugin: FastifyPluginAsync = async (scope) => {
  await scope.register(jwtAuth, settings)
  scope.get<{ Params: Params }>('/:id', { preHandler: requireRole('admin') }, async (request) => request.params.id)
}
export const ofHttp2: FastifyPluginAsync<JwtAuthOptions, http2.Http2Server> = jwtAuth
export const ofPino: FastifyPluginAsync<JwtAuthOptions, http.Server, FastifyTypeProviderDefault, Logger> = jwtAuth
export const ofCallbacks: FastifyPluginCallback<JwtAuthOptions, http2.Http2SecureServer> = jwtAuth
export const byHand = async (scope: FastifyInstance<http2.Http2SecureServer>) => jwtAuth(scope, { mode: 'optional' })
await apps.http2Logged.register(jwtAuth, () => ({ ...settings, mode: 'attempt' as const }))
export async function anywhere<S extends RawServerBase>(app: FastifyInstance<S>): Promise<void> {
  await app.register(jwtAuth, settings)
}
type GenericRoute<R extends RouteGenericInterface> = RouteOptions<
  http.Server,
  http.IncomingMessage,
  http.ServerResponse,
  R
>
export function generic<R extends RouteGenericInterface, C extends FastifySchema>(
  app: FastifyInstance,
  schema: C,
): void {
  const errorHandler: GenericRoute<R>['errorHandler'] = authErrorHandler()
  app.get<R>('/', { preHandler: requireRole('admin'), errorHandler }, missing)
  app.post('/', { schema, preHandler: [requireRole('admin')] }, missing)
}
function missing(): never {
  throw new Error('There is no handler')
}
export const guarding = async <R extends RouteGenericInterface>(request: FastifyRequest<R>, reply: FastifyReply<R>) =>
  requireRole('admin')(request, reply)
export function subjectOf<R extends RouteGenericInterface, S extends RawServerBase>(request: FastifyRequest<R, S>) {
  return getAuth(request).subject
}
export const ofTyped = (request: FastifyRequest<Route>) => [getAuth(request), findAuth(request), getAuthError(request)]

// @ts-expect-error -- a reply is not a request
export const ofReply = (reply: FastifyReply) => getAuth(reply)
// @ts-expect-error -- nor is the request of node:http, which no principal belongs to
export const ofRaw = (request: http.IncomingMessage) => getAuth(request)
// @ts-expect-error -- nor is an object of any kind
getAuth({})
