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

/** The variables that `jwtAuth` sets in `c.var`. */
export interface AuthEnv {
  Variables: { auth?: RegisteredPrincipal | undefined }
}

/**
 * Creates middleware that authenticates each request and sets `c.var.auth`. It uses an Auth, the options of a new one, or the
 * JWT_* variables.
 */
export function jwtAuth<const R extends string = string, C = JwtClaims>(
  auth?: Auth<R, C> | AuthOptions<R, C>,
  settings?: GateSettings,
): MiddlewareHandler<AuthEnv> {
  const gate = createGate(auth, settings)
  return async (c, next) => {
    c.set('auth', undefined)
    // `c.req.raw` is the Fetch Request, which exists on every runtime.
    const rejection = await withResponse(async () => (await gate.admit(c, c.req.raw)).rejection)
    if (rejection !== null) return createResponse(rejection)
    c.set('auth', findPrincipal(c) ?? undefined)
    return next()
  }
}

/** Creates middleware that requires any one of the roles. */
export function requireRole(...anyOf: readonly [RegisteredRole, ...RegisteredRole[]]): MiddlewareHandler<AuthEnv> {
  return requires(hasRole(...anyOf))
}

/** Creates middleware that requires all of the scopes. */
export function requireScope(...allOf: readonly [string, ...string[]]): MiddlewareHandler<AuthEnv> {
  return requires(hasScope(...allOf))
}

/** Creates middleware that requires a policy. */
export function requires(policy: Policy<RegisteredRole>): MiddlewareHandler<AuthEnv> {
  const required = readPolicy('requires', policy)
  return async (c, next) => {
    const rejection = withResponse(() => checkPolicy(c, required))
    if (rejection !== null) return createResponse(rejection)
    return next()
  }
}

/** Returns the principal of a request. Throws an AuthError if there is none, and an Error if no `jwtAuth` ran. */
export function getAuth(c: Context): RegisteredPrincipal {
  return withResponse(() => principalOf(c))
}

/** Returns the principal of a request, or null. */
export function findAuth(c: Context): RegisteredPrincipal | null {
  return findPrincipal(c)
}

/** Returns the AuthError of a request that `mode: 'attempt'` accepted without a principal, or null. */
export function getAuthError(c: Context): AuthError | null {
  return errorOf(c)
}

/**
 * Creates a handler for `app.onError(authErrorHandler())`. It responds to AuthErrors and to errors of the issuer and of stores.
 * Hono has a single error handler, so pass that of the application as `others`; it receives every other error.
 */
export function authErrorHandler(others: ErrorHandler<AuthEnv> = honoDefault): ErrorHandler<AuthEnv> {
  return (error, c) => {
    const found = responseOf(error)
    return found === null ? others(error, c) : new Response(found.body, { ...found, headers: { ...found.headers } })
  }
}

/** Hono's behaviour without an error handler. */
function honoDefault(error: Error, c: Context): Response {
  if (error instanceof HTTPException) return error.getResponse()
  console.error(error)
  return c.text('Internal Server Error', 500)
}

function createResponse({ response: { status, headers, body } }: Rejection): Response {
  return new Response(body, { status, headers: { ...headers } })
}

/** Adds `getResponse` to an AuthError that is thrown, because Hono's own error handler calls it. */
function withResponse<T>(run: () => T): T {
  try {
    const result = run()
    return result instanceof Promise ? (result.catch(throwWithResponse) as T) : result
  } catch (error) {
    return throwWithResponse(error)
  }
}

function throwWithResponse(error: unknown): never {
  if (!isAuthError(error)) throw error
  const { status, headers } = toErrorResponse(error)
  throw Object.assign(error, {
    getResponse: () => new Response(error.message, { status, headers: { ...headers, 'Content-Type': 'text/plain' } }),
  })
}
