import { rolePolicy } from './access/policy.ts'
import type { Policy } from './access/policy.ts'
import { parseConfig } from './config/auth-settings.ts'
import type { AuthOptions, AuthSettings } from './config/auth-settings.ts'
import { namingVariables, readEnvironment } from './config/env.ts'
import type { IssuerSettings } from './config/issuer-settings.ts'
import { AuthError, ConfigError, isAuthError, styleError } from './errors.ts'
import type { KeySourceState } from './keys/key-source.ts'
import { toPrincipal } from './principal.ts'
import type { Principal } from './principal.ts'
import { refuseRevoked } from './revocation.ts'
import { extractToken } from './token/bearer-token.ts'
import type { RequestLike } from './token/bearer-token.ts'
import { parseJwt } from './token/parse-jwt.ts'
import { validateClaims } from './verify/claims.ts'
import type { JwtClaims } from './token/jwt-claims.ts'
import { findIssuer, screen } from './verify/screen.ts'
import { findKey, verifySignature } from './verify/signature.ts'

/** The state of an issuer's keys, for a health check. Keys that are not fetched have no times. */
export interface IssuerState extends KeySourceState {
  readonly issuer: string | null
}

/** Verifies callers, for as long as the process lives: make one, and share it. Its methods need no `this`. */
export interface Auth<R extends string = string, C = JwtClaims> {
  /** Verifies the caller of a request, or refuses it with an AuthError; without a token it is `token_missing`. */
  authenticate(this: void, request: RequestLike): Promise<Principal<R, C>>
  /** As `authenticate`, but a request without a token gives null. A bad token is refused all the same. */
  identify(this: void, request: RequestLike): Promise<Principal<R, C> | null>
  /** Verifies a token that came by another way, as in the first message of a socket. */
  verifyToken(this: void, token: string): Promise<Principal<R, C>>
  /** Any one of the roles, as a policy; a role that no map gives does not compile. */
  hasRole(this: void, ...anyOf: readonly [R, ...R[]]): Policy<R>
  /** Makes every issuer's keys ready, and tells which failed; the others serve. It rejects for no outage. */
  ready(this: void): Promise<IssuerState[]>
  /** What is known of every issuer's keys, at once. */
  keys(this: void): IssuerState[]
  /** Ends what runs in the background. */
  close(this: void): void
}

const internals = Symbol.for('claimcheck.Auth')

/** What adapters need of an Auth beside its public part. */
export interface AuthInternals {
  /** Puts the Auth's realm on a refusal and tells `onRefusal`; whatever is no refusal passes untouched. */
  refuse(error: unknown, request: RequestLike | null): unknown
}

/** Makes an Auth of its options, or of the JWT_* variables where there are none; throws ConfigError. */
export function createAuth<const R extends string = string, C = JwtClaims>(options?: AuthOptions<R, C>): Auth<R, C> {
  const settings = options === undefined ? namingVariables(() => parseConfig(readEnvironment())) : parseConfig(options)
  const issuers = [...settings.issuers.values()]
  const failures = new Map<IssuerSettings, unknown>()
  const keys = () => issuers.map((issuer) => stateOf(issuer, failures.get(issuer) ?? null))
  const refuse: AuthInternals['refuse'] = (error, request) => announce(error, request, settings)
  const identify = async (request: RequestLike) => {
    const token = extractToken(request, settings.tokenFrom)
    return token === null ? null : verify(token, settings)
  }
  const authenticate = async (request: RequestLike) => {
    const principal = await identify(request)
    if (principal === null) throw new AuthError('token_missing')
    return principal
  }
  const refusing = <T>(request: RequestLike | null, outcome: Promise<T>): Promise<T> => {
    return outcome.catch((error: unknown) => Promise.reject(refuse(error, request)))
  }
  const auth = {
    authenticate: (request: RequestLike) => refusing(request, authenticate(request)),
    identify: (request: RequestLike) => refusing(request, identify(request)),
    verifyToken: (token: string) => refusing(null, verify(token, settings)),
    hasRole: (...anyOf: readonly string[]) => rolePolicy(anyOf),
    ready: async () => {
      await Promise.all(issuers.map(async (issuer) => failures.set(issuer, await failureOf(issuer))))
      return keys()
    },
    keys,
    close: () => closeAll(issuers),
  }
  Object.defineProperty(auth, internals, { value: Object.freeze({ refuse }) })
  // The names of the roles and the type of the claims are those that the map and the schema were parsed from.
  return Object.freeze(auth) as unknown as Auth<R, C>
}

/** Tells an Auth from its options. */
export function isAuth(value: unknown): value is Auth<string, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, internals)
}

/** The internals of an Auth, for adapters. */
export function internalsOf(auth: Auth<string, unknown>): AuthInternals {
  const found = (auth as { [internals]?: AuthInternals })[internals]
  if (found === undefined) throw new ConfigError('auth', 'an Auth, as createAuth makes it', 'something else')
  return found
}

/** The whole way of a token, from its text to the principal. */
async function verify(token: string, settings: AuthSettings): Promise<Principal<string, unknown>> {
  const jwt = parseJwt(token, settings.maxTokenBytes)
  const issuer = findIssuer(jwt, settings.issuers)
  const screened = screen(jwt, issuer, nowSeconds(settings))
  const key = await findKey(screened, issuer.keys)
  const signed = await verifySignature(screened, key)
  const verified = validateClaims(signed, issuer, nowSeconds(settings))
  const principal = toPrincipal(verified, { mapRoles: issuer.mapRoles, schema: settings.schema })
  if (settings.isRevoked !== null) await refuseRevoked(principal, settings.isRevoked)
  return principal
}

/** A clock that gives no time would let every expired token in, because nothing compares with NaN. */
function nowSeconds(settings: AuthSettings): number {
  const milliseconds = settings.now()
  if (Number.isFinite(milliseconds)) return milliseconds / 1000
  throw new TypeError('now must return a finite number of milliseconds')
}

function announce(error: unknown, request: RequestLike | null, { style, onRefusal }: AuthSettings): unknown {
  if (!isAuthError(error)) return error
  styleError(error, style)
  try {
    const told: unknown = onRefusal(error, request)
    if (told instanceof Promise) told.catch(() => undefined)
  } catch {
    // The log is the user's: its failure must not change the answer.
  }
  return error
}

async function failureOf({ keys }: IssuerSettings): Promise<unknown> {
  try {
    await keys.ready?.()
    return null
  } catch (error) {
    return error
  }
}

function stateOf({ issuer, keys }: IssuerSettings, failure: unknown): IssuerState {
  const unknown = { issuer, fetchedAt: null, nextRefreshAt: null }
  try {
    return Object.freeze({ ...unknown, lastError: failure, ...keys.state?.() })
  } catch (lastError) {
    return Object.freeze({ ...unknown, lastError })
  }
}

/** Closes every source, also behind one that throws. */
function closeAll([first, ...rest]: readonly IssuerSettings[]): void {
  if (first === undefined) return
  try {
    first.keys.close?.()
  } finally {
    closeAll(rest)
  }
}
