import { checkPrincipal } from '../access/decide.ts'
import { readPolicy } from '../access/policy.ts'
import type { Policy } from '../access/policy.ts'
import { createAuth, internalsOf, isAuth } from '../auth.ts'
import type { Auth, AuthInternals } from '../auth.ts'
import type { AuthResult } from '../authenticator.ts'
import type { AuthOptions } from '../config/auth-options.ts'
import { anonymousFailure } from '../failure/auth-failure.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import { ConfigError, isOutage } from '../failure/errors.ts'
import type { AuthError } from '../failure/errors.ts'
import type { Rejection } from '../http/response.ts'
import { andThen, isPromise } from '../lib/async.ts'
import type { MaybePromise } from '../lib/async.ts'
import { defineOptions, oneOf, readOptions } from '../lib/options.ts'
import { classProperty } from '../lib/properties.ts'
import type { AnyPrincipal, Principal } from '../principal/principal.ts'
import type { RegisteredPrincipal } from '../principal/register.ts'
import type { RequestLike } from '../request/headers.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'

/**
 * Which requests pass. `required`: those with a verified caller. `optional`: also those without a token. `attempt`: also
 * those with a bad token, without a principal. No mode lets a request with a token pass during an outage (503).
 */
export type Mode = 'required' | 'optional' | 'attempt'

/** Who responds to a rejected request: the adapter (`respond`), or the framework's error handler, which receives the AuthError. */
export type OnError = 'respond' | 'forward'

/** The settings of an adapter, in addition to the options of its Auth. */
export interface GateSettings {
  /** @default 'required' */
  readonly mode?: Mode
  /** @default 'respond' */
  readonly onError?: OnError
}

/** Headers of a response. Each string of a list is sent as its own line, as `Set-Cookie` requires. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>

/** What a middleware knows about the caller of a request. */
export interface GateResult<P = AnyPrincipal> {
  /** The caller; null for a request that passes without one, and for one that does not pass. */
  readonly principal: P | null
  /** Why the request does not pass; null if it passes. */
  readonly rejection: Rejection | null
  /** Headers for the response to a request that passes. */
  readonly headers: ResponseHeaders
}

/** Authenticates requests for a middleware, in its mode, and stores the result for the guards. */
export interface Gate<R extends string = string, C = JwtClaims, U = undefined> {
  /**
   * Authenticates a request. Guards find the result by `carrier`, an object that the framework keeps for the request.
   * Returns no promise if there is nothing to wait for, as for a cached token. Throws or rejects with the AuthError if
   * `onError` is `forward`, and with any error that is a bug.
   */
  admit(carrier: object, request: RequestLike): MaybePromise<GateResult<Principal<R, C, U>>>
  readonly onError: OnError
  /** Closes the Auth if the gate created it. An Auth that was passed in is not closed, because others may use it. */
  close(): void
}

export const gateOptions = defineOptions({
  mode: { read: oneOf<Mode>(['required', 'optional', 'attempt']), fallback: 'required' },
  onError: { read: oneOf<OnError>(['respond', 'forward']), fallback: 'respond' },
})

const noHeaders: ResponseHeaders = Object.freeze({})

/** Creates the gate of a middleware from an Auth, from its options, or without either from the environment. */
export function createGate<const R extends string, C, U>(
  authOrOptions: Auth<R, C, U> | AuthOptions<R, C> | undefined,
  settings: GateSettings = {},
): Gate<R, C, U> {
  assertNotRequest(authOrOptions)
  const { mode, onError } = readOptions('', settings, gateOptions)
  const isShared = isAuth(authOrOptions)
  const auth = isShared ? authOrOptions : createAuth(authOrOptions)
  const internals = internalsOf(auth)
  const isSoftened = ({ code }: AuthFailure) => mode === 'attempt' && !isOutage(code)
  const toGateResult = (carrier: object, request: RequestLike, result: AuthResult): GateResult => {
    const { principal } = result
    // Fail closed: an Auth of another copy of the package can have results of another shape.
    if (principal === undefined || result.failure === undefined)
      throw new TypeError('An Auth must return a principal, a failure, or null for both')
    const failure = result.failure ?? (principal === null && mode === 'required' ? anonymousFailure : null)
    const rejection = failure === null ? null : internals.reject(failure, request)
    const passes = failure === null || isSoftened(failure)
    if (passes) RequestStates.set(carrier, { principal, rejection, internals, onError, request })
    return { principal, rejection: passes ? null : forwardOrReturn(rejection, onError), headers: noHeaders }
  }
  return {
    onError,
    admit(carrier, request) {
      RequestStates.clear(carrier)
      const result = throwingErrors(() =>
        andThen(internals.identify(request), (found) => toGateResult(carrier, request, found)),
      )
      // The Auth types its principals; its internals do not.
      return result as MaybePromise<GateResult<Principal<R, C, U>>>
    },
    close() {
      if (!isShared) auth.close()
    },
  }
}

