import type { Revoker } from '@claimcheck/core'
import { getOwn } from '@claimcheck/core/internal'
import { callUserCode } from '../failure/calls.ts'
import { RefreshError, SessionStoreUnavailableError } from '../failure/errors.ts'
import { isWellFormed } from '../lib/unicode.ts'
import type { AccessToken, Issuance } from '../tokens/access-token.ts'
import { ClaimsError, validateLoginClaims } from '../tokens/login-claims.ts'
import type { LoginClaims, ValidatedClaims } from '../tokens/login-claims.ts'
import { openSuccessor, sealSuccessor } from './refresh-token.ts'
import type { RefreshToken, RefreshTokens } from './refresh-token.ts'
import type { RenewClaims, SessionLimits } from './session-options.ts'
import { clockMarginSeconds, SessionRevoker } from './session-revoker.ts'
import { maxDetailLength } from './session-store.ts'
import type { EndSession, RotationResult, Session, SessionInfo, SessionStore, SubjectRef } from './session-store.ts'
import { ValidatingStore } from './validating-store.ts'

/** The tokens that a client receives at a login and at each refresh. */
export interface Tokens extends AccessToken {
  /** Opaque. It can be used once; the response to the refresh contains the next one. */
  readonly refreshToken: string
}

/**
 * How a user recognises a session in a list of sessions. Each is a string of 1 to 256 characters; a longer one is a TypeError,
 * so shorten a `User-Agent`.
 */
export interface SessionDetails {
  /** A name for the session, such as "Work laptop". @default null */
  readonly label?: string | null
  /** The device or client of the login, such as its `User-Agent`. @default null */
  readonly device?: string | null
}

interface SessionsSettings {
  readonly issuer: string
  readonly store: SessionStore
  readonly revocation: Revoker | null
  readonly limits: SessionLimits
  readonly renewClaims: RenewClaims | null
  readonly accessTokenSeconds: number
  readonly storeTimeoutSeconds: number
  readonly callbackTimeoutSeconds: number
  readonly refreshTokens: RefreshTokens
  readonly issueAccessToken: (claims: ValidatedClaims, issuance: Issuance) => Promise<AccessToken>
  /** In seconds. */
  readonly now: () => number
}

/** Creates, refreshes and ends sessions. */
export class Sessions {
  readonly #settings: SessionsSettings
  readonly #store: ValidatingStore
  readonly #revoker: SessionRevoker
  readonly #tombstoneSeconds: number

  constructor(settings: SessionsSettings) {
    this.#settings = settings
    this.#store = new ValidatingStore(settings.store, settings.storeTimeoutSeconds)
    this.#revoker = new SessionRevoker({ ...settings, timeoutSeconds: settings.storeTimeoutSeconds })
    this.#tombstoneSeconds = settings.accessTokenSeconds + clockMarginSeconds
  }

