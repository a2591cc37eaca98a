import { hasRole, hasScope } from '@claimcheck/core'
import type { AuthError, Policy, RegisteredPrincipal, RegisteredRole } from '@claimcheck/core'
import {
  checkPolicy,
  createGate,
  errorOf,
  findPrincipal,
  isPromise,
  andThen,
  principalOf,
  readPolicy,
} from '@claimcheck/core/adapter'
import type { GateResult, Rejection } from '@claimcheck/core/adapter'
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerBase } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { write } from './error-handler.ts'
import type { FastifyApp, FastifyReplyLike, FastifyRequestLike, Guard } from './guard.ts'
import { decorateRequest, refuseSecondMount } from './mounts.ts'
import { authOf, keepOwnPolicy, policyOf } from './route-policy.ts'
import { splitOptions } from './options.ts'
import type { JwtAuthOptions } from './options.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The verified caller; null where the route is public, or where `mode` let the request pass without. */
    auth: RegisteredPrincipal | null
  }
  interface FastifyContextConfig {
    /** `null` opens the route; a policy asks for more than a verified caller. */
    auth?: null | Policy<RegisteredRole>
  }
}

/** Authenticates every request to the scope it is registered in and to the scopes below; sets `request.auth`. */
export const jwtAuth = fastifyPlugin(
  async <S extends RawServerBase, L extends FastifyBaseLogger, T extends FastifyTypeProvider>(
    scope: FastifyApp<S, L, T>,
    options: JwtAuthOptions,
  ) => {
    // What follows reads only what is the same for every server, logger and type provider.
    const app = scope as unknown as FastifyInstance
    refuseSecondMount(app)
    const { auth, gate: settings, decorate } = splitOptions(options)
    const gate = createGate<string, unknown, unknown>(auth, settings)
    if (decorate) decorateRequest(app)
    app.addHook('onClose', async () => gate.close())
    app.addHook('onRoute', keepOwnPolicy)
    app.addHook('onRequest', (request, reply, done) => {
      if (decorate) request.auth = null
      const wanted = authOf(request.routeOptions.config)
      if (wanted === null) return done()
      const judge = ({ principal, rejection }: GateResult): Rejection | null => {
        if (decorate) request.auth = principal as RegisteredPrincipal | null
        const policy = policyOf(wanted)
        return rejection ?? (policy === null ? null : checkPolicy(request, policy))
      }
      const denied = andThen(gate.admit(request, request.raw), judge)
      const finish = (rejection: Rejection | null) =>
        rejection === null ? done() : void refuse(rejection, reply, done)
      if (isPromise(denied)) denied.then(finish, done)
      else finish(denied)
    })
  },
  { fastify: '5.x', name: '@claimcheck/fastify' },
)

/** Lets through who has any one of the roles; a `preHandler`, or another hook between `onRequest` and the handler. */
export function requireRole(...anyOf: readonly [RegisteredRole, ...RegisteredRole[]]): Guard {
  return requires(hasRole(...anyOf))
}

/** Lets through who has every one of the scopes. */
export function requireScope(...allOf: readonly [string, ...string[]]): Guard {
  return requires(hasScope(...allOf))
}

/** Lets through who meets the policy. */
export function requires(policy: Policy<RegisteredRole>): Guard {
  const required = readPolicy('requires', policy)
  return async (request, reply) => {
    const rejection = checkPolicy(request, required)
    return rejection === null ? undefined : refuse(rejection, reply)
  }
}

/** The principal of a request; throws the AuthError of one that has none, and an Error where no jwtAuth is registered. */
export function getAuth(request: FastifyRequestLike): RegisteredPrincipal {
  return principalOf(request)
}

/** The principal of a request, or null. */
export function findAuth(request: FastifyRequestLike): RegisteredPrincipal | null {
  return findPrincipal(request)
}

/** Why a request that passed under `mode: 'attempt'` has no principal, or null. */
export function getAuthError(request: FastifyRequestLike): AuthError | null {
  return errorOf(request)
}

/** Answers; a fault that keeps the answer from being written is told to `fail`, or thrown. */
function refuse(rejection: Rejection, reply: FastifyReplyLike, fail?: (fault: Error) => void): unknown {
  try {
    return write(rejection.response, reply)
  } catch (fault) {
    if (fail === undefined || !(fault instanceof Error)) throw fault
    return fail(fault)
  }
}
