import { copyText } from '#platform'
import type { AuthSettings } from './config/auth-settings.ts'
import type { TrustedIssuer } from './config/issuer-settings.ts'
import { secondsBy } from './clock.ts'
import type { OpenedToken } from './encryption/decryption.ts'
import type { Trace } from './explain/trace.ts'
import { toPrincipal } from './principal.ts'
import type { Principal } from './principal.ts'
import { Refused } from './refused.ts'
import { refuseListed, refuseRevoked } from './revocation/ask-is-revoked.ts'
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
import { refuseEnvelope } from './verify/envelope.ts'
import { findIssuer, screen } from './verify/screen.ts'
import { findKey, verifySignature } from './verify/signature.ts'
import type { SignedJwt } from './verify/signature.ts'

/** What became of a request or a token: a caller, none, or a refusal. */
export interface Identified {
  readonly principal: Principal<string, unknown> | null
  readonly refused: Refused | null
}

/** The request that a token came with, null for none, and what follows it on its way. */
interface Presented {
  readonly request: RequestLike | null
  readonly trace: Trace | null
}

/** A token that came to the end of its way. */
interface Accepted {
  readonly verified: VerifiedClaims
  readonly principal: Principal<string, unknown>
  readonly revocable: RevocableToken | null
}

/** The whole way of a request and of a token, with the memory of the tokens that came to its end. */
export class Way {
  readonly #settings: AuthSettings
  readonly #cache: TokenCache | null
  readonly #headers = new KnownHeaders()
  /** In seconds. */
  readonly #now: () => number

  constructor(settings: AuthSettings) {
    this.#settings = settings
    this.#now = secondsBy(settings.now)
    this.#cache = settings.cache === null ? null : new TokenCache(settings.cache)
  }

  identify(request: RequestLike, trace: Trace | null): Soon<Identified> {
    const credentials = findCredentials(request, this.#settings.tokenFrom)
    trace?.note('extract', credentials)
    if (credentials === null) return nobody
    if (credentials instanceof Refused) return refusedBy(credentials)
    const now = this.#now()
    const known = this.#recall(credentials, now, request, trace)
    if (known !== null) return known
    if (isToken68(credentials)) return this.#verify(credentials, now, { request, trace })
    trace?.note('extract', notOneToken)
    return refusedBy(notOneToken)
  }

  verifyToken(token: unknown, trace: Trace | null): Soon<Identified> {
    const now = this.#now()
    const known = typeof token === 'string' ? this.#recall(token, now, null, trace) : null
    return known ?? this.#verify(token, now, { request: null, trace })
  }

  #recall(token: string, now: number, request: RequestLike | null, trace: Trace | null): Soon<Identified> | null {
    if (trace?.isWhole === true) return null
    const known = this.#cache?.recall(token, now, request) ?? null
    if (known === null) return null
    trace?.recall(known.principal.issuer)
    return this.#unlessRevoked(known.principal, known.revocable, trace)
  }

  #verify(token: unknown, now: number, presented: Presented): Soon<Identified> {
    const opening = this.#settings.decryption?.open(token) ?? null
    if (opening === null) return this.#verifySigned(token, null, now, presented)
    return onward(opening, (opened) => {
      presented.trace?.note('decrypt', opened)
      // The time anew, for the keys and the decryption were waited for.
      return opened instanceof Refused
        ? refusedBy(opened)
        : this.#verifySigned(opened.token, opened, this.#now(), presented)
    })
  }

  #verifySigned(token: unknown, opened: OpenedToken | null, now: number, presented: Presented): Soon<Identified> {
    const { request, trace } = presented
    const jwt = parseJwt(token, this.#settings.maxTokenBytes, this.#headers, opened?.sent)
    trace?.note('parse', jwt)
    if (jwt instanceof Refused) return refusedBy(jwt)
    const issuer = findIssuer(jwt, this.#settings.issuers)
    trace?.note('issuer', issuer)
    if (issuer instanceof Refused) return refusedBy(issuer)
    const sealed = refuseEnvelope(jwt, issuer, opened)
    trace?.note('envelope', sealed)
    if (sealed !== null) return refusedBy(sealed)
    const screened = screen(jwt, issuer, now)
    trace?.note('screen', screened)
    trace?.note('screenedAt', now)
    if (screened instanceof Refused) return refusedBy(screened)
    const signed = onward(findKey(screened, issuer.keys, request), (key) => {
      trace?.note('key', key)
      return verifySignature(screened, key)
    })
    return onward(signed, (proved) => this.#accept(proved, issuer, trace))
  }

  #accept(signed: SignedJwt | Refused, issuer: TrustedIssuer, trace: Trace | null): Soon<Identified> {
    trace?.note('verify', signed)
    if (signed instanceof Refused) return refusedBy(signed)
    // Anew, for keys and signatures may have been waited for.
    const now = this.#now()
    const verified = validateClaims(signed, issuer, now)
    trace?.note('validate', verified)
    trace?.note('validatedAt', now)
    if (verified instanceof Refused) return refusedBy(verified)
    const kept = this.#cache === null ? verified : withOwnToken(verified)
    const mapped = toPrincipal(kept, { mapRoles: issuer.mapRoles, schema: this.#settings.schema })
    trace?.note('map', mapped)
    if (mapped instanceof Refused) return refusedBy(mapped)
    const revocable = this.#toRevocable(kept, now)
    if (revocable instanceof Refused) {
      trace?.note('revocation', revocable)
      return refusedBy(revocable)
    }
    const { principal, isShareable } = mapped
    return onward(this.#unlessRevoked(principal, revocable, trace), (identified) => {
      if (identified.refused !== null || trace?.isWhole === true) return identified
      this.#headers.remember(signed.header)
      if (isShareable) this.#remember({ verified: kept, principal, revocable }, issuer)
      return identified
    })
  }

  #remember({ verified, principal, revocable }: Accepted, { keys }: TrustedIssuer): void {
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

  #unlessRevoked(
    principal: Principal<string, unknown>,
    revocable: RevocableToken | null,
    trace: Trace | null,
  ): Soon<Identified> {
    const asked = this.#refuseRevoked(principal, revocable)
    if (asked === null && trace === null) return { principal, refused: null }
    return onward(asked, (refused) => {
      trace?.note('revocation', refused)
      return refused === null ? { principal, refused: null } : refusedBy(refused)
    })
  }

  /** The list is asked first, and then the user's own rule, which may have to ask further away. */
  #refuseRevoked(principal: Principal<string, unknown>, revocable: RevocableToken | null): Soon<Refused | null> {
    const { revocation, isRevoked } = this.#settings
    const listed = revocation === null || revocable === null ? null : refuseListed(revocable, revocation)
    if (isRevoked === null) return listed
    return onward(listed, (refused) => refused ?? refuseRevoked(principal, isRevoked))
  }
}

/** The token is often a part of a header line: a cached part would keep the whole line in memory. */
function withOwnToken(verified: VerifiedClaims): VerifiedClaims {
  return { ...verified, token: copyText(verified.token) }
}

const nobody: Identified = Object.freeze({ principal: null, refused: null })
const notOneToken = new Refused('request_malformed', 'the credentials are not one token68')

/** The outcome of a refusal. */
export function refusedBy(refused: Refused): Identified {
  return { principal: null, refused }
}
