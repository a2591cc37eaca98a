import type { Revoker } from '@claimcheck/core'
import { callChecked } from '../failure/calls.ts'
import type { Session } from './session-store.ts'
import { readNothing } from './store-results.ts'

interface Parts {
  readonly revocation: Revoker | null
  readonly accessTokenSeconds: number
  readonly timeoutSeconds: number
  /** In seconds. */
  readonly now: () => number
}

interface Failure {
  readonly session: Session
  /** When the last of its access tokens has expired, on the slowest of clocks. */
  readonly until: number
}

/** Processes whose clocks are ahead by no more make no token that outlives its revocation, in seconds. */
export const clockMargin = 60
/** The store remembers the others: `begin` returns them again. */
const maxFailures = 10_000

/** Revokes the access tokens of sessions that have ended, and repeats at later steps of their users what failed. */
export class SessionRevoker {
  readonly #parts: Parts
  readonly #failures = new Map<string, Failure>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Rejects if any of the sessions was not revoked. */
  async revoke(sessions: readonly Session[]): Promise<void> {
    if (this.#parts.revocation === null) return
    await Promise.all(sessions.map(async (session) => this.#revoke(session)))
  }

  /** Repeats the revocations of a user that failed before. It never rejects; what fails again is repeated again. */
  async repeat(sub: string): Promise<void> {
    if (this.#failures.size === 0) return
    const now = this.#parts.now()
    const due: Session[] = []
    for (const [sid, { session, until }] of this.#failures) {
      if (until <= now) this.#failures.delete(sid)
      else if (session.sub === sub) due.push(session)
    }
    await Promise.allSettled(due.map(async (session) => this.#revoke(session)))
  }

  async #revoke(session: Session): Promise<void> {
    const { revocation, timeoutSeconds, accessTokenSeconds, now } = this.#parts
    const { issuer, sid, accessTokensExpireAt } = session
    const until = Math.ceil(Math.max(accessTokensExpireAt, now() + accessTokenSeconds)) + clockMargin
    const ask = () => revocation?.revokeSession({ issuer, sid, until })
    try {
      await callChecked('revocation.revokeSession', { timeoutSeconds, ask, read: readNothing })
      this.#failures.delete(sid)
    } catch (error) {
      const [oldest] = this.#failures.keys()
      if (oldest !== undefined && this.#failures.size >= maxFailures) this.#failures.delete(oldest)
      if (!this.#failures.has(sid)) this.#failures.set(sid, { session, until })
      throw error
    }
  }
}
