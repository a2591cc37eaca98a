import type { Revoker } from '@claimcheck/core'
import type { AccessToken, Issuance } from '../tokens/access-token.ts'
import { ClaimsError, readLoginClaims } from '../tokens/login-claims.ts'
import type { LoginClaims, PlainClaims } from '../tokens/login-claims.ts'
import { isWellFormed } from '../lib/unicode.ts'
import { callUserCode } from '../failure/calls.ts'
import { CheckedStore } from './validating-store.ts'
import { RefreshError } from './refresh-error.ts'
import type { RefreshToken, RefreshTokens } from './refresh-token.ts'
import { openSuccessor, sealSuccessor } from './sealed-successor.ts'
import type { EndSession, RotationResult, Session, SessionStore, SubjectRef } from './session-store.ts'
import { clockMargin, SessionRevoker } from './session-revoker.ts'
import type { RenewClaims, SessionRules } from './session-options.ts'
import { SessionStoreUnavailableError } from '../failure/errors.ts'

/** What a client is given at a login and at every refresh. */
export interface Tokens extends AccessToken {
  /** Opaque, good for one use; its answer brings the next. */
  readonly refreshToken: string
}

/** A session, as its user may see it. Times are seconds since the epoch. */
export type SessionInfo = Pick<Session, 'sid' | 'createdAt' | 'refreshedAt' | 'expiresAt'>

interface Parts {
  readonly issuer: string
  readonly store: SessionStore
  readonly revocation: Revoker | null
  readonly rules: SessionRules
  readonly renewClaims: RenewClaims | null
  readonly accessTokenSeconds: number
  readonly storeTimeoutSeconds: number
  readonly callbackTimeoutSeconds: number
  readonly refreshTokens: RefreshTokens
  readonly issueAccessToken: (claims: PlainClaims, issuance: Issuance) => Promise<AccessToken>
  /** In seconds. */
  readonly now: () => number
}

/** Logs in, keeps logged in, logs out. */
export class Sessions {
  readonly #parts: Parts
  readonly #store: CheckedStore
  readonly #revoker: SessionRevoker
  readonly #tombstoneSeconds: number

  constructor(parts: Parts) {
    this.#parts = parts
    this.#store = new CheckedStore(parts.store, parts.storeTimeoutSeconds)
    this.#revoker = new SessionRevoker({ ...parts, timeoutSeconds: parts.storeTimeoutSeconds })
    this.#tombstoneSeconds = parts.accessTokenSeconds + clockMargin
  }

  async login(value: LoginClaims): Promise<Tokens> {
    const { issuer, issueAccessToken, refreshTokens, rules, now } = this.#parts
    const claims = readLoginClaims(value)
    const issuedAt = now()
    const expiresAt = issuedAt + rules.absoluteSeconds
    const sid = crypto.randomUUID()
    const token = await refreshTokens.create()
    const access = await issueAccessToken(claims, { issuedAt, session: { sid, expiresAt } })
    const session: Session = {
      issuer,
      sid,
      sub: claims.sub,
      claims: JSON.stringify(claims),
      createdAt: issuedAt,
      refreshedAt: issuedAt,
      expiresAt,
      accessTokensExpireAt: issuedAt + access.expiresIn,
    }
    const { idleSeconds, maxPerSubject } = rules
    const beginning = {
      session,
      hashes: token.hashes,
      idleSeconds,
      maxPerSubject,
      tombstoneSeconds: this.#tombstoneSeconds,
    }
    await this.#revokeEvicted(await this.#store.begin(beginning), token)
    await this.#revoker.repeat(claims.sub)
    return { ...access, refreshToken: token.text }
  }

  async refresh(text: string): Promise<Tokens> {
    const { accessTokenSeconds, refreshTokens, rules, now } = this.#parts
    const token = await refreshTokens.read(text)
    if (token === null) throw new RefreshError('malformed')
    const look = { hashes: token.hashes, now: now(), graceSeconds: rules.reuseGraceSeconds }
    const seen = await this.#store.find(look)
    if (seen === null) throw new RefreshError('unknown')
    if (!seen.isCurrent) return this.#refuse(await this.#rotate(token, token, look.now + accessTokenSeconds))
    await this.#revoker.repeat(seen.session.sub)
    const claims = await this.#claimsOf(seen.session, token)
    // Signed before the step that counts: what fails until then has used up nothing. And whoever ends the session after
    // that step revokes what is signed here, for it is younger.
    const issuedAt = now()
    const access = await this.#renewAccessToken(claims, issuedAt, seen.session)
    const successor = await refreshTokens.createSuccessor(token)
    const rotated = await this.#rotate(token, successor, issuedAt + accessTokenSeconds)
    if (rotated.outcome === 'rotated') return { ...access, refreshToken: successor.text }
    if (rotated.outcome !== 'repeated') return this.#refuse(rotated)
    return { ...access, refreshToken: await openSuccessor(rotated.sealedSuccessor, token.text) }
  }

  async logout(text: string): Promise<void> {
    if (typeof text !== 'string') throw new RefreshError('malformed')
    const token = await this.#parts.refreshTokens.read(text)
    if (token !== null) await this.#end(token.hashes.family)
  }

