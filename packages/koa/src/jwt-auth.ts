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
import type { Context, Middleware } from 'koa'
import { forwarding, respondBelow, write } from './error-handler.ts'

type Settings = GateSettings & { readonly mode?: 'required' }

/** Authenticates every request that passes, by an Auth, its options, or the JWT_* variables; sets `ctx.state.auth`. */
export function jwtAuth(): Middleware<{ auth: RegisteredPrincipal }>
export function jwtAuth<const R extends string = string, C = JwtClaims>(
  auth: Auth<R, C> | AuthOptions<R, C> | undefined,
  settings?: Settings,
): Middleware<{ auth: Principal<R, C> }>
export function jwtAuth<const R extends string = string, C = JwtClaims>(
  auth: Auth<R, C> | AuthOptions<R, C> | undefined,
  settings: GateSettings,
): Middleware<{ auth?: Principal<R, C> }>
export function jwtAuth<const R extends string = string, C = JwtClaims>(
  auth?: Auth<R, C> | AuthOptions<R, C>,
  settings?: GateSettings,
): Middleware<{ auth?: Principal<R, C> }> {
  const gate = createGate(auth, settings)
  const run: Middleware = async (ctx, next) => {
    if ('auth' in ctx.state) delete ctx.state.auth
    const admission = gate.admit(ctx, ctx.req)
    const { principal, denial } = isPromise(admission) ? await admission : admission
    if (denial !== null) return write(denial.refusal, ctx)
    if (principal !== null) ctx.state.auth = principal
    try {
      await next()
    } catch (error) {
      if (gate.errors === 'forward') throw error
      respondBelow(error, ctx)
    }
  }
  return gate.errors === 'forward' ? (ctx, next) => forwarding(ctx, () => run(ctx, next)) : run
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
  return async (ctx, next) => {
    const denial = checkPolicy(ctx, required)
    if (denial !== null) return write(denial.refusal, ctx)
    await next()
  }
}

/** The principal of a request; throws the AuthError of one that has none, and an Error where no jwtAuth is mounted. */
export function getAuth(ctx: Pick<Context, 'req'>): RegisteredPrincipal {
  return principalOf(ctx)
}

/** The principal of a request, or null. */
export function findAuth(ctx: Pick<Context, 'req'>): RegisteredPrincipal | null {
  return findPrincipal(ctx)
}

/** Why a request that passed under `mode: 'attempt'` has no principal, or null. */
export function getAuthError(ctx: Pick<Context, 'req'>): AuthError | null {
  return errorOf(ctx)
}
