import { rolePolicy } from './access/policy.ts'
import type { Policy } from './access/policy.ts'
import { audit, tellFindings } from './config/audit.ts'
import { parseConfig } from './config/auth-options.ts'
import type { AuthOptions } from './config/auth-options.ts'
import { namingVariables, readEnvironment } from './config/env.ts'
import { ConfigError } from './failure/errors.ts'
import { observe } from './observe.ts'
import type { ExplainOptions, Explanation } from './explain/explanation.ts'
import { createRejector } from './http/rejection.ts'
import type { Reject } from './http/rejection.ts'
import { createKeyStatus } from './key-status.ts'
import type { KeyStatus } from './key-status.ts'
import type { Principal } from './principal/principal.ts'
import { withoutPrototype } from './lib/properties.ts'
import { tokenMissing } from './failure/auth-failure.ts'
import { loaded } from './revocation/check.ts'
import { andThen } from './lib/async.ts'
import type { MaybePromise } from './lib/async.ts'
import type { JwtClaims } from './token/jwt-claims.ts'
import type { RequestLike } from './request/request-like.ts'
import { failed, Authenticator } from './authenticator.ts'
import type { AuthResult } from './authenticator.ts'

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
  /**
   * Takes a request the whole way, past what is remembered, and tells of each step what was expected, what was found
   * and what to do. Under `NODE_ENV=production`, or if `NODE_ENV` cannot be read, it rejects with a ConfigError unless
   * `inProduction` is true.
   */
  explain(this: void, request: RequestLike, options?: ExplainOptions<R>): Promise<Explanation>
  /** Makes every issuer's keys and the list of revocations ready, and tells which keys failed. It rejects for no outage. */
  ready(this: void): Promise<KeyStatus[]>
  /** What is known of every issuer's keys, at once. */
  keyStatus(this: void): KeyStatus[]
  /** Ends what runs in the background. */
  close(this: void): void
}

const internals = Symbol.for('claimcheck.Auth')

/** What adapters need of an Auth beside its public part. */
export interface AuthInternals {
  /** As the Auth's own `identify`, but a refusal comes as a value, and what needs no waiting comes at once. */
  identify(request: RequestLike): MaybePromise<AuthResult>
  deny: Reject
}

/** Makes an Auth of its options, or of the JWT_* variables where there are none; throws ConfigError. */
export function createAuth<const R extends string = string, C = JwtClaims>(options?: AuthOptions<R, C>): Auth<R, C> {
  const settings = options === undefined ? namingVariables(() => parseConfig(readEnvironment())) : parseConfig(options)
  if (settings.onAudit !== null) tellFindings(audit(options, settings), settings.onAudit)
  const way = new Authenticator(settings)
  const { identify, verifyToken } = observe(way, settings.issuers)
  const deny = createRejector(settings)
  const watch = createKeyStatus([...settings.issuers.values()])
  const outcomeOf = ({ principal, refused }: AuthResult, request: RequestLike | null) => {
    if (refused !== null) throw deny(refused, request).toError()
    return principal
  }
  const callerOf = (identified: AuthResult, request: RequestLike | null) => {
    return outcomeOf(identified, request) ?? outcomeOf(failed(tokenMissing), request)
  }
  const auth = {
    authenticate: async (request: RequestLike) => andThen(identify(request), (found) => callerOf(found, request)),
    identify: async (request: RequestLike) => andThen(identify(request), (found) => outcomeOf(found, request)),
    verifyToken: async (token: string) => andThen(verifyToken(token), (found) => callerOf(found, null)),
    hasRole: (...anyOf: readonly string[]) => rolePolicy(anyOf),
    // Loaded by whoever asks: a server that explains nothing pays nothing for it.
    explain: async (request: RequestLike, asked?: ExplainOptions) => {
      const { explain } = await import('./explain/explain.ts')
      return explain({ way, settings, request }, asked)
    },
    ...watch,
    ready: async () => {
      const [states] = await Promise.all([watch.ready(), loaded(settings.revocation)])
      return states
    },
  }
  Object.defineProperty(
    auth,
    internals,
    withoutPrototype({ value: Object.freeze({ identify, deny } satisfies AuthInternals) }),
  )
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