  async logoutAll(sub: string): Promise<void> {
    const ending = { ...this.#subject(sub), ...this.#ending() }
    await this.#revoker.revoke(await this.#store.endAll(ending))
    await this.#revoker.repeat(sub)
  }

  async endSession(sub: string, sid: unknown): Promise<boolean> {
    const subject = this.#subject(sub)
    if (typeof sid !== 'string' || !isWellFormed(sid)) return false
    const ended = await this.#store.endSession({ ...subject, sid, ...this.#ending() })
    if (ended !== null) await this.#revoker.revoke([ended])
    await this.#revoker.repeat(sub)
    return ended !== null
  }

  async list(sub: string): Promise<readonly SessionInfo[]> {
    const query = { ...this.#subject(sub), now: this.#parts.now() }
    return (await this.#store.list(query)).map(infoOf)
  }

  async #rotate(token: RefreshToken, successor: RefreshToken, accessTokensExpireAt: number): Promise<RotationResult> {
    const { rules, now } = this.#parts
    const { idleSeconds, reuseGraceSeconds: graceSeconds } = rules
    const sealed = graceSeconds === 0 ? null : await sealSuccessor(successor.text, token.text)
    const rotation = {
      hashes: token.hashes,
      successor: { token: successor.hashes.token, sealedSuccessor: sealed },
      // The grace of a token begins when it is replaced, however long the claims and the signature have taken.
      now: now(),
      accessTokensExpireAt,
      idleSeconds,
      graceSeconds,
      tombstoneSeconds: this.#tombstoneSeconds,
    }
    return this.#store.rotate(rotation)
  }

  /** Refuses by what the store has said; what it may not say is no good news. */
  async #refuse(rotated: RotationResult): Promise<never> {
    if (rotated.outcome === 'unknown') throw new RefreshError('unknown')
    if (rotated.outcome === 'rotated' || rotated.outcome === 'repeated') {
      throw new SessionStoreUnavailableError(
        'store.rotate',
        new TypeError('it accepted a token that find had not found good'),
      )
    }
    if (rotated.outcome !== 'superseded') await this.#revoker.revoke([rotated.session])
    throw new RefreshError(rotated.outcome, rotated.session)
  }

  /** The claims of the login, or those that hold by now; a user who may not go on is logged out. */
  async #claimsOf(session: Session, { hashes }: RefreshToken): Promise<PlainClaims> {
    const { renewClaims, callbackTimeoutSeconds } = this.#parts
    const kept = readStoredClaims(session)
    if (renewClaims === null) return kept
    const renewed: unknown = await callUserCode('renewClaims', callbackTimeoutSeconds, () => {
      return renewClaims(kept, infoOf(session))
    })
    if (renewed === null) {
      await this.#end(hashes.family)
      throw new RefreshError('denied', session)
    }
    return readRenewedClaims(renewed, session)
  }

  /** Claims that make too long a token are a wrong result of what returned them. */
  async #renewAccessToken(claims: PlainClaims, issuedAt: number, session: Session): Promise<AccessToken> {
    const { issueAccessToken, renewClaims } = this.#parts
    try {
      return await issueAccessToken(claims, { issuedAt, session })
    } catch (error) {
      if (!(error instanceof ClaimsError)) throw error
      throw new SessionStoreUnavailableError(renewClaims === null ? 'store.find' : 'renewClaims', error, error.message)
    }
  }

  async #end(family: string): Promise<void> {
    const ended = await this.#store.end({ family, ...this.#ending() })
    if (ended === null) return
    await this.#revoker.revoke([ended])
    await this.#revoker.repeat(ended.sub)
  }

  /** If it fails, the store returns the same sessions at the next login. Until then nothing refreshes them. */
  async #revokeEvicted(sessions: readonly Session[], token: RefreshToken): Promise<void> {
    const { revocation, now } = this.#parts
    if (revocation === null) return
    // Most of them were idle for long, and need no entry in the list.
    const time = now()
    const evicted = sessions.filter(({ accessTokensExpireAt }) => accessTokensExpireAt + clockMargin > time)
    try {
      await this.#revoker.revoke(evicted)
    } catch (error) {
      // The login fails, so its session must not take the place of another.
      await this.#store.end({ family: token.hashes.family, ...this.#ending() }).catch(() => undefined)
      throw error
    }
    const settle = ({ issuer, sub, sid }: Session) => {
      return this.#store.endSession({ issuer, sub, sid, isRevoked: true, ...this.#ending() })
    }
    // What fails here is revoked once more at the next login, which does no harm.
    await Promise.allSettled(evicted.map(settle))
  }

  #subject(sub: unknown): SubjectRef {
    if (typeof sub === 'string' && sub !== '' && isWellFormed(sub)) return { issuer: this.#parts.issuer, sub }
    throw new TypeError('sub must be a non-empty string of Unicode text')
  }

  #ending(): EndSession {
    return { now: this.#parts.now(), tombstoneSeconds: this.#tombstoneSeconds }
  }
}

/** In whole seconds, as users may see them. */
function infoOf({ sid, createdAt, refreshedAt, expiresAt }: Session): SessionInfo {
  return {
    sid,
    createdAt: Math.floor(createdAt),
    refreshedAt: Math.floor(refreshedAt),
    expiresAt: Math.floor(expiresAt),
  }
}

/** The claims as the store has kept them. */
function readStoredClaims({ claims, sub }: Session): PlainClaims {
  try {
    const stored = readLoginClaims(JSON.parse(claims))
    if (stored.sub === sub) return stored
  } catch {
    // The message of a parser may quote its input.
  }
  throw new SessionStoreUnavailableError('store.find', new TypeError('claims of a session must be those of its login'))
}

/** The claims that `renewClaims` has returned. */
function readRenewedClaims(value: unknown, { sub }: Session): PlainClaims {
  try {
    const claims = readLoginClaims(value)
    if (claims.sub === sub) return claims
    throw new ClaimsError('renewClaims must keep sub: a session is one user’s')
  } catch (cause) {
    throw new SessionStoreUnavailableError('renewClaims', cause, cause instanceof ClaimsError ? cause.message : '')
  }
}
