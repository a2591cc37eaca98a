import { copyText } from '#platform'
import type { AuthSettings } from './config/auth-options.ts'
import type { TrustedIssuer } from './config/issuer-options.ts'
import type { OpenedToken } from './encryption/recipient.ts'
import { AuthFailure } from './failure/auth-failure.ts'
import { andThen } from './lib/async.ts'
import type { MaybePromise } from './lib/async.ts'
import { createSecondsClock } from './lib/user-code.ts'
import { toPrincipal } from './principal/principal.ts'
import type { AnyPrincipal } from './principal/principal.ts'
import { findCredentials, isToken68 } from './request/credentials.ts'
import type { RequestLike } from './request/headers.ts'
import { checkIsRevoked, checkRevocationList, toRevocable } from './revocation/check.ts'
import type { RevocableToken } from './revocation/revocations.ts'
import { TokenCache } from './token-cache.ts'
import { HeaderCache, parseJwt } from './token/parse-jwt.ts'
import { note } from './trace.ts'
import type { Trace } from './trace.ts'
import { validateClaims } from './verify/claims.ts'
import type { VerifiedClaims } from './verify/claims.ts'
import { checkEncryption, findIssuer, screen } from './verify/screen.ts'
import { findKey, verifySignature } from './verify/signature.ts'
import type { SignedJwt } from './verify/signature.ts'

/** The result for a request or a token: a caller, a failure, or neither for a request without a token. */
export interface AuthResult {
  readonly principal: AnyPrincipal | null
  readonly failure: AuthFailure | null
}

/** The request that a token came with, or null, and the trace that records its steps. */
interface Context {
  readonly request: RequestLike | null
  readonly trace: Trace | null
}

/**
 * Takes a request through every check, in order: read this file first. Each step takes the token as the step before it
 * returned it, so the compiler keeps the order. Everything is synchronous until it must wait for a key, a decryption or a
 * store. A request without a token is not a failure here: `authenticate` and the gate decide about it.
 */
export class Authenticator {
  readonly #settings: AuthSettings
  readonly #cache: TokenCache | null
  readonly #jwtHeaders = new HeaderCache()
  /** Returns the time in seconds since the epoch. */
  readonly #now: () => number

  constructor(settings: AuthSettings) {
    this.#settings = settings
    this.#now = createSecondsClock(settings.now)
    this.#cache = settings.cache === null ? null : new TokenCache(settings.cache)
  }

  /** Reads the token of a request and verifies it. */
  identify(request: RequestLike, trace: Trace | null): MaybePromise<AuthResult> {
    const credentials = note(trace, 'extract', findCredentials(request, this.#settings.tokenFrom))
    if (credentials === null) return anonymous
    if (credentials instanceof AuthFailure) return failed(credentials)
    const now = this.#now()
    const cached = this.#fromCache(credentials, now, request, trace)
    if (cached !== null) return cached
    // After the cache, which contains verified tokens only: credentials that are found there are one token68.
    if (!isToken68(credentials)) return failed(note(trace, 'extract', notOneToken))
    return this.#verify(credentials, now, { request, trace })
  }

  /** Verifies a token that came without a request. Anything but a string is rejected as malformed. */
  verifyToken(token: unknown, trace: Trace | null): MaybePromise<AuthResult> {
    const now = this.#now()
    const cached = typeof token === 'string' ? this.#fromCache(token, now, null, trace) : null
    return cached ?? this.#verify(token, now, { request: null, trace })
  }

  /**
   * Returns the result for a cached token, or null if it is not cached. The cache has checked its times and its key again;
   * its revocation is checked here, because it can have been revoked since.
   */
  #fromCache(
    token: string,
    now: number,
    request: RequestLike | null,
    trace: Trace | null,
  ): MaybePromise<AuthResult> | null {
    if (trace?.bypassesCache === true) return null
    const cached = this.#cache?.recall(token, now, request) ?? null
    if (cached === null) return null
    trace?.recall(cached.principal.issuer)
    return this.#checkRevocation(cached.principal, cached.revocable, trace)
  }

  #verify(token: unknown, now: number, context: Context): MaybePromise<AuthResult> {
    const opening = this.#settings.decryption?.open(token) ?? null
    if (opening === null) return this.#verifyJwt(token, null, now, context)
    return andThen(opening, (opened) => {
      note(context.trace, 'decrypt', opened)
      if (opened instanceof AuthFailure) return failed(opened)
      // The time is read again, because keys and the decryption were waited for.
      return this.#verifyJwt(opened.token, opened, this.#now(), context)
    })
  }

