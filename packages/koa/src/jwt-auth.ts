import { hasRole, hasScope } from '@claimcheck/core'
import type { Auth, AuthError, AuthOptions, JwtClaims, Policy, Principal } from '@claimcheck/core'
import type { RegisteredPrincipal, RegisteredRole } from '@claimcheck/core'
import {
  checkPolicy,
  createGate,
  errorOf,
  findPrincipal,
  isPromise,
  principalOf,
  readPolicy,
} from '@claimcheck/core/adapter'
import type { GateSettings } from '@claimcheck/core/adapter'
import type { Middleware } from 'koa'
import { forwardErrors, readBodyHeaders, respondToAuthError, write } from './error-handler.ts'

type Settings = GateSettings & { readonly mode?: 'required' }

/** The part of a context that identifies the request. Contexts of every app and router have it. */
export interface ContextLike {
  readonly req: object
}

/** Middleware for any state and context. It does not change the types of an app or a router. */
export type Guard = Middleware<unknown, unknown>

/**
 * Creates middleware that authenticates each request and sets `ctx.state.auth`. It uses an Auth, the options of a new one, or the
 * JWT_* variables. Throws a ConfigError if an option is invalid. Responds with 401, 403 or 503 to requests that it rejects, and
 * to AuthErrors of later middleware.
 */
export function jwtAuth(): Middleware<{ auth: RegisteredPrincipal }, unknown>
export function jwtAuth<const R extends string = string, C = JwtClaims, U = undefined>(
  auth: Auth<R, C, U> | AuthOptions<R, C> | undefined,
  settings?: Settings,
): Middleware<{ auth: Principal<R, C, U> }, unknown>
export function jwtAuth<const R extends string = string, C = JwtClaims, U = undefined>(
  auth: Auth<R, C, U> | AuthOptions<R, C> | undefined,
  settings: GateSettings,
): Middleware<{ auth?: Principal<R, C, U> }, unknown>
export function jwtAuth<const R extends string = string, C = JwtClaims, U = undefined>(
  auth?: Auth<R, C, U> | AuthOptions<R, C>,
  settings?: GateSettings,
): Middleware<{ auth?: Principal<R, C, U> }, unknown> {
  const gate = createGate(auth, settings)
  const run: Middleware<{ auth?: Principal<R, C, U> }, unknown> = async (ctx, next) => {
    // An own property even without a caller, so that an inherited value is not used as one.
    Object.assign(ctx.state, { auth: undefined })
    const result = gate.admit(ctx, ctx.req)
    const { principal, rejection } = isPromise(result) ? await result : result
    if (rejection !== null) return write(rejection.response, ctx)
    if (principal !== null) ctx.state.auth = principal
    const above = readBodyHeaders(ctx)
    try {
      await next()
    } catch (error) {
      if (gate.onError === 'forward') throw error
      respondToAuthError(error, ctx, above)
    }
  }
  return gate.onError === 'forward' ? (ctx, next) => forwardErrors(ctx, () => run(ctx, next)) : run
}

/** Creates middleware that requires any one of the roles. */
export function requireRole(...anyOf: readonly [RegisteredRole, ...RegisteredRole[]]): Guard {
  return requires(hasRole(...anyOf))
}

/** Creates middleware that requires all of the scopes. */
export function requireScope(...allOf: readonly [string, ...string[]]): Guard {
  return requires(hasScope(...allOf))
}

/** Creates middleware that requires a policy. Throws a ConfigError if the policy is invalid. */
export function requires(policy: Policy<RegisteredRole>): Guard {
  const required = readPolicy('requires', policy)
  return async (ctx, next) => {
    const rejection = checkPolicy(ctx, required)
    if (rejection !== null) return write(rejection.response, ctx)
    await next()
  }
}

/** Returns the principal of a request. Throws an AuthError if there is none, and an Error if no `jwtAuth` ran. */
export function getAuth(ctx: ContextLike): RegisteredPrincipal {
  return principalOf(ctx)
}

/** Returns the principal of a request, or null. */
export function findAuth(ctx: ContextLike): RegisteredPrincipal | null {
  return findPrincipal(ctx)
}

/** Returns the AuthError of a request that `mode: 'attempt'` accepted without a principal, or null. */
export function getAuthError(ctx: ContextLike): AuthError | null {
  return errorOf(ctx)
}
