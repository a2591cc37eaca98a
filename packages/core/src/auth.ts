import { rolePolicy } from './access/policy.ts'
import type { Policy } from './access/policy.ts'
import { secondsBy } from './clock.ts'
import { parseConfig } from './config/auth-settings.ts'
import type { AuthOptions, AuthSettings } from './config/auth-settings.ts'
import { namingVariables, readEnvironment } from './config/env.ts'
import type { IssuerSettings } from './config/issuer-settings.ts'
import { ConfigError } from './errors.ts'
import { createDeny } from './http/denial.ts'
import type { Deny } from './http/denial.ts'
import type { OpenedToken } from './encryption/decryption.ts'
import { createKeyWatch } from './keys/key-watch.ts'
import type { IssuerState } from './keys/key-watch.ts'
import { toPrincipal } from './principal.ts'
import type { Principal } from './principal.ts'
import { Refused, tokenMissing } from './refused.ts'
import { loaded, refuseListed, refuseRevoked } from './revocation/ask-is-revoked.ts'
import { toRevocable } from './revocation/revocable-token.ts'
import type { RevocableToken } from './revocation/revocations.ts'
import { onward } from './soon.ts'
import type { Soon } from './soon.ts'
import { isToken68 } from './token/bearer-token.ts'
import { KnownHeaders } from './token/known-headers.ts'
import { parseJwt } from './token/parse-jwt.ts'
import type { RequestLike } from './token/request-like.ts'
import { TokenCache } from './token/token-cache.ts'
import { findCredentials } from './token/token-place.ts'
import { validateClaims } from './verify/claims.ts'
import type { VerifiedClaims } from './verify/claims.ts'
import type { JwtClaims } from './token/jwt-claims.ts'
import { refuseEnvelope } from './verify/envelope.ts'
import { findIssuer, screen } from './verify/screen.ts'
import { findKey, verifySignature } from './verify/signature.ts'
import type { SignedJwt } from './verify/signature.ts'

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
  /** Makes every issuer's keys and the list of revocations ready, and tells which keys failed. It rejects for no outage. */
  ready(this: void): Promise<IssuerState[]>
  /** What is known of every issuer's keys, at once. */
  keys(this: void): IssuerState[]
  /** Ends what runs in the background. */
  close(this: void): void
}

const internals = Symbol.for('claimcheck.Auth')

/** What became of a request or a token: a caller, none, or a refusal. */
export interface Identified {
  readonly principal: Principal<string, unknown> | null
  readonly refused: Refused | null
}

/** What adapters need of an Auth beside its public part. */
export interface AuthInternals {
  /** As the Auth's own `identify`, but a refusal comes as a value, and what needs no waiting comes at once. */
  identify(request: RequestLike): Soon<Identified>
  deny: Deny
}

