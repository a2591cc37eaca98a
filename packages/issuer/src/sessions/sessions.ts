import type { Revoker } from '@claimcheck/core'
import type { AccessToken, Issuance } from '../access-token.ts'
import { readLoginClaims } from '../claims/login-claims.ts'
import type { LoginClaims, PlainClaims } from '../claims/login-claims.ts'
import { RefreshError } from './refresh-error.ts'
import { createRefreshToken, createSuccessor, readRefreshToken } from './refresh-token.ts'
import type { RefreshToken } from './refresh-token.ts'
import { openSuccessor, sealSuccessor } from './sealed-successor.ts'
import type { Ending, Rotated, Session, SessionStore } from './session-store.ts'
import type { RenewClaims, SessionRules } from './session-settings.ts'
import { SessionsUnavailable } from './sessions-unavailable.ts'

/** What a client is given at a login and at every refresh. */
export interface Tokens extends AccessToken {
  /** Opaque, good for one use; its answer brings the next. */
  readonly refreshToken: string
}

/** A session, as its user may see it. Times are seconds since the epoch. */
export type SessionInfo = Omit<Session, 'claims' | 'sub'>

interface Parts {
  readonly issuer: string
  readonly store: SessionStore
  readonly revocation: Revoker | null
  readonly rules: SessionRules
  readonly renewClaims: RenewClaims | null
  readonly accessTokenSeconds: number
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
    const { issueAccessToken, rules, store, now } = this.#parts
    const claims = readLoginClaims(value)
    const issuedAt = now()
    const sid = crypto.randomUUID()
    const token = await createRefreshToken()
    const session: Session = {
      sid,
      sub: claims.sub,
      claims: JSON.stringify(claims),
      createdAt: issuedAt,
      refreshedAt: issuedAt,
      expiresAt: issuedAt + rules.absoluteSeconds,
    }
    const access = await issueAccessToken(claims, { issuedAt, session })
    await asked('The store of sessions', store.begin({ session, hashes: token.hashes, idleSeconds: rules.idleSeconds }))
    return { ...access, refreshToken: token.text }
  }

  async refresh(text: string): Promise<Tokens> {
    const token = await readRefreshToken(text)
    if (token === null) throw new RefreshError('malformed')
    // Before the store is asked: whoever ends the session after it revokes what is issued here.
    const issuedAt = this.#parts.now()
    const successor = await createSuccessor(token)
    const rotated = await this.#rotate(token, successor, issuedAt)
    if (rotated.outcome === 'unknown') throw new RefreshError('unknown')
    const { outcome, session } = rotated
    if (outcome === 'reused' || outcome === 'ended') {
      await this.#revoke([session])
      throw new RefreshError(outcome, session)
    }
    const claims = await this.#claimsOf(session, token)
    const refreshToken = outcome === 'repeated' ? await openSuccessor(rotated.sealed, token.text) : successor.text
    const access = await this.#parts.issueAccessToken(claims, { issuedAt, session })
    return { ...access, refreshToken }
  }

  /** Of a token that is not known there is nothing to end, and no error (RFC 7009 section 2.2). */
  async logout(text: string): Promise<void> {
    const token = await readRefreshToken(text)
    if (token === null) return
    const ended = this.#parts.store.end({ family: token.hashes.family, ...this.#ending() })
    await this.#revoke([await asked('The store of sessions', ended)])
  }

  async logoutAll(sub: string): Promise<void> {
    const ended = this.#parts.store.endAll({ sub: subject(sub), ...this.#ending() })
    await this.#revoke(await asked('The store of sessions', ended))
  }

  async endSession(sub: string, sid: string): Promise<void> {
    const ended = this.#parts.store.endSession({ sub: subject(sub), sid, ...this.#ending() })
    await this.#revoke([await asked('The store of sessions', ended)])
  }

  async list(sub: string): Promise<readonly SessionInfo[]> {
    const { store, now } = this.#parts
    const sessions = await asked('The store of sessions', store.list({ sub: subject(sub), now: now() }))
    return sessions.map(infoOf)
  }

  async #rotate(token: RefreshToken, successor: RefreshToken, now: number): Promise<Rotated> {
    const { idleSeconds, reuseGraceSeconds: graceSeconds } = this.#parts.rules
    const sealed = await sealSuccessor(successor.text, token.text)
    const rotation = this.#parts.store.rotate({
      hashes: token.hashes,
      successor: { token: successor.hashes.token, sealed },
      now,
      idleSeconds,
      graceSeconds,
      lingerSeconds: this.#lingerSeconds,
    })
    return asked('The store of sessions', rotation)
  }

  /** The claims of the login, or those that hold by now; a user who may not go on is logged out. */
  async #claimsOf(session: Session, { hashes }: RefreshToken): Promise<PlainClaims> {
    const { renewClaims, store } = this.#parts
    const kept = JSON.parse(session.claims) as PlainClaims
    if (renewClaims === null) return kept
    const renewed: LoginClaims | null = await renewClaims(kept, infoOf(session))
    if (renewed === null) {
      await this.#revoke([
        await asked('The store of sessions', store.end({ family: hashes.family, ...this.#ending() })),
      ])
      throw new RefreshError('denied', session)
    }
    const claims = readLoginClaims(renewed)
    if (claims.sub === session.sub) return claims
    throw new TypeError('renewClaims must keep sub: a session is one user’s')
  }

  /** Sessions first, then what they signed: where that fails, a repetition finds them ended and revokes again. */
  async #revoke(sessions: readonly (Session | null)[]): Promise<void> {
    const { issuer, revocation, now } = this.#parts
    if (revocation === null) return
    const until = Math.ceil(now()) + this.#lingerSeconds
    const revoked = sessions.flatMap((session) => {
      return session === null ? [] : [revocation.revokeSession({ issuer, sid: session.sid, until })]
    })
    await asked('The list of revocations', Promise.all(revoked))
  }

  #ending(): Ending {
    return { now: this.#parts.now(), lingerSeconds: this.#lingerSeconds }
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

async function asked<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    throw new SessionsUnavailable(what, cause)
  }
}

function subject(sub: unknown): string {
  if (typeof sub === 'string' && sub !== '') return sub
  throw new TypeError('sub must be a non-empty string')
}