  async login(loginClaims: LoginClaims, details: SessionDetails): Promise<Tokens> {
    const { issuer, issueAccessToken, refreshTokens, limits, now } = this.#settings
    const { idleSeconds, maxPerSubject } = limits
    const claims = validateLoginClaims(loginClaims)
    const { label, device } = validateDetails(details)
    const issuedAt = now()
    const expiresAt = issuedAt + limits.absoluteSeconds
    const sid = crypto.randomUUID()
    const token = await refreshTokens.create()
    const access = await issueAccessToken(claims, { issuedAt, session: { sid, expiresAt } })
    const session: Session = {
      issuer,
      sid,
      sub: claims.sub,
      claims: JSON.stringify(claims),
      label,
      device,
      createdAt: issuedAt,
      refreshedAt: issuedAt,
      expiresAt,
      accessTokensExpireAt: issuedAt + access.expiresIn,
    }
    const tombstoneSeconds = this.#tombstoneSeconds
    const evicted = await this.#store.begin({
      session,
      hashes: token.hashes,
      idleSeconds,
      maxPerSubject,
      tombstoneSeconds,
    })
    await this.#revokeEvicted(evicted, token)
    await this.#revoker.retryFailed(claims.sub)
    return { ...access, refreshToken: token.text }
  }

  async refresh(text: string): Promise<Tokens> {
    const { accessTokenSeconds, refreshTokens, limits, now } = this.#settings
    const token = await refreshTokens.parse(text)
    if (token === null) throw new RefreshError('malformed')
    const lookup = { hashes: token.hashes, now: now(), graceSeconds: limits.reuseGraceSeconds }
    const found = await this.#store.find(lookup)
    if (found === null) throw new RefreshError('unknown')
    if (!found.isCurrent) return this.#reject(await this.#rotate(token, token, lookup.now + accessTokenSeconds))
    await this.#revoker.retryFailed(found.session.sub)
    const claims = await this.#currentClaims(found.session, token)
    // Sign before the rotation: if signing fails, the refresh token has not been used up. If the session is ended after the
    // rotation, the revocation covers this access token too.
    const issuedAt = now()
    const access = await this.#issueAccessToken(claims, issuedAt, found.session)
    const successor = await refreshTokens.createSuccessor(token)
    const result = await this.#rotate(token, successor, issuedAt + accessTokenSeconds)
    if (result.outcome === 'rotated') return { ...access, refreshToken: successor.text }
    if (result.outcome !== 'repeated') return this.#reject(result)
    return { ...access, refreshToken: await openSuccessor(result.sealedSuccessor, token.text) }
  }

  async logout(text: string): Promise<void> {
    if (typeof text !== 'string') throw new RefreshError('malformed')
    const token = await this.#settings.refreshTokens.parse(text)
    if (token !== null) await this.#end(token.hashes.family)
  }

  async logoutAll(sub: string): Promise<void> {
    const input = { ...this.#subject(sub), ...this.#endInput() }
    await this.#revoker.revoke(await this.#store.endAll(input))
    await this.#revoker.retryFailed(sub)
  }

  async endSession(sub: string, sid: unknown): Promise<boolean> {
    const subject = this.#subject(sub)
    if (typeof sid !== 'string' || !isWellFormed(sid)) return false
    const ended = await this.#store.endSession({ ...subject, sid, ...this.#endInput() })
    if (ended !== null) await this.#revoker.revoke([ended])
    await this.#revoker.retryFailed(sub)
    return ended !== null
  }

  async list(sub: string): Promise<readonly SessionInfo[]> {
    const query = { ...this.#subject(sub), now: this.#settings.now() }
    return (await this.#store.list(query)).map(toSessionInfo)
  }

  async #rotate(token: RefreshToken, successor: RefreshToken, accessTokensExpireAt: number): Promise<RotationResult> {
    const { limits, now } = this.#settings
    const { idleSeconds, reuseGraceSeconds: graceSeconds } = limits
    const sealedSuccessor = graceSeconds === 0 ? null : await sealSuccessor(successor.text, token.text)
    return this.#store.rotate({
      hashes: token.hashes,
      successor: { token: successor.hashes.token, sealedSuccessor },
      // Read again: the grace period starts when the token is replaced, however long the claims and the signature took.
      now: now(),
      accessTokensExpireAt,
      idleSeconds,
      graceSeconds,
      tombstoneSeconds: this.#tombstoneSeconds,
    })
  }

  /** Throws the RefreshError of a rotation that did not succeed, after revoking what must be revoked. */
  async #reject(result: RotationResult): Promise<never> {
    if (result.outcome === 'unknown') throw new RefreshError('unknown')
    if (result.outcome === 'rotated' || result.outcome === 'repeated') {
      throw new SessionStoreUnavailableError(
        'store.rotate',
        new TypeError('rotate accepted a token for which find had returned isCurrent: false'),
      )
    }
    if (result.outcome !== 'superseded') await this.#revoker.revoke([result.session])
    throw new RefreshError(result.outcome, result.session)
  }

  /** The claims that `renewClaims` returns, or those of the login. Ends the session if `renewClaims` returns null. */
  async #currentClaims(session: Session, { hashes }: RefreshToken): Promise<ValidatedClaims> {
    const { renewClaims, callbackTimeoutSeconds } = this.#settings
    const stored = validateStoredClaims(session)
    if (renewClaims === null) return stored
    const renewed: unknown = await callUserCode('renewClaims', callbackTimeoutSeconds, () => {
      return renewClaims(stored, toSessionInfo(session))
    })
    if (renewed === null) {
      await this.#end(hashes.family)
      throw new RefreshError('claims_denied', session)
    }
    return validateRenewedClaims(renewed, session)
  }

  /** Claims that make the token too long are an invalid result of the store or of `renewClaims`. */
  async #issueAccessToken(claims: ValidatedClaims, issuedAt: number, session: Session): Promise<AccessToken> {
    const { issueAccessToken, renewClaims } = this.#settings
    try {
      return await issueAccessToken(claims, { issuedAt, session })
    } catch (error) {
      if (!(error instanceof ClaimsError)) throw error
      throw new SessionStoreUnavailableError(renewClaims === null ? 'store.find' : 'renewClaims', error, error.message)
    }
  }

  async #end(family: string): Promise<void> {
    const ended = await this.#store.end({ family, ...this.#endInput() })
    if (ended === null) return
    await this.#revoker.revoke([ended])
    await this.#revoker.retryFailed(ended.sub)
  }

  /**
   * Revokes the sessions that were ended to make room for a login. If that fails, the store returns them again at the next
   * login, and they cannot be refreshed until then.
   */
  async #revokeEvicted(sessions: readonly Session[], token: RefreshToken): Promise<void> {
    const { revocation, now } = this.#settings
    if (revocation === null) return
    // The access tokens of most of them have expired long ago, so they need no revocation.
    const time = now()
    const evicted = sessions.filter(({ accessTokensExpireAt }) => accessTokensExpireAt + clockMarginSeconds > time)
    try {
      await this.#revoker.revoke(evicted)
    } catch (error) {
      // The login fails, so its session must not take the place of another one.
      await this.#store.end({ family: token.hashes.family, ...this.#endInput() }).catch(() => undefined)
      throw error
    }
    // If this fails, the session is revoked again at the next login, which does no harm.
    await Promise.allSettled(
      evicted.map(({ issuer, sub, sid }) => {
        return this.#store.endSession({ issuer, sub, sid, isRevoked: true, ...this.#endInput() })
      }),
    )
  }

  #subject(sub: unknown): SubjectRef {
    if (typeof sub === 'string' && sub !== '' && isWellFormed(sub)) return { issuer: this.#settings.issuer, sub }
    throw new TypeError('sub must be a non-empty string of Unicode text')
  }

  #endInput(): EndSession {
    return { now: this.#settings.now(), tombstoneSeconds: this.#tombstoneSeconds }
  }
}