/** Makes an Auth of its options, or of the JWT_* variables where there are none; throws ConfigError. */
export function createAuth<const R extends string = string, C = JwtClaims>(options?: AuthOptions<R, C>): Auth<R, C> {
  const settings = options === undefined ? namingVariables(() => parseConfig(readEnvironment())) : parseConfig(options)
  const way = new Way(settings)
  const deny = createDeny(settings)
  const watch = createKeyWatch([...settings.issuers.values()])
  const identify = (request: RequestLike) => way.identify(request)
  const outcomeOf = ({ principal, refused }: Identified, request: RequestLike | null) => {
    if (refused !== null) throw deny(refused, request).toError()
    return principal
  }
  const callerOf = (identified: Identified, request: RequestLike | null) => {
    return outcomeOf(identified, request) ?? outcomeOf(refusedBy(tokenMissing), request)
  }
  const auth = {
    authenticate: async (request: RequestLike) => onward(identify(request), (found) => callerOf(found, request)),
    identify: async (request: RequestLike) => onward(identify(request), (found) => outcomeOf(found, request)),
    verifyToken: async (token: string) => onward(way.verifyToken(token), (found) => callerOf(found, null)),
    hasRole: (...anyOf: readonly string[]) => rolePolicy(anyOf),
    ...watch,
    ready: async () => {
      const [states] = await Promise.all([watch.ready(), loaded(settings.revocation)])
      return states
    },
  }
  Object.defineProperty(auth, internals, { value: Object.freeze({ identify, deny } satisfies AuthInternals) })
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

/** A token that came to the end of its way. */
interface Accepted {
  readonly verified: VerifiedClaims
  readonly principal: Principal<string, unknown>
  readonly revocable: RevocableToken | null
}

/** The whole way of a request and of a token, with the memory of the tokens that came to its end. */
class Way {
  readonly #settings: AuthSettings
  readonly #cache: TokenCache | null
  readonly #headers = new KnownHeaders()
  /** In seconds. */
  readonly #now: () => number

  constructor(settings: AuthSettings) {
    this.#settings = settings
    this.#now = secondsBy(settings.now)
    this.#cache = settings.cachedTokens === null ? null : new TokenCache(settings.cachedTokens)
  }

  identify(request: RequestLike): Soon<Identified> {
    const credentials = findCredentials(request, this.#settings.tokenFrom)
    if (credentials === null) return nobody
    if (credentials instanceof Refused) return refusedBy(credentials)
    const now = this.#now()
    return this.#recall(credentials, now) ?? (isToken68(credentials) ? this.#verify(credentials, now) : notOneToken)
  }

  verifyToken(token: unknown): Soon<Identified> {
    const now = this.#now()
    return (typeof token === 'string' ? this.#recall(token, now) : null) ?? this.#verify(token, now)
  }

  #recall(token: string, now: number): Soon<Identified> | null {
    const known = this.#cache?.recall(token, now) ?? null
    return known === null ? null : this.#unlessRevoked(known.principal, known.revocable)
  }

  #verify(token: unknown, now: number): Soon<Identified> {
    const opening = this.#settings.decryption?.open(token) ?? null
    if (opening === null) return this.#verifySigned(token, null, now)
    return onward(opening, (opened) => {
      // The time anew, for the keys and the decryption were waited for.
      return opened instanceof Refused ? refusedBy(opened) : this.#verifySigned(opened.token, opened, this.#now())
    })
  }

  #verifySigned(token: unknown, opened: OpenedToken | null, now: number): Soon<Identified> {
    const jwt = parseJwt(token, this.#settings.maxTokenBytes, this.#headers, opened?.sent)
    if (jwt instanceof Refused) return refusedBy(jwt)
    const issuer = findIssuer(jwt, this.#settings.issuers)
    if (issuer instanceof Refused) return refusedBy(issuer)
    const screened = refuseEnvelope(jwt, issuer, opened) ?? screen(jwt, issuer, now)
    if (screened instanceof Refused) return refusedBy(screened)
    const signed = onward(findKey(screened, issuer.keys), (key) => verifySignature(screened, key))
    return onward(signed, (proved) => this.#accept(proved, issuer))
  }

  #accept(signed: SignedJwt | Refused, issuer: IssuerSettings): Soon<Identified> {
    if (signed instanceof Refused) return refusedBy(signed)
    // Anew, for keys and signatures may have been waited for.
    const now = this.#now()
    const verified = validateClaims(signed, issuer, now)
    if (verified instanceof Refused) return refusedBy(verified)
    const mapped = toPrincipal(verified, { mapRoles: issuer.mapRoles, schema: this.#settings.schema })
    if (mapped instanceof Refused) return refusedBy(mapped)
    const revocable = this.#toRevocable(verified, now)
    if (revocable instanceof Refused) return refusedBy(revocable)
    const { principal, isShareable } = mapped
    return onward(this.#unlessRevoked(principal, revocable), (identified) => {
      if (identified.refused !== null) return identified
      this.#headers.remember(signed.header)
      if (isShareable) this.#remember({ verified, principal, revocable }, issuer)
      return identified
    })
  }

  #remember({ verified, principal, revocable }: Accepted, { keys }: IssuerSettings): void {
    const { token, key, validity } = verified
    const from = Math.max(
      validity.from,
      revocable === null ? -Infinity : revocable.iat - this.#settings.clockToleranceSeconds,
    )
    this.#cache?.remember({ token, principal, revocable, key, keys, from, until: validity.until })
  }

  #toRevocable({ claims }: VerifiedClaims, now: number): RevocableToken | Refused | null {
    const { revocation, clockToleranceSeconds } = this.#settings
    return revocation === null ? null : toRevocable(claims, now + clockToleranceSeconds)
  }

  /** The list is asked first, and then the user's own rule, which may have to ask further away. */
  #unlessRevoked(principal: Principal<string, unknown>, revocable: RevocableToken | null): Soon<Identified> {
    const { revocation, isRevoked } = this.#settings
    const listed = revocation === null || revocable === null ? null : refuseListed(revocable, revocation)
    if (listed === null && isRevoked === null) return { principal, refused: null }
    return onward(listed, (refused) => {
      if (refused !== null) return refusedBy(refused)
      const asked = isRevoked === null ? null : refuseRevoked(principal, isRevoked)
      return onward(asked, (later) => (later === null ? { principal, refused: null } : refusedBy(later)))
    })
  }
}

const nobody: Identified = Object.freeze({ principal: null, refused: null })
const notOneToken = refusedBy(new Refused('request_malformed', 'the credentials are not one token68'))

function refusedBy(refused: Refused): Identified {
  return { principal: null, refused }
}
