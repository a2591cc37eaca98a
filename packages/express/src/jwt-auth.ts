import { hasRole, hasScope, isAuthError, toRefusal } from '@claimcheck/core'
import type {
  Auth,
  AuthError,
  AuthOptions,
  JwtClaims,
  Policy,
  Refusal,
  RegisteredPrincipal,
  RegisteredRole,
} from '@claimcheck/core'
import {
  checkPolicy,
  createGate,
  errorOf,
  errorsOf,
  findPrincipal,
  principalOf,
  readPolicy,
} from '@claimcheck/core/adapter'
import type { Errors, GateSettings } from '@claimcheck/core/adapter'
import type { NextFunction, Request, RequestHandler, Response } from 'express'

/** Whatever other packages declare `auth` to be, it is ours from here on. */
type CarryingRequest = Omit<Request, 'auth'> & { auth?: unknown }

/** Authenticates every request that passes, by an Auth, its options, or the JWT_* variables; sets `req.auth`. */
export function jwtAuth<const R extends string = string, C = JwtClaims>(
  auth?: Auth<R, C> | AuthOptions<R, C>,
  settings?: GateSettings,
): RequestHandler {
  const gate = createGate(auth, settings)
  return (request: CarryingRequest, response, next) => {
    request.auth = undefined
    gate.admit(request, request).then(
      (principal) => {
        request.auth = principal ?? undefined
        next()
      },
      (error: unknown) => refuse(error, response, next, gate.errors),
    )
  }
}

/** Lets through who has any one of the roles. */
export function requireRole(...anyOf: readonly [RegisteredRole, ...RegisteredRole[]]): RequestHandler {
  return requires(hasRole(...anyOf))
}

/** Lets through who has every one of the scopes. */
export function requireScope(...allOf: readonly [string, ...string[]]): RequestHandler {
  return requires(hasScope(...allOf))
}

/** Lets through who meets the policy. */
export function requires(policy: Policy<RegisteredRole>): RequestHandler {
  const required = readPolicy('requires', policy)
  return (request, response, next) => {
    try {
      checkPolicy(request, required)
    } catch (error) {
      refuse(error, response, next, errorsOf(request))
      return
    }
    next()
  }
}

/** The principal of a request; throws the AuthError of one that has none, and an Error where no jwtAuth is mounted. */
export function getAuth(request: Request): RegisteredPrincipal {
  return principalOf(request)
}

/** The principal of a request, or null. */
export function findAuth(request: Request): RegisteredPrincipal | null {
  return findPrincipal(request)
}

/** Why a request that passed under `mode: 'attempt'` has no principal, or null. */
export function getAuthError(request: Request): AuthError | null {
  return errorOf(request)
}

function refuse(error: unknown, response: Response, next: NextFunction, errors: Errors): void {
  if (response.writableEnded) return
  // An answer that somebody has begun cannot be worded any more: Express ends the connection.
  if (!isAuthError(error) || errors === 'forward' || response.headersSent) {
    next(error)
    return
  }
  try {
    answer(toRefusal(error), response)
  } catch (fault) {
    next(fault)
  }
}

function answer({ status, headers, body }: Refusal, response: Response): void {
  response.statusCode = status
  // Express would add a charset to the content type; the bytes are the same on every framework.
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.end(body)
}