/** Throws if `app.use(jwtAuth)` was written: the framework then passes the first request in place of the options. */
function assertNotRequest(options: unknown): void {
  if (typeof options !== 'object' || options === null) return
  const has = (name: string) => classProperty(options, name) !== undefined
  if (!has('rawHeaders') && !(has('req') && has('res'))) return
  const [expected, received] = ['app.use(jwtAuth())', 'app.use(jwtAuth)']
  const message = `jwtAuth must be called: use ${expected}, not ${received}`
  throw new ConfigError('jwtAuth', expected, received, { message })
}

/**
 * Always throws an Error. Code that throws `undefined` or the string 'route' would otherwise let the request pass, because
 * frameworks treat `next(undefined)` and `next('route')` as success.
 */
function throwingErrors<T>(run: () => MaybePromise<T>): MaybePromise<T> {
  const fail = (thrown: unknown): never => {
    throw thrown instanceof Error ? thrown : new Error('A value that is not an Error was thrown', { cause: thrown })
  }
  try {
    const result = run()
    return isPromise(result) ? result.catch(fail) : result
  } catch (thrown) {
    return fail(thrown)
  }
}

/** Returns why the caller of a request does not meet the policy, or null; throws the AuthError if errors are forwarded. */
export function checkPolicy(carrier: object, policy: Policy): Rejection | null {
  const { principal, rejection, internals, onError, request } = stateOf(carrier)
  if (rejection !== null) return forwardOrReturn(rejection, onError)
  const failure = checkPrincipal(principal, readPolicy('policy', policy))
  return failure === null ? null : forwardOrReturn(internals.reject(failure, request), onError)
}

/** Returns the principal of a request; throws the stored AuthError, or `token_missing`, if it has none. */
export function principalOf(carrier: object): RegisteredPrincipal {
  const { principal, rejection, internals, request } = stateOf(carrier)
  if (principal !== null) return principal as RegisteredPrincipal
  throw (rejection ?? internals.reject(anonymousFailure, request)).toError()
}

/** Returns the principal of a request, or null. */
export function findPrincipal(carrier: object): RegisteredPrincipal | null {
  return (RequestStates.find(carrier)?.principal ?? null) as RegisteredPrincipal | null
}

/** Returns why a request that passed in mode `attempt` has no principal, or null. */
export function errorOf(carrier: object): AuthError | null {
  return RequestStates.find(carrier)?.rejection?.toError() ?? null
}

function forwardOrReturn(rejection: Rejection | null, onError: OnError): Rejection | null {
  if (rejection !== null && onError === 'forward') throw rejection.toError()
  return rejection
}

function stateOf(carrier: object): RequestState {
  const state = RequestStates.find(carrier)
  if (state !== null) return state
  throw new Error('jwtAuth() must run before this guard (it does not run on a public route)')
}

/** The result of a request that passed, and what its guards need to reject it in the same way. */
interface RequestState {
  readonly principal: AnyPrincipal | null
  /** Why a request that passes in mode `attempt` has no principal; null if it has one, or sent no token. */
  readonly rejection: Rejection | null
  readonly internals: AuthInternals
  readonly onError: OnError
  readonly request: RequestLike
}

/** Its constructor returns its argument, so that a derived class adds its private fields to that object. */
// oxlint-disable-next-line typescript/no-extraneous-class -- the constructor is its purpose
class ReturnedArgument {
  constructor(object: object) {
    return object
  }
}

/**
 * Stores the state of a request in a private field of its carrier. No other code can read or forge it, and it is collected
 * with the request. A WeakMap would do the same, but costs a microsecond more per request.
 */
class RequestStates extends ReturnedArgument {
  #state: RequestState | null

  private constructor(carrier: object, state: RequestState) {
    super(carrier)
    this.#state = state
  }

  static find(carrier: object): RequestState | null {
    return typeof carrier === 'object' && carrier !== null && #state in carrier ? carrier.#state : null
  }

  static set(carrier: object, state: RequestState): void {
    if (#state in carrier) carrier.#state = state
    else void new RequestStates(carrier, state)
  }

  static clear(carrier: object): void {
    if (#state in carrier) carrier.#state = null
  }
}
