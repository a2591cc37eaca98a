import { checkPrincipal } from './access/decide.ts'
import { readPolicy, rolePolicy } from './access/policy.ts'
import type { Policy } from './access/policy.ts'
import { Authenticator, failed } from './authenticator.ts'
import type { AuthResult } from './authenticator.ts'
import { parseConfig } from './config/auth-options.ts'
import type { AuthOptions } from './config/auth-options.ts'
import { withVariableNames, readEnvironment } from './config/env.ts'
import type { Recipient } from './encryption/recipient.ts'
import type { ExplainOptions, Explanation } from './explain/explanation.ts'
import { anonymousFailure } from './failure/auth-failure.ts'
import { ConfigError } from './failure/errors.ts'
import { createRejector } from './http/response.ts'
import type { Reject } from './http/response.ts'
import type { IssuerKeys, KeySourceStatus } from './keys/key-source.ts'
import { countAuth } from './keys/remote-keys.ts'
import { andThen } from './lib/async.ts'
import type { MaybePromise } from './lib/async.ts'
import { hasMethod, withoutPrototype } from './lib/properties.ts'
import { withDiagnostics } from './observe.ts'
import type { AnyPrincipal, Principal } from './principal/principal.ts'
import type { RequestLike } from './request/headers.ts'
import { waitUntilLoaded } from './revocation/check.ts'
import type { JwtClaims } from './token/jwt-claims.ts'

/** Verifies callers. Create one per process and share it. Its methods can be destructured. */
export interface Auth<R extends string = string, C = JwtClaims, U = undefined> {
  /** Returns the verified caller of a request. Rejects with an AuthError; without a token it is `token_missing`. */
  authenticate(this: void, request: RequestLike): Promise<Principal<R, C, U>>
  /** Like `authenticate`, but returns null for a request without a token. A bad token is still rejected. */
  identify(this: void, request: RequestLike): Promise<Principal<R, C, U> | null>
  /** Like `authenticate`, for a token that came another way, for example in the first message of a WebSocket. */
  verifyToken(this: void, token: string): Promise<Principal<R, C, U>>
  /**
   * Rejects with this Auth's AuthError if the principal does not meet the policy: `token_missing` for null,
   * `scope_insufficient` or `access_denied`. Await it: without `await`, the handler goes on. Like a guard, it reports the
   * error and the request to `onAuthError` and to diagnostics.
   */
  authorize(this: void, principal: AnyPrincipal | null, policy: Policy, request?: RequestLike): Promise<void>
  /** Returns a policy: the principal must have one of the roles. A role that is in no role map does not compile. */
  hasRole(this: void, ...anyOf: readonly [R, ...R[]]): Policy<R>
  /**
   * Runs every step for a request, bypassing the cache, and reports for each what was expected, what was found and what to
   * do. Rejects with a ConfigError if `NODE_ENV` is `production` or cannot be read, unless `inProduction` is true.
   */
  explain(this: void, request: RequestLike, options?: ExplainOptions<R>): Promise<Explanation>
  /**
   * Loads the keys of every issuer and the revocation list, and returns the status of the keys. It never rejects because of
   * an outage: see `lastError`.
   */
  ready(this: void): Promise<KeyStatus[]>
  /** Returns the status of every issuer's keys without loading anything. */
  keyStatus(this: void): KeyStatus[]
  /** Stops fetching keys, and cancels a fetch that is running. Cached keys stay usable until they expire. */
  close(this: void): void
}

/** The status of an issuer's keys, for a health check. Keys that are not fetched have no times. */
export interface KeyStatus extends KeySourceStatus {
  readonly issuer: string | null
}

const internals = Symbol.for('claimcheck.Auth')

/** What adapters use of an Auth in addition to its public methods. */
export interface AuthInternals {
  /** Like `identify` of the Auth, but returns failures as values, and no promise if there is nothing to wait for. */
  identify(request: RequestLike): MaybePromise<AuthResult>
  reject: Reject
}

/**
 * Creates an Auth from options, or from the JWT_* variables of the environment if there are none. Throws a ConfigError if
 * an option is missing, unknown or invalid.
 */