function toSessionInfo({ sid, label, device, createdAt, refreshedAt, expiresAt }: Session): SessionInfo {
  return {
    sid,
    label,
    device,
    createdAt: Math.floor(createdAt),
    refreshedAt: Math.floor(refreshedAt),
    expiresAt: Math.floor(expiresAt),
  }
}

const detailNames = ['label', 'device']

function validateDetails(details: unknown): { readonly label: string | null; readonly device: string | null } {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) {
    throw new TypeError('The details of a session must be an object with label or device')
  }
  if (!Object.keys(details).every((name) => detailNames.includes(name))) {
    throw new TypeError('The details of a session can only have the properties label and device')
  }
  return { label: validateDetail(details, 'label'), device: validateDetail(details, 'device') }
}

function validateDetail(details: object, name: string): string | null {
  const detail = getOwn(details, name) ?? null
  if (detail === null) return null
  const isString = typeof detail === 'string' && detail !== '' && detail.length <= maxDetailLength
  if (isString && isWellFormed(detail)) return detail
  throw new TypeError(`${name} must be null or Unicode text of 1 to ${maxDetailLength} characters`)
}

/** Validates the claims that the store returned. */
function validateStoredClaims({ claims, sub }: Session): ValidatedClaims {
  try {
    const stored = validateLoginClaims(JSON.parse(claims))
    if (stored.sub === sub) return stored
  } catch {
    // Dropped, because a JSON error can quote its input.
  }
  throw new SessionStoreUnavailableError('store.find', new TypeError('claims of a session must be those of its login'))
}

/** Validates the claims that `renewClaims` returned. */
function validateRenewedClaims(value: unknown, { sub }: Session): ValidatedClaims {
  try {
    const claims = validateLoginClaims(value)
    if (claims.sub === sub) return claims
    throw new ClaimsError('renewClaims must not change sub, because a session belongs to one user')
  } catch (cause) {
    throw new SessionStoreUnavailableError('renewClaims', cause, cause instanceof ClaimsError ? cause.message : '')
  }
}
