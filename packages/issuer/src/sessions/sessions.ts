import type { Revoker } from '@claimcheck/core'
import type { AccessToken, Issuance } from '../access-token.ts'
import { readLoginClaims } from '../claims/login-claims.ts'
import type { LoginClaims, PlainClaims } from '../claims/login-claims.ts'
import { RefreshError } from './refresh-error.ts'
import type { RefreshToken, RefreshTokens } from './refresh-token.ts'
import { openSuccessor, sealSuccessor } from './sealed-successor.ts'
import type { Ending, Rotated, Session, SessionStore, Subject } from './session-store.ts'
import type { RenewClaims, SessionRules } from './session-settings.ts'
import { SessionsUnavailable } from './sessions-unavailable.ts'

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
  readonly refreshTokens: RefreshTokens
  readonly issueAccessToken: (claims: PlainClaims, issuance: Issuance) => Promise<AccessToken>
  /** In seconds. */
  readonly now: () => number
}

/** Processes whose clocks are ahead by no more make no token that outlives its revocation, in seconds. */
const clockMargin = 60

/** Logs in, keeps logged in, logs out. */
export class Sessions {
  readonly #parts: Parts
  readonly #lingerSeconds: number

  constructor(parts: Parts) {
    this.#parts = parts
    this.#lingerSeconds = parts.accessTokenSeconds + clockMargin
  }

  async login(value: LoginClaims): Promise<Tokens> {
    const { issuer, issueAccessToken, refreshTokens, rules, store, now } = this.#parts
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
      accessUntil: issuedAt + access.expiresIn,
    }
    const { idleSeconds, maxPerSubject } = rules
    const beginning = { session, hashes: token.hashes, idleSeconds, maxPerSubject, lingerSeconds: this.#lingerSeconds }
    await this.#revoke(await asked(storeOfSessions, () => store.begin(beginning)))
    return { ...access, refreshToken: token.text }
  }

  async refresh(text: string): Promise<Tokens> {
    const { issueAccessToken, refreshTokens, rules, store, now } = this.#parts
    const token = await refreshTokens.read(text)
    if (token === null) throw new RefreshError('malformed')
    const look = { hashes: token.hashes, now: now(), graceSeconds: rules.reuseGraceSeconds }
    const seen = await asked(storeOfSessions, () => store.find(look))
    if (seen === null) throw new RefreshError('unknown')
    if (!seen.isGood) return this.#refuse(await this.#rotate(token, token, look.now))
    const claims = await this.#claimsOf(seen.session, token)
    // Signed before the step that counts: what fails until then has used up nothing. And whoever ends the session after
    // that step revokes what is signed here, for it is younger.
    const issuedAt = now()
    const access = await issueAccessToken(claims, { issuedAt, session: seen.session })
    const successor = await refreshTokens.createSuccessor(token)
    const rotated = await this.#rotate(token, successor, issuedAt)
    if (rotated.outcome === 'rotated') return { ...access, refreshToken: successor.text }
    if (rotated.outcome !== 'repeated') return this.#refuse(rotated)
    return { ...access, refreshToken: await openSuccessor(rotated.sealed, token.text) }
  }

  /** Of a token that is not known there is nothing to end, and no error (RFC 7009 section 2.2). */
  async logout(text: string): Promise<void> {
    if (typeof text !== 'string') throw new RefreshError('malformed')
    const token = await this.#parts.refreshTokens.read(text)
    if (token !== null) await this.#end(token.hashes.family)
  }

