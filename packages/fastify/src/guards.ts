import { hasRole, hasScope } from '@claimcheck/core'
import type { AuthError, Policy, RegisteredPrincipal, RegisteredRole } from '@claimcheck/core'
import { checkPolicy, errorOf, findPrincipal, principalOf, readPolicy } from '@claimcheck/core/adapter'
import { write } from './error-handler.ts'
import type { FastifyReplyLike } from './error-handler.ts'

/** The part of a Fastify request that identifies it. Requests of every kind of server have it; those of node:http do not. */
export interface FastifyRequestLike {
  readonly raw: object
  readonly url: string
}

/**
 * A hook of a route or an app, alone or in a list. It is compatible with every server, logger, type provider and route, and does
 * not affect the inference of a route's types.
 */
export type Guard = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>

/** Creates a hook that requires any one of the roles: a `preHandler`, or another hook between `onRequest` and the handler. */
export function requireRole(...anyOf: readonly [RegisteredRole, ...RegisteredRole[]]): Guard {
  return requires(hasRole(...anyOf))
}

/** Creates a hook that requires all of the scopes. */
export function requireScope(...allOf: readonly [string, ...string[]]): Guard {
  return requires(hasScope(...allOf))
}

/** Creates a hook that requires a policy. Throws a ConfigError if the policy is invalid. */
export function requires(policy: Policy<RegisteredRole>): Guard {
  const required = readPolicy('requires', policy)
  return async (request, reply) => {
    const rejection = checkPolicy(request, required)
    return rejection === null ? undefined : write(rejection.response, reply)
  }
}

/** Returns the principal of a request. Throws an AuthError if there is none, and an Error if no `jwtAuth` ran. */
export function getAuth(request: FastifyRequestLike): RegisteredPrincipal {
  return principalOf(request)
}

/** Returns the principal of a request, or null. */
export function findAuth(request: FastifyRequestLike): RegisteredPrincipal | null {
  return findPrincipal(request)
}

/** Returns the AuthError of a request that `mode: 'attempt'` accepted without a principal, or null. */
export function getAuthError(request: FastifyRequestLike): AuthError | null {
  return errorOf(request)
}