  /** Runs the checks without cryptography first, so that an attacker's bad token costs little. */
  #verifyJwt(
    token: unknown,
    opened: OpenedToken | null,
    now: number,
    { request, trace }: Context,
  ): MaybePromise<AuthResult> {
    const jwt = note(trace, 'parse', parseJwt(token, this.#settings.maxTokenBytes, this.#jwtHeaders, opened?.sent))
    if (jwt instanceof AuthFailure) return failed(jwt)
    const issuer = note(trace, 'issuer', findIssuer(jwt, this.#settings.issuers))
    if (issuer instanceof AuthFailure) return failed(issuer)
    const encryptionFailure = note(trace, 'envelope', checkEncryption(jwt, issuer, opened))
    if (encryptionFailure !== null) return failed(encryptionFailure)
    const screened = note(trace, 'screen', screen(jwt, issuer, now))
    note(trace, 'screenedAt', now)
    if (screened instanceof AuthFailure) return failed(screened)
    const verifying = andThen(findKey(screened, issuer.keys, request), (key) =>
      verifySignature(screened, note(trace, 'key', key)),
    )
    return andThen(verifying, (signed) => this.#accept(note(trace, 'verify', signed), issuer, trace))
  }

  /** Validates the claims of a signed token, maps them to a principal, checks the revocation and fills the cache. */
  #accept(signed: SignedJwt | AuthFailure, issuer: TrustedIssuer, trace: Trace | null): MaybePromise<AuthResult> {
    if (signed instanceof AuthFailure) return failed(signed)
    // The time is read again, because keys and the signature may have been waited for.
    const now = note(trace, 'validatedAt', this.#now())
    const validated = note(trace, 'validate', validateClaims(signed, issuer, now))
    if (validated instanceof AuthFailure) return failed(validated)
    const verified = this.#cache === null ? validated : withCopiedToken(validated)
    const mapped = note(
      trace,
      'map',
      toPrincipal(verified, { mapRoles: issuer.mapRoles, schema: this.#settings.schema }),
    )
    if (mapped instanceof AuthFailure) return failed(mapped)
    const revocable = this.#toRevocable(verified, now)
    if (revocable instanceof AuthFailure) return failed(note(trace, 'revocation', revocable))
    const { principal, isShareable } = mapped
    return andThen(this.#checkRevocation(principal, revocable, trace), (result) => {
      if (result.failure !== null || trace?.bypassesCache === true) return result
      this.#jwtHeaders.add(signed.header)
      if (isShareable) this.#addToCache(verified, principal, revocable, issuer)
      return result
    })
  }

  #toRevocable({ claims }: VerifiedClaims, now: number): RevocableToken | AuthFailure | null {
    const { revocation, clockToleranceSeconds } = this.#settings
    return revocation === null ? null : toRevocable(claims, now + clockToleranceSeconds)
  }

  /** Checks the list first, because it is usually in memory, and then `isRevoked`, which can call another server. */
  #checkRevocation(
    principal: AnyPrincipal,
    revocable: RevocableToken | null,
    trace: Trace | null,
  ): MaybePromise<AuthResult> {
    const { revocation, isRevoked } = this.#settings
    const listed = revocation === null || revocable === null ? null : checkRevocationList(revocable, revocation)
    const checked =
      isRevoked === null ? listed : andThen(listed, (failure) => failure ?? checkIsRevoked(principal, isRevoked))
    if (checked === null && trace === null) return { principal, failure: null }
    return andThen(checked, (failure) => {
      note(trace, 'revocation', failure)
      return failure === null ? { principal, failure: null } : failed(failure)
    })
  }

  #addToCache(
    { token, key, validity }: VerifiedClaims,
    principal: AnyPrincipal,
    revocable: RevocableToken | null,
    { keys }: TrustedIssuer,
  ): void {
    const issuedAt = revocable === null ? -Infinity : revocable.iat - this.#settings.clockToleranceSeconds
    const from = Math.max(validity.from, issuedAt)
    this.#cache?.add({ token, principal, revocable, key, keys, from, until: validity.until })
  }
}

/** Copies the token, because a part of a header line keeps the whole line in memory for as long as it is cached. */
function withCopiedToken(verified: VerifiedClaims): VerifiedClaims {
  return { ...verified, token: copyText(verified.token) }
}

const anonymous: AuthResult = Object.freeze({ principal: null, failure: null })
const notOneToken = new AuthFailure('request_malformed', 'the credentials are not a single token68')

/** The result for a request or token that is rejected. */
export function failed(failure: AuthFailure): AuthResult {
  return { principal: null, failure }
}
