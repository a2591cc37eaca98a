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

/** Authenticates every request that passes, by an Auth, its options, or the JWT_* variables; sets `req.auth`. */
export function jwtAuth<const R extends string = string, C = JwtClaims, U = undefined>(
  auth?: Auth<R, C, U> | AuthOptions<R, C>,
  settings?: GateSettings,
): Middleware {
  const gate = createGate(auth, settings)
  return (request: RequestLike & { auth?: unknown }, response, next) => {
    request.auth = undefined
    const pass = ({ principal, rejection }: GateResult<Principal<R, C, U>>) => {
      if (rejection !== null) return write(response, next, rejection)
      request.auth = principal ?? undefined
      next()
    }
    const fail = failing(response, next)
    const admission = attempt(() => gate.admit(request, request), fail)
    if (admission === undefined) return
    if (isPromise(admission)) admission.then(pass, fail)
    else pass(admission)
  }
}

/** Lets through who has any one of the roles. */
export function requireRole(...anyOf: readonly [RegisteredRole, ...RegisteredRole[]]): Middleware {
  return requires(hasRole(...anyOf))
}

/** Lets through who has every one of the scopes. */
export function requireScope(...allOf: readonly [string, ...string[]]): Middleware {
  return requires(hasScope(...allOf))
}

/** Lets through who meets the policy. */
export function requires(policy: Policy<RegisteredRole>): Middleware {
  const required = readPolicy('requires', policy)
  return (request, response, next) => {
    const rejection = attempt(() => checkPolicy(request, required), failing(response, next))
    if (rejection === undefined) return
    if (rejection === null) next()
    else write(response, next, rejection)
  }
}

/** The principal of a request; throws the AuthError of one that has none, and an Error where no jwtAuth is mounted. */
export function getAuth(request: RequestLike): RegisteredPrincipal {
  return principalOf(request)
}

/** The principal of a request, or null. */
export function findAuth(request: RequestLike): RegisteredPrincipal | null {
  return findPrincipal(request)
}

/** Why a request that passed under `mode: 'attempt'` has no principal, or null. */
export function getAuthError(request: RequestLike): AuthError | null {
  return errorOf(request)
}

/** Hands what was thrown on to `next`; what follows in the way of the request is not tried. */
function attempt<T>(run: () => T, fail: (error: unknown) => void): T | undefined {
  try {
    return run()
  } catch (error) {
    fail(error)
    return undefined
  }
}

function failing(response: ResponseLike, next: Next): (error: unknown) => void {
  return (error) => {
    if (!response.writableEnded) next(error)
  }
}
