import { hasRole, hasScope, isAuthError, toErrorResponse } from '@claimcheck/core'
import type {
  Auth,
  AuthError,
  AuthOptions,
  JwtClaims,
  Policy,
  RegisteredPrincipal,
  RegisteredRole,
} from '@claimcheck/core'
import {
  checkPolicy,
  createGate,
  errorOf,
  findPrincipal,
  principalOf,
  readPolicy,
  responseOf,
} from '@claimcheck/core/adapter'
import type { Rejection, GateSettings } from '@claimcheck/core/adapter'
import type { Context, ErrorHandler, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'

/** What `jwtAuth` sets in `c.var`. */
export interface AuthEnv {
  Variables: { auth?: RegisteredPrincipal | undefined }
}

/** Authenticates every request that passes, by an Auth, its options, or the JWT_* variables; sets `c.var.auth`. */
export function jwtAuth<const R extends string = string, C = JwtClaims>(
  auth?: Auth<R, C> | AuthOptions<R, C>,
  settings?: GateSettings,
): MiddlewareHandler<AuthEnv> {
  const gate = createGate(auth, settings)
  return async (c, next) => {
    c.set('auth', undefined)
    // The Fetch Request, which Hono has on every runtime.
    const rejection = await answerable(async () => (await gate.admit(c, c.req.raw)).rejection)
    if (rejection !== null) return answer(rejection)
    c.set('auth', findPrincipal(c) ?? undefined)
    return next()
  }
}

/** Lets through who has any one of the roles. */
export function requireRole(...anyOf: readonly [RegisteredRole, ...RegisteredRole[]]): MiddlewareHandler<AuthEnv> {
  return requires(hasRole(...anyOf))
}

/** Lets through who has every one of the scopes. */
export function requireScope(...allOf: readonly [string, ...string[]]): MiddlewareHandler<AuthEnv> {
  return requires(hasScope(...allOf))
}

/** Lets through who meets the policy. */
export function requires(policy: Policy<RegisteredRole>): MiddlewareHandler<AuthEnv> {
  const required = readPolicy('requires', policy)
  return async (c, next) => {
    const rejection = answerable(() => checkPolicy(c, required))
    if (rejection !== null) return answer(rejection)
    return next()
  }
}

/** The principal of a request; throws the AuthError of one that has none, and an Error where no jwtAuth is mounted. */
export function getAuth(c: Context): RegisteredPrincipal {
  return answerable(() => principalOf(c))
}

/** The principal of a request, or null. */
export function findAuth(c: Context): RegisteredPrincipal | null {
  return findPrincipal(c)
}

/** Why a request that passed under `mode: 'attempt'` has no principal, or null. */
export function getAuthError(c: Context): AuthError | null {
  return errorOf(c)
}

/**
 * For `app.onError(authErrorHandler())`: responds to AuthErrors and to the errors of the issuer and of stores. Hono has one
 * error handler, so that of the application is given here, and gets every other error.
 */
export function authErrorHandler(others: ErrorHandler<AuthEnv> = asHono): ErrorHandler<AuthEnv> {
  return (error, c) => {
    const found = responseOf(error)
    return found === null ? others(error, c) : new Response(found.body, { ...found, headers: { ...found.headers } })
  }
}

/** What Hono does if no error handler is given. */
function asHono(error: Error, c: Context): Response {
  if (error instanceof HTTPException) return error.getResponse()
  console.error(error)
  return c.text('Internal Server Error', 500)
}

function answer({ response: { status, headers, body } }: Rejection): Response {
  return new Response(body, { status, headers: { ...headers } })
}

/** Hono's own error handler asks an error for its answer: a refusal that is thrown has one. */
function answerable<T>(run: () => T): T {
  try {
    const result = run()
    return result instanceof Promise ? (result.catch(rethrow) as T) : result
  } catch (error) {
    return rethrow(error)
  }
}

function rethrow(error: unknown): never {
  if (!isAuthError(error)) throw error
  const { status, headers } = toErrorResponse(error)
  throw Object.assign(error, {
    getResponse: () => new Response(error.message, { status, headers: { ...headers, 'Content-Type': 'text/plain' } }),
  })
}
