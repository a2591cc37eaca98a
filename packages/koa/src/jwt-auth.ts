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
import { forwarding, readBodyHeaders, respondBelow, write } from './error-handler.ts'

type Settings = GateSettings & { readonly mode?: 'required' }

/** The part of a context that a principal is found by; every state, context and router has it. */
export interface ContextLike {
  readonly req: object
}

/** A middleware of every state and context; what an app or a router knows of both stays as it is. */
export type Guard = Middleware<unknown, unknown>

/** Authenticates every request that passes, by an Auth, its options, or the JWT_* variables; sets `ctx.state.auth`. */
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
    // An own property also without a caller, so that nothing inherited is taken for one.
    Object.assign(ctx.state, { auth: undefined })
    const admission = gate.admit(ctx, ctx.req)
    const { principal, rejection } = isPromise(admission) ? await admission : admission
    if (rejection !== null) return write(rejection.response, ctx)
    if (principal !== null) ctx.state.auth = principal
    const above = readBodyHeaders(ctx)
    try {
      await next()
    } catch (error) {
      if (gate.onError === 'forward') throw error
      respondBelow(error, ctx, above)
    }
  }
  return gate.onError === 'forward' ? (ctx, next) => forwarding(ctx, () => run(ctx, next)) : run
}

/** Lets through who has any one of the roles. */
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
  return async (ctx, next) => {
    const rejection = checkPolicy(ctx, required)
    if (rejection !== null) return write(rejection.response, ctx)
    await next()
  }
}

/** The principal of a request; throws the AuthError of one that has none, and an Error where no jwtAuth is mounted. */
export function getAuth(ctx: ContextLike): RegisteredPrincipal {
  return principalOf(ctx)
}

/** The principal of a request, or null. */
export function findAuth(ctx: ContextLike): RegisteredPrincipal | null {
  return findPrincipal(ctx)
}

/** Why a request that passed under `mode: 'attempt'` has no principal, or null. */
export function getAuthError(ctx: ContextLike): AuthError | null {
  return errorOf(ctx)
}
