import { copyText } from '#platform'
import type { AuthSettings } from './config/auth-options.ts'
import type { TrustedIssuer } from './config/issuer-options.ts'
import { secondsBy } from './lib/clock.ts'
import type { OpenedToken } from './encryption/decryption.ts'
import type { Trace } from './trace.ts'
import { toPrincipal } from './principal/principal.ts'
import type { Principal } from './principal/principal.ts'
import { AuthFailure } from './failure/auth-failure.ts'
import { checkRevocationList, checkIsRevoked } from './revocation/check.ts'
import { toRevocable } from './revocation/revocable-token.ts'
import type { RevocableToken } from './revocation/revocations.ts'
import { andThen } from './lib/async.ts'
import type { MaybePromise } from './lib/async.ts'
import { isToken68 } from './request/bearer-token.ts'
import { HeaderCache } from './token/header-cache.ts'
import { parseJwt } from './token/parse-jwt.ts'
import type { RequestLike } from './request/request-like.ts'
import { TokenCache } from './token-cache.ts'
import { findCredentials } from './request/credentials.ts'
import { validateClaims } from './verify/claims.ts'
import type { VerifiedClaims } from './verify/claims.ts'
import { checkEncryption, findIssuer, screen } from './verify/screen.ts'
import { findKey, verifySignature } from './verify/signature.ts'
import type { SignedJwt } from './verify/signature.ts'

/** What became of a request or a token: a caller, none, or a refusal. */
export interface AuthResult {
  readonly principal: Principal<string, unknown> | null
  readonly refused: AuthFailure | null
}

/** The request that a token came with, null for none, and what follows it on its way. */
interface Presented {
  readonly request: RequestLike | null
  readonly trace: Trace | null
}

/** A token that came to the end of its way. */
interface VerifiedJwt {
  readonly verified: VerifiedClaims
  readonly principal: Principal<string, unknown>
  readonly revocable: RevocableToken | null
}

/** The whole way of a request and of a token, with the memory of the tokens that came to its end. */
export class Authenticator {
  readonly #settings: AuthSettings
  readonly #cache: TokenCache | null
  readonly #headers = new HeaderCache()
  /** In seconds. */
  readonly #now: () => number

  constructor(settings: AuthSettings) {
    this.#settings = settings
    this.#now = secondsBy(settings.now)
    this.#cache = settings.cache === null ? null : new TokenCache(settings.cache)
  }

  identify(request: RequestLike, trace: Trace | null): MaybePromise<AuthResult> {
    const credentials = findCredentials(request, this.#settings.tokenFrom)
    trace?.note('extract', credentials)
    if (credentials === null) return anonymous
    if (credentials instanceof AuthFailure) return failed(credentials)
    const now = this.#now()
    const known = this.#recall(credentials, now, request, trace)
    if (known !== null) return known
    if (isToken68(credentials)) return this.#verify(credentials, now, { request, trace })
    trace?.note('extract', notOneToken)
    return failed(notOneToken)
  }

  verifyToken(token: unknown, trace: Trace | null): MaybePromise<AuthResult> {
    const now = this.#now()
    const known = typeof token === 'string' ? this.#recall(token, now, null, trace) : null
    return known ?? this.#verify(token, now, { request: null, trace })
  }

  #recall(
    token: string,
    now: number,
    request: RequestLike | null,
    trace: Trace | null,
  ): MaybePromise<AuthResult> | null {
    if (trace?.isWhole === true) return null
    const known = this.#cache?.recall(token, now, request) ?? null
    if (known === null) return null
    trace?.recall(known.principal.issuer)
    return this.#unlessRevoked(known.principal, known.revocable, trace)
  }

