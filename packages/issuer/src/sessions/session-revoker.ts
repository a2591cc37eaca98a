import type { Revoker } from '@claimcheck/core'
import { callAndValidate } from '../failure/calls.ts'
import type { Session } from './session-store.ts'

interface RevokerSettings {
  readonly revocation: Revoker | null
  readonly accessTokenSeconds: number
  readonly timeoutSeconds: number
  /** In seconds. */
  readonly now: () => number
}

interface FailedRevocation {
  readonly session: Session
  /** When its last access token has expired, even if the clock of another process is ahead. */
  readonly until: number
}

/** Seconds that another process's clock may be ahead. Its access tokens still expire before their revocation does. */
export const clockMarginSeconds = 60
/** Beyond this number, the oldest failures are forgotten. `store.begin` returns the forgotten ones again. */
const maxFailures = 10_000

/**
 * Revokes the access tokens of sessions that have ended. A failed revocation is retried at the user's next login, refresh or
 * logout.
 */
export class SessionRevoker {
  readonly #settings: RevokerSettings
  readonly #failures = new Map<string, FailedRevocation>()

  constructor(settings: RevokerSettings) {
    this.#settings = settings
  }

  /** Rejects if any of the sessions was not revoked. */
  async revoke(sessions: readonly Session[]): Promise<void> {
    if (this.#settings.revocation === null) return
    await Promise.all(sessions.map(async (session) => this.#revoke(session)))
  }

  /** Retries the failed revocations of a user. It never rejects: a revocation that fails again is retried later. */
  async retryFailed(sub: string): Promise<void> {
    if (this.#failures.size === 0) return
    const now = this.#settings.now()
    const due: Session[] = []
    for (const [sid, { session, until }] of this.#failures) {
      if (until <= now) this.#failures.delete(sid)
      else if (session.sub === sub) due.push(session)
    }
    await Promise.allSettled(due.map(async (session) => this.#revoke(session)))
  }

  async #revoke(session: Session): Promise<void> {
    const { revocation, timeoutSeconds, accessTokenSeconds, now } = this.#settings
    const { issuer, sid, accessTokensExpireAt } = session
    const until = Math.ceil(Math.max(accessTokensExpireAt, now() + accessTokenSeconds)) + clockMarginSeconds
    const call = () => revocation?.revokeSession({ issuer, sid, until })
    try {
      await callAndValidate('revocation.revokeSession', { timeoutSeconds, call, validate: requireUndefined })
      this.#failures.delete(sid)
    } catch (error) {
      const [oldest] = this.#failures.keys()
      if (oldest !== undefined && this.#failures.size >= maxFailures) this.#failures.delete(oldest)
      if (!this.#failures.has(sid)) this.#failures.set(sid, { session, until })
      throw error
    }
  }
}

/** Any other result, such as `false`, can mean that the revocation failed. */
function requireUndefined(result: unknown): void {
  if (result !== undefined) throw new TypeError('the result must be undefined')
}
