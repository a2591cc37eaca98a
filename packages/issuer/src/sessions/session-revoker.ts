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
  /** When the last of its access tokens has expired, allowing for the clocks of other processes. */
  readonly until: number
}

/** If the clock of a process is ahead by no more than this, its tokens expire before their revocation does, in seconds. */
export const clockMarginSeconds = 60
/** The store remembers the sessions beyond this number: `begin` returns them again. */
const maxFailures = 10_000

/** Revokes the access tokens of sessions that have ended. A revocation that failed is repeated when its user comes back. */
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

  /** Repeats the failed revocations of a user. It never rejects; what fails again is repeated later. */
  async repeat(sub: string): Promise<void> {
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