  #verify(token: unknown, now: number, presented: Presented): MaybePromise<AuthResult> {
    const opening = this.#settings.decryption?.open(token) ?? null
    if (opening === null) return this.#verifySigned(token, null, now, presented)
    return andThen(opening, (opened) => {
      presented.trace?.note('decrypt', opened)
      // The time anew, for the keys and the decryption were waited for.
      return opened instanceof AuthFailure
        ? failed(opened)
        : this.#verifySigned(opened.token, opened, this.#now(), presented)
    })
  }

  #verifySigned(
    token: unknown,
    opened: OpenedToken | null,
    now: number,
    presented: Presented,
  ): MaybePromise<AuthResult> {
    const { request, trace } = presented
    const jwt = parseJwt(token, this.#settings.maxTokenBytes, this.#headers, opened?.sent)
    trace?.note('parse', jwt)
    if (jwt instanceof AuthFailure) return failed(jwt)
    const issuer = findIssuer(jwt, this.#settings.issuers)
    trace?.note('issuer', issuer)
    if (issuer instanceof AuthFailure) return failed(issuer)
    const sealed = checkEncryption(jwt, issuer, opened)
    trace?.note('envelope', sealed)
    if (sealed !== null) return failed(sealed)
    const screened = screen(jwt, issuer, now)
    trace?.note('screen', screened)
    trace?.note('screenedAt', now)
    if (screened instanceof AuthFailure) return failed(screened)
    const signed = andThen(findKey(screened, issuer.keys, request), (key) => {
      trace?.note('key', key)
      return verifySignature(screened, key)
    })
    return andThen(signed, (proved) => this.#accept(proved, issuer, trace))
  }

  #accept(signed: SignedJwt | AuthFailure, issuer: TrustedIssuer, trace: Trace | null): MaybePromise<AuthResult> {
    trace?.note('verify', signed)
    if (signed instanceof AuthFailure) return failed(signed)
    // Anew, for keys and signatures may have been waited for.
    const now = this.#now()
    const verified = validateClaims(signed, issuer, now)
    trace?.note('validate', verified)
    trace?.note('validatedAt', now)
    if (verified instanceof AuthFailure) return failed(verified)
    const kept = this.#cache === null ? verified : withOwnToken(verified)
    const mapped = toPrincipal(kept, { mapRoles: issuer.mapRoles, schema: this.#settings.schema })
    trace?.note('map', mapped)
    if (mapped instanceof AuthFailure) return failed(mapped)
    const revocable = this.#toRevocable(kept, now)
    if (revocable instanceof AuthFailure) {
      trace?.note('revocation', revocable)
      return failed(revocable)
    }
    const { principal, isShareable } = mapped
    return andThen(this.#unlessRevoked(principal, revocable, trace), (identified) => {
      if (identified.refused !== null || trace?.isWhole === true) return identified
      this.#headers.remember(signed.header)
      if (isShareable) this.#remember({ verified: kept, principal, revocable }, issuer)
      return identified
    })
  }

  #remember({ verified, principal, revocable }: VerifiedJwt, { keys }: TrustedIssuer): void {
    const { token, key, validity } = verified
    const from = Math.max(
      validity.from,
      revocable === null ? -Infinity : revocable.iat - this.#settings.clockToleranceSeconds,
    )
    this.#cache?.remember({ token, principal, revocable, key, keys, from, until: validity.until })
  }

  #toRevocable({ claims }: VerifiedClaims, now: number): RevocableToken | AuthFailure | null {
    const { revocation, clockToleranceSeconds } = this.#settings
    return revocation === null ? null : toRevocable(claims, now + clockToleranceSeconds)
  }

  #unlessRevoked(
    principal: Principal<string, unknown>,
    revocable: RevocableToken | null,
    trace: Trace | null,
  ): MaybePromise<AuthResult> {
    const asked = this.#refuseRevoked(principal, revocable)
    if (asked === null && trace === null) return { principal, refused: null }
    return andThen(asked, (refused) => {
      trace?.note('revocation', refused)
      return refused === null ? { principal, refused: null } : failed(refused)
    })
  }

  /** The list is asked first, and then the user's own rule, which may have to ask further away. */
  #refuseRevoked(
    principal: Principal<string, unknown>,
    revocable: RevocableToken | null,
  ): MaybePromise<AuthFailure | null> {
    const { revocation, isRevoked } = this.#settings
    const listed = revocation === null || revocable === null ? null : checkRevocationList(revocable, revocation)
    if (isRevoked === null) return listed
    return andThen(listed, (refused) => refused ?? checkIsRevoked(principal, isRevoked))
  }
}

/** The token is often a part of a header line: a cached part would keep the whole line in memory. */
function withOwnToken(verified: VerifiedClaims): VerifiedClaims {
  return { ...verified, token: copyText(verified.token) }
}

const anonymous: AuthResult = Object.freeze({ principal: null, refused: null })
const notOneToken = new AuthFailure('request_malformed', 'the credentials are not one token68')

/** The outcome of a refusal. */
export function failed(refused: AuthFailure): AuthResult {
  return { principal: null, refused }
}
