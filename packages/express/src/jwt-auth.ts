import { hasRole, hasScope } from '@claimcheck/core'
import type {
  Auth,
  AuthError,
  AuthOptions,
  JwtClaims,
  Policy,
  Principal,
  RegisteredPrincipal,
  RegisteredRole,
  RequestLike,
} from '@claimcheck/core'
import {
  checkPolicy,
  createGate,
  errorOf,
  findPrincipal,
  isPromise,
  principalOf,
  readPolicy,
} from '@claimcheck/core/adapter'
import type { GateResult, GateSettings } from '@claimcheck/core/adapter'
import { write } from './error-handler.ts'
import type { Middleware, Next, ResponseLike } from './middleware.ts'

/**
 * Creates middleware that authenticates each request and sets `req.auth`. It uses an Auth, the options of a new one, or the JWT_*
 * variables. Throws a ConfigError if an option is invalid. Responds with 401, 403 or 503 to requests that it rejects.
 */
export function jwtAuth<const R extends string = string, C = JwtClaims, U = undefined>(
  auth?: Auth<R, C, U> | AuthOptions<R, C>,
  settings?: GateSettings,
): Middleware {
  const gate = createGate(auth, settings)
  return (request: RequestLike & { auth?: unknown }, response, next) => {
    request.auth = undefined
    const finish = ({ principal, rejection }: GateResult<Principal<R, C, U>>) => {
      if (rejection !== null) return write(response, next, rejection)
      request.auth = principal ?? undefined
      next()
    }
    const onError = passErrors(response, next)
    const result = attempt(() => gate.admit(request, request), onError)
    if (result === undefined) return
    if (isPromise(result)) result.then(finish, onError)
    else finish(result)
  }
}

/** Creates middleware that requires any one of the roles. */
export function requireRole(...anyOf: readonly [RegisteredRole, ...RegisteredRole[]]): Middleware {
  return requires(hasRole(...anyOf))
}

/** Creates middleware that requires all of the scopes. */
export function requireScope(...allOf: readonly [string, ...string[]]): Middleware {
  return requires(hasScope(...allOf))
}

/** Creates middleware that requires a policy. Throws a ConfigError if the policy is invalid. */
export function requires(policy: Policy<RegisteredRole>): Middleware {
  const required = readPolicy('requires', policy)
  return (request, response, next) => {
    const rejection = attempt(() => checkPolicy(request, required), passErrors(response, next))
    if (rejection === undefined) return
    if (rejection === null) next()
    else write(response, next, rejection)
  }
}

/** Returns the principal of a request. Throws an AuthError if there is none, and an Error if no `jwtAuth` ran. */
export function getAuth(request: RequestLike): RegisteredPrincipal {
  return principalOf(request)
}

/** Returns the principal of a request, or null. */
export function findAuth(request: RequestLike): RegisteredPrincipal | null {
  return findPrincipal(request)
}

/** Returns the AuthError of a request that `mode: 'attempt'` accepted without a principal, or null. */
export function getAuthError(request: RequestLike): AuthError | null {
  return errorOf(request)
}

/** Passes an error of `run` to `onError`. Errors of later middleware, which `next` calls, are not caught. */
function attempt<T>(run: () => T, onError: (error: unknown) => void): T | undefined {
  try {
    return run()
  } catch (error) {
    onError(error)
    return undefined
  }
}

/** Passes errors to Express, unless the response has ended. */
function passErrors(response: ResponseLike, next: Next): (error: unknown) => void {
  return (error) => {
    if (!response.writableEnded) next(error)
  }
}
