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
import type { Denial, GateSettings } from '@claimcheck/core/adapter'
import type { Context, Middleware } from 'koa'

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
  return async (ctx, next) => {
    if ('auth' in ctx.state) delete ctx.state.auth
    const admission = gate.admit(ctx, ctx.req)
    const { principal, denial } = isPromise(admission) ? await admission : admission
    if (denial !== null) return refuse(denial, ctx)
    if (principal !== null) ctx.state.auth = principal
    await next()
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
  return async (ctx, next) => {
    const denial = checkPolicy(ctx, required)
    if (denial !== null) return refuse(denial, ctx)
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

function refuse(denial: Denial, ctx: Pick<Context, 'status' | 'set' | 'body'>): void {
  const { status, headers, body } = denial.refusal
  ctx.status = status
  ctx.set({ ...headers })
  ctx.body = body
}
