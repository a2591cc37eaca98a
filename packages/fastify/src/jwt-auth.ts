import { ConfigError } from '@claimcheck/core'
import type { Policy, RegisteredPrincipal, RegisteredRole } from '@claimcheck/core'
import { andThen, checkPolicy, createGate, isPromise } from '@claimcheck/core/adapter'
import type { GateResult, Rejection } from '@claimcheck/core/adapter'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerBase,
} from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { write } from './error-handler.ts'
import { copyPolicy, readRouteAuth, readRoutePolicy, splitOptions } from './options.ts'
import type { JwtAuthOptions } from './options.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The verified caller. null if the route is public, or if `mode` allowed the request without one. */
    auth: RegisteredPrincipal | null
  }
  interface FastifyContextConfig {
    /** `null` makes the route public. A policy adds a requirement. */
    auth?: null | Policy<RegisteredRole>
  }
}

/** A Fastify app with any kind of server, logger and type provider. */
export type FastifyApp<
  S extends RawServerBase,
  L extends FastifyBaseLogger,
  T extends FastifyTypeProvider,
> = FastifyInstance<S, RawRequestDefaultExpression<S>, RawReplyDefaultExpression<S>, L, T>

/**
 * A plugin that authenticates every request to the scope in which it is registered and to the scopes inside it, and sets
 * `request.auth`. Rejects with a ConfigError if an option is invalid. Responds with 401, 403 or 503 to requests that it rejects.
 */
export const jwtAuth = fastifyPlugin(
  async <S extends RawServerBase, L extends FastifyBaseLogger, T extends FastifyTypeProvider>(
    scope: FastifyApp<S, L, T>,
    options: JwtAuthOptions,
  ) => {
    // The code below uses only what is the same for every server, logger and type provider.
    const app = scope as unknown as FastifyInstance
    rejectSecondPlugin(app)
    const { auth, gate: settings, decorate } = splitOptions(options)
    const gate = createGate<string, unknown, unknown>(auth, settings)
    if (decorate) decorateRequest(app)
    app.addHook('onClose', async () => gate.close())
    app.addHook('onRoute', copyPolicy)
    app.addHook('onRequest', (request, reply, done) => {
      if (decorate) request.auth = null
      const routeAuth = readRouteAuth(request.routeOptions.config)
      if (routeAuth === null) return done()
      const authorize = ({ principal, rejection }: GateResult): Rejection | null => {
        if (decorate) request.auth = principal as RegisteredPrincipal | null
        const policy = readRoutePolicy(routeAuth)
        return rejection ?? (policy === null ? null : checkPolicy(request, policy))
      }
      const finish = (rejection: Rejection | null) => (rejection === null ? done() : respond(rejection, reply, done))
      const result = andThen(gate.admit(request, request.raw), authorize)
      if (isPromise(result)) result.then(finish, done)
      else finish(result)
    })
  },
  { fastify: '5.x', name: '@claimcheck/fastify' },
)

/** Sends an error response. If that fails, passes the error to `done`. */
function respond(rejection: Rejection, reply: FastifyReply, done: (error: Error) => void): void {
  try {
    write(rejection.response, reply)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    done(error)
  }
}

const scopesByServer = new WeakMap<object, object[]>()

/** A scope that inherits from another one with this plugin would authenticate every request twice. */
function rejectSecondPlugin(app: FastifyInstance): void {
  const scopes = scopesByServer.get(app.server) ?? []
  if (scopes.some((other) => other === app || inherits(other, app) || inherits(app, other))) {
    const message = 'jwtAuth is already registered in an outer or inner scope: register it once'
    throw new ConfigError('jwtAuth', 'one registration for nested scopes', 'another one', { message })
  }
  scopesByServer.set(app.server, [...scopes, app])
}

function inherits(scope: object, from: object): boolean {
  return Object.prototype.isPrototypeOf.call(from, scope)
}

function decorateRequest(app: FastifyInstance): void {
  // Fastify treats an inherited property as a decorator. The hook sets an own one on each request in any case.
  if (Object.hasOwn(Object.prototype, 'auth')) return
  if (app.hasRequestDecorator('auth')) {
    throw new ConfigError('decorate', 'false, because another plugin uses request.auth (getAuth works with it)', 'true')
  }
  app.decorateRequest('auth', null)
}
