import { authorize } from '../access/decide.ts'
import type { Policy } from '../access/policy.ts'
import { createAuth, internalsOf, isAuth } from '../auth.ts'
import type { Auth } from '../auth.ts'
import type { AuthOptions } from '../config/auth-settings.ts'
import { describe, readFields } from '../config/fields.ts'
import { AuthError, ConfigError, isAuthError } from '../errors.ts'
import type { Principal } from '../principal.ts'
import type { RegisteredPrincipal } from '../register.ts'
import type { RequestLike } from '../token/bearer-token.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'

/**
 * What passes: `required` a verified caller; `optional` also a request without a token; `attempt` also one with a bad
 * token, without its principal. An outage passes under none of them.
 */
export type Mode = 'required' | 'optional' | 'attempt'

/** Who words a refusal: the adapter (`answer`), or the framework's error handler, which is given the AuthError. */
export type Errors = 'answer' | 'forward'

/** The settings of an adapter beside those of its Auth. */
export interface GateSettings {
  /** @default 'required' */
  readonly mode?: Mode
  /** @default 'answer' */
  readonly errors?: Errors
}

/** What a middleware found out about the caller of a request. */
interface Admission extends Outcome<unknown> {
  readonly auth: Auth<string, unknown>
  readonly errors: Errors
  readonly request: RequestLike
}

interface Outcome<C> {
  readonly principal: Principal<string, C> | null
  readonly error: AuthError | null
}

/** Lets requests in for a middleware: authenticates as the mode says, and remembers the outcome for the guards. */
export interface Gate<R extends string = string, C = JwtClaims> {
  readonly errors: Errors
  /** Authenticates; `carrier` is the object by which guards know the request again. Rejects with a refusal or a bug. */
  admit(carrier: object, request: RequestLike): Promise<Principal<R, C> | null>
  /** Ends what its Auth runs in the background, where the gate made it; one that was given is its owner's to close. */
  close(): void
}

const modes: readonly unknown[] = ['required', 'optional', 'attempt'] satisfies Mode[]
const waysOfErrors: readonly unknown[] = ['answer', 'forward'] satisfies Errors[]
const admissions = new WeakMap<object, Admission>()

/** Makes the gate of a middleware, of an Auth or of its options; of the environment where there are none. */
export function createGate<const R extends string, C>(
  authOrOptions: Auth<R, C> | AuthOptions<R, C> | undefined,
  settings: GateSettings = {},
): Gate<R, C> {
  const fields = readFields('', settings, ['mode', 'errors'])
  const mode = oneOf<Mode>('mode', fields.get('mode') ?? 'required', modes)
  const errors = oneOf<Errors>('errors', fields.get('errors') ?? 'answer', waysOfErrors)
  const isGiven = isAuth(authOrOptions)
  const auth = isGiven ? authOrOptions : createAuth(authOrOptions)
  return {
    errors,
    async admit(carrier, request) {
      admissions.delete(carrier)
      const outcome = await authenticate(auth, mode, request)
      admissions.set(carrier, { auth, errors, request, ...outcome })
      return outcome.principal as Principal<R, C> | null
    },
    close() {
      if (!isGiven) auth.close()
    },
  }
}

/** Refuses the caller of a request that does not meet the policy; a plain Error where no middleware is mounted. */
export function checkPolicy(carrier: object, policy: Policy): void {
  const admission = admissionOf(carrier)
  if (admission.error !== null) throw admission.error
  try {
    authorize(admission.principal, policy)
  } catch (error) {
    throw internalsOf(admission.auth).refuse(error, admission.request)
  }
}

/** The principal of a request; refuses with the stored error, or `token_missing`, where there is none. */
export function principalOf(carrier: object): RegisteredPrincipal {
  const { auth, request, principal, error } = admissionOf(carrier)
  if (principal !== null) return principal as RegisteredPrincipal
  throw error ?? internalsOf(auth).refuse(new AuthError('token_missing'), request)
}

/** The principal of a request, or null. */
export function findPrincipal(carrier: object): RegisteredPrincipal | null {
  return (admissions.get(carrier)?.principal ?? null) as RegisteredPrincipal | null
}

/** Why a request that passed under `attempt` has no principal, or null. */
export function errorOf(carrier: object): AuthError | null {
  return admissions.get(carrier)?.error ?? null
}

/** How the refusals of a request are to be worded: as the middleware says that admitted it. */
export function errorsOf(carrier: object): Errors {
  return admissions.get(carrier)?.errors ?? 'answer'
}

async function authenticate<C>(auth: Auth<string, C>, mode: Mode, request: RequestLike): Promise<Outcome<C>> {
  if (mode === 'required') return { principal: await auth.authenticate(request), error: null }
  try {
    return { principal: await auth.identify(request), error: null }
  } catch (error) {
    if (mode === 'attempt' && isAuthError(error) && error.status < 500) return { principal: null, error }
    throw error
  }
}

function admissionOf(carrier: object): Admission {
  const admission = admissions.get(carrier)
  if (admission !== undefined) return admission
  throw new Error('No jwtAuth is mounted in front of this guard, or the route is public')
}

function oneOf<T>(field: string, value: unknown, known: readonly unknown[]): T {
  if (known.includes(value)) return value as T
  throw new ConfigError(field, `one of ${known.join(', ')}`, describe(value))
}
