import { judge } from '../access/decide.ts'
import { readPolicy } from '../access/policy.ts'
import type { Policy } from '../access/policy.ts'
import { createAuth, internalsOf, isAuth } from '../auth.ts'
import type { Auth } from '../auth.ts'
import type { AuthOptions } from '../config/auth-options.ts'
import { describe, readFields } from '../lib/options.ts'
import { ConfigError, isOutage } from '../failure/errors.ts'
import type { AuthError } from '../failure/errors.ts'
import type { Principal } from '../principal/principal.ts'
import { classProperty } from '../lib/properties.ts'
import { tokenMissing } from '../failure/auth-failure.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import type { RegisteredPrincipal } from '../principal/register.ts'
import { isPromise, andThen } from '../lib/async.ts'
import type { MaybePromise } from '../lib/async.ts'
import type { RequestLike } from '../request/request-like.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import type { AuthResult } from '../authenticator.ts'
import type { Rejection } from '../http/rejection.ts'
import { RequestStates } from './request-state.ts'
import type { OnError, RequestState } from './request-state.ts'

/**
 * What passes: `required` a verified caller; `optional` also a request without a token; `attempt` also one with a bad
 * token, without its principal. An outage passes under none of them.
 */
export type Mode = 'required' | 'optional' | 'attempt'

/** The settings of an adapter beside those of its Auth. */
export interface GateSettings {
  /** @default 'required' */
  readonly mode?: Mode
  /** @default 'respond' */
  readonly onError?: OnError
}

/** What a middleware found out about the caller of a request. */
export interface GateResult<P = Principal<string, unknown>> {
  /** The caller; null for one that passes without, and for one that does not pass. */
  readonly principal: P | null
  /** Why the request does not pass; null where it does. */
  readonly denial: Rejection | null
}

/** Lets requests in for a middleware: authenticates as the mode says, and remembers the outcome for the guards. */
export interface Gate<R extends string = string, C = JwtClaims> {
  /**
   * Authenticates; `carrier` is the object by which guards know the request again. A caller who is recalled is let in at
   * once, without a promise. Throws or rejects with a bug, and with the refusal where errors are forwarded.
   */
  admit(carrier: object, request: RequestLike): MaybePromise<GateResult<Principal<R, C>>>
  /** The setting: whether the adapter responds to errors, or the framework's error handler. */
  readonly errors: OnError
  /** Ends what its Auth runs in the background, where the gate made it; one that was given is its owner's to close. */
  close(): void
}

const modes: readonly unknown[] = ['required', 'optional', 'attempt'] satisfies Mode[]
const waysOfErrors: readonly unknown[] = ['respond', 'forward'] satisfies OnError[]

/** Makes the gate of a middleware, of an Auth or of its options; of the environment where there are none. */
export function createGate<const R extends string, C>(
  authOrOptions: Auth<R, C> | AuthOptions<R, C> | undefined,
  settings: GateSettings = {},
): Gate<R, C> {
  refuseRequest(authOrOptions)
  const fields = readFields('', settings, ['mode', 'onError'])
  const mode = oneOf<Mode>('mode', fields.get('mode') ?? 'required', modes)
  const errors = oneOf<OnError>('onError', fields.get('onError') ?? 'respond', waysOfErrors)
  const isGiven = isAuth(authOrOptions)
  const auth = isGiven ? authOrOptions : createAuth(authOrOptions)
  const internals = internalsOf(auth)
  const passes = ({ code }: AuthFailure) => mode === 'attempt' && !isOutage(code)
  const toGateResult = (carrier: object, request: RequestLike, identified: AuthResult): GateResult => {
    const { principal } = identified
    // Nobody passes for want of a refusal.
    if (principal === undefined) throw new TypeError('An Auth must tell of a caller, or of none')
    const refused = identified.refused ?? (principal === null && mode === 'required' ? tokenMissing : null)
    const denial = refused === null ? null : internals.deny(refused, request)
    const isLetIn = refused === null || passes(refused)
    if (isLetIn) RequestStates.keep(carrier, { principal, denial, internals, errors, request })
    return { principal, denial: isLetIn ? null : handedOut(denial, errors) }
  }
  return {
    errors,
    admit(carrier, request) {
      RequestStates.forget(carrier)
      const admission = failing(() =>
        andThen(internals.identify(request), (found) => toGateResult(carrier, request, found)),
      )
      // The Auth types its principals; its internals do not.
      return admission as MaybePromise<GateResult<Principal<R, C>>>
    },
    close() {
      if (!isGiven) auth.close()
    },
  }
}

/** The middleware was mounted as it is, and is given the first request in place of its options. */
function refuseRequest(options: unknown): void {
  if (typeof options !== 'object' || options === null) return
  const has = (name: string) => classProperty(options, name) !== undefined
  if (!has('rawHeaders') && !(has('req') && has('res'))) return
  throw new ConfigError('jwtAuth', 'called where it is mounted: app.use(jwtAuth())', 'mounted as it is')
}

/** What fails, fails with an error: to frameworks, `next(undefined)` and `next('route')` mean to go on. */
function failing<T>(run: () => MaybePromise<T>): MaybePromise<T> {
  const fail = (thrown: unknown): never => {
    throw thrown instanceof Error ? thrown : new Error('What was thrown is no error', { cause: thrown })
  }
  try {
    const result = run()
    return isPromise(result) ? result.catch(fail) : result
  } catch (thrown) {
    return fail(thrown)
  }
}

/** Refuses the caller of a request that does not meet the policy; throws where errors are forwarded. */
export function checkPolicy(carrier: object, policy: Policy): Rejection | null {
  const { principal, denial, internals, errors, request } = outcomeOf(carrier)
  if (denial !== null) return handedOut(denial, errors)
  const refused = judge(principal, readPolicy('policy', policy))
  return refused === null ? null : handedOut(internals.deny(refused, request), errors)
}

/** The principal of a request; refuses with the stored error, or `token_missing`, where there is none. */
export function principalOf(carrier: object): RegisteredPrincipal {
  const { principal, denial, internals, request } = outcomeOf(carrier)
  if (principal !== null) return principal as RegisteredPrincipal
  throw (denial ?? internals.deny(tokenMissing, request)).toError()
}

/** The principal of a request, or null. */
export function findPrincipal(carrier: object): RegisteredPrincipal | null {
  return (RequestStates.find(carrier)?.principal ?? null) as RegisteredPrincipal | null
}

/** Why a request that passed under `attempt` has no principal, or null. */
export function errorOf(carrier: object): AuthError | null {
  return RequestStates.find(carrier)?.denial?.toError() ?? null
}

function handedOut(denial: Rejection | null, errors: OnError): Rejection | null {
  if (denial !== null && errors === 'forward') throw denial.toError()
  return denial
}

function outcomeOf(carrier: object): RequestState {
  const outcome = RequestStates.find(carrier)
  if (outcome !== null) return outcome
  throw new Error('No jwtAuth is mounted in front of this guard, or the route is public')
}

function oneOf<T>(field: string, value: unknown, known: readonly unknown[]): T {
  if (known.includes(value)) return value as T
  throw new ConfigError(field, `one of ${known.join(', ')}`, describe(value))
}