  async logoutAll(sub: string): Promise<void> {
    const { store } = this.#parts
    const ending = { ...this.#subject(sub), ...this.#ending() }
    await this.#revoke(await asked(storeOfSessions, () => store.endAll(ending)))
  }

  async endSession(sub: string, sid: string): Promise<boolean> {
    const { store } = this.#parts
    const ending = { ...this.#subject(sub), sid, ...this.#ending() }
    const ended = await asked(storeOfSessions, () => store.endSession(ending))
    if (ended !== null) await this.#revoke([ended])
    return ended !== null
  }

  async list(sub: string): Promise<readonly SessionInfo[]> {
    const { store, now } = this.#parts
    const query = { ...this.#subject(sub), now: now() }
    return (await asked(storeOfSessions, () => store.list(query))).map(infoOf)
  }

  async #rotate(token: RefreshToken, successor: RefreshToken, now: number): Promise<Rotated> {
    const { rules, store, accessTokenSeconds } = this.#parts
    const { idleSeconds, reuseGraceSeconds: graceSeconds } = rules
    const sealed = graceSeconds === 0 ? null : await sealSuccessor(successor.text, token.text)
    const rotation = {
      hashes: token.hashes,
      successor: { token: successor.hashes.token, sealed },
      now,
      accessUntil: now + accessTokenSeconds,
      idleSeconds,
      graceSeconds,
      lingerSeconds: this.#lingerSeconds,
    }
    const rotated: Rotated | null | undefined = await asked(storeOfSessions, () => store.rotate(rotation))
    if (typeof rotated === 'object' && rotated !== null) return rotated
    throw new SessionsUnavailable(storeOfSessions, new TypeError('it gave no outcome'))
  }

  /** Refuses by what the store has said; what it may not say is no good news. */
  async #refuse(rotated: Rotated): Promise<never> {
    if (rotated.outcome === 'unknown') throw new RefreshError('unknown')
    if (rotated.outcome === 'superseded') throw new RefreshError('superseded', rotated.session)
    if (rotated.outcome !== 'reused' && rotated.outcome !== 'ended') {
      throw new SessionsUnavailable(storeOfSessions, new TypeError('it gave an outcome that cannot be'))
    }
    await this.#revoke([rotated.session])
    throw new RefreshError(rotated.outcome, rotated.session)
  }

  /** The claims of the login, or those that hold by now; a user who may not go on is logged out. */
  async #claimsOf(session: Session, { hashes }: RefreshToken): Promise<PlainClaims> {
    const { renewClaims } = this.#parts
    const kept = JSON.parse(session.claims) as PlainClaims
    if (renewClaims === null) return kept
    const renewed: LoginClaims | null = await renewClaims(kept, infoOf(session))
    if (renewed === null) {
      await this.#end(hashes.family)
      throw new RefreshError('denied', session)
    }
    const claims = readLoginClaims(renewed)
    if (claims.sub === session.sub) return claims
    throw new TypeError('renewClaims must keep sub: a session is one user’s')
  }

  async #end(family: string): Promise<void> {
    const ended = await asked(storeOfSessions, () => this.#parts.store.end({ family, ...this.#ending() }))
    if (ended !== null) await this.#revoke([ended])
  }

  /** Sessions first, then what they signed: where that fails, a repetition finds them ended and revokes again. */
  async #revoke(sessions: readonly Session[]): Promise<void> {
    const { revocation, now, accessTokenSeconds } = this.#parts
    if (revocation === null) return
    const time = now()
    // One whose access tokens are over, on the slowest of clocks, needs no entry.
    const live = sessions.filter(({ accessUntil }) => accessUntil + clockMargin > time)
    const revoke = async ({ issuer, sid, accessUntil }: Session) => {
      const until = Math.ceil(Math.max(accessUntil, time + accessTokenSeconds)) + clockMargin
      return asked(listOfRevocations, () => revocation.revokeSession({ issuer, sid, until }))
    }
    await Promise.all(live.map(revoke))
  }

  #subject(sub: unknown): Subject {
    if (typeof sub === 'string' && sub !== '') return { issuer: this.#parts.issuer, sub }
    throw new TypeError('sub must be a non-empty string')
  }

  #ending(): Ending {
    return { now: this.#parts.now(), lingerSeconds: this.#lingerSeconds }
  }
}

const storeOfSessions = 'The store of sessions'
const listOfRevocations = 'The list of revocations'

/** In whole seconds, as users may see them. */
function infoOf({ sid, createdAt, refreshedAt, expiresAt }: Session): SessionInfo {
  return {
    sid,
    createdAt: Math.floor(createdAt),
    refreshedAt: Math.floor(refreshedAt),
    expiresAt: Math.floor(expiresAt),
  }
}

async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw new SessionsUnavailable(what, cause)
  }
}