export function createAuth<const R extends string = string, C = JwtClaims>(options?: AuthOptions<R, C>): Auth<R, C> {
  const settings =
    options === undefined ? withVariableNames(() => parseConfig(readEnvironment())) : parseConfig(options)
  countAuth(settings.keyUrls)
  const authenticator = new Authenticator(settings)
  const { identify, verifyToken } = withDiagnostics(authenticator, settings.issuers)
  const reject = createRejector(settings)
  const principalOrNull = ({ principal, failure }: AuthResult, request: RequestLike | null) => {
    if (failure !== null) throw reject(failure, request).toError()
    return principal
  }
  const requirePrincipal = (result: AuthResult, request: RequestLike | null) => {
    return principalOrNull(result, request) ?? principalOrNull(failed(anonymousFailure), request)
  }
  const keys = manageKeys([...settings.issuers.values()])
  const auth = {
    authenticate: async (request: RequestLike) =>
      andThen(identify(request), (found) => requirePrincipal(found, request)),
    identify: async (request: RequestLike) => andThen(identify(request), (found) => principalOrNull(found, request)),
    verifyToken: async (token: string) => andThen(verifyToken(token), (found) => requirePrincipal(found, null)),
    authorize: async (principal: AnyPrincipal | null, policy: Policy, request: RequestLike | null = null) => {
      const failure = checkPrincipal(principal, readPolicy('policy', policy))
      if (failure !== null) throw reject(failure, request).toError()
    },
    hasRole: (...anyOf: readonly string[]) => rolePolicy(anyOf),
    // Loaded on demand, so that a server that explains nothing does not load it.
    explain: async (request: RequestLike, explainOptions?: ExplainOptions) => {
      const { explain } = await import('./explain/explain.ts')
      return explain({ authenticator, settings, request }, explainOptions)
    },
    ready: async () => {
      await Promise.all([keys.load(), waitUntilLoaded(settings.revocation)])
      return keys.status()
    },
    keyStatus: keys.status,
    close: keys.close,
  }
  Object.defineProperty(
    auth,
    internals,
    withoutPrototype({ value: Object.freeze({ identify, reject } satisfies AuthInternals) }),
  )
  // The role names and the type of the claims come from the role map and the schema that were parsed.
  return Object.freeze(auth) as unknown as Auth<R, C>
}

/** Whether the value was created by `createAuth`, even of another copy of the package. */
export function isAuth(value: unknown): value is Auth<string, unknown, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, internals)
}

/** Returns the internals of an Auth, for adapters. Throws a ConfigError for any other value, and for another version's Auth. */
export function internalsOf(auth: Auth<string, unknown, unknown>): AuthInternals {
  const found = (auth as { [internals]?: AuthInternals })[internals]
  if (found === undefined) throw new ConfigError('auth', 'an Auth made by createAuth', 'another value')
  if (!hasMethod(found, 'identify') || !hasMethod(found, 'reject')) {
    throw new ConfigError('auth', 'an Auth of this version of @claimcheck/core', 'an Auth of another version')
  }
  return found
}

interface KeyOwner extends Recipient {
  readonly issuer: string | null
  readonly keys: IssuerKeys
}

/** Why keys could not be loaded; null if they were, or were not loaded yet. */
interface LoadErrors {
  readonly source: unknown
  readonly decryption: unknown
}

const noErrors: LoadErrors = { source: null, decryption: null }

/** Loads, reports and closes the keys of all issuers. */
function manageKeys(issuers: readonly KeyOwner[]) {
  const errors = new Map<KeyOwner, LoadErrors>()
  return {
    load: async (): Promise<void> => {
      await Promise.all(issuers.map(async (issuer) => errors.set(issuer, await loadKeys(issuer))))
    },
    status: () => issuers.map((issuer) => statusOfKeys(issuer, errors.get(issuer) ?? noErrors)),
    close: () => closeAll(issuers),
  }
}

async function loadKeys({ keys, decryptionKeys }: KeyOwner): Promise<LoadErrors> {
  const [source, decryption] = await Promise.all([
    errorOf(async () => (hasMethod(keys, 'ready') ? keys.ready?.() : undefined)),
    errorOf(async () => Promise.all(decryptionKeys.map(async (key) => key.import()))),
  ])
  return { source, decryption }
}

async function errorOf(load: () => Promise<unknown>): Promise<unknown> {
  try {
    await load()
    return null
  } catch (error) {
    return error
  }
}

/**
 * The status that a source reports is newer than the error of loading it, so it wins. The error of a decryption key stays,
 * because a key that cannot be imported never can.
 */
function statusOfKeys({ issuer, keys }: KeyOwner, { source, decryption }: LoadErrors): KeyStatus {
  const unknown = { issuer, fetchedAt: null, nextRefreshAt: null }
  try {
    const status = { ...unknown, lastError: source, ...(hasMethod(keys, 'status') ? keys.status?.() : null) }
    return Object.freeze(decryption === null ? status : { ...status, lastError: decryption })
  } catch (lastError) {
    return Object.freeze({ ...unknown, lastError })
  }
}

/** Closes every source, even if one of them throws. */
function closeAll([first, ...rest]: readonly KeyOwner[]): void {
  if (first === undefined) return
  try {
    if (hasMethod(first.keys, 'close')) first.keys.close?.()
  } finally {
    closeAll(rest)
  }
}
