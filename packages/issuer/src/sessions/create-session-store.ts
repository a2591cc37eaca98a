import { readFields, readNumber } from '@claimcheck/core/settings'
import type { Beginning, Ending, Rotated, Rotation, Session, SessionStore } from './session-store.ts'

/** A family, and what tells its good token from the used ones. */
interface Family {
  readonly session: Session
  readonly idleSeconds: number
  /** The hash of the good token. */
  readonly token: string
  /** The token before, whose successor is the good one. */
  readonly previous: { readonly token: string; readonly sealed: string; readonly rotatedAt: number } | null
  /** Until when the family is known as ended; null where it has not. */
  readonly endedUntil: number | null
}

/** The store has as many sessions as it may hold, and drops none that lives. */
export class SessionStoreFull extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'SessionStoreFull', configurable: true, writable: true })
  }

  constructor(max: number) {
    super(`The store holds ${max} sessions, as many as it may: raise max, or let sessions be shorter`)
  }
}

/** How many families are looked at in passing, at each step, for whether they are over. */
const sweptAtOnce = 4

/**
 * Makes a store of sessions for one process, which lasts as long as that: at most `max` of them (100,000 by default, to
 * 10,000,000), of some 600 bytes each and their claims.
 */
export function createSessionStore(options: { readonly max?: number } = {}): SessionStore {
  const fields = readFields('', options, ['max'])
  const max = fields.has('max') ? readNumber('max', fields.get('max'), 1, 10_000_000) : 100_000
  const families = new Families(max)
  // Each is done before it returns, and so in one step.
  return Object.freeze({
    begin: async (beginning: Beginning) => families.begin(beginning),
    rotate: async (rotation: Rotation) => families.rotate(rotation),
    end: async ({ family, ...ending }: Ending & { family: string }) => families.end(family, ending),
    endSession: async ({ sub, sid, ...ending }: Ending & { sub: string; sid: string }) => {
      return families.endOf(sub, ending, (session) => session.sid === sid)[0] ?? null
    },
    endAll: async ({ sub, ...ending }: Ending & { sub: string }) => families.endOf(sub, ending, () => true),
    list: async ({ sub, now }: { sub: string; now: number }) => families.list(sub, now),
  })
}

class Families {
  readonly #max: number
  readonly #byHandle = new Map<string, Family>()
  readonly #bySubject = new Map<string, Set<string>>()
  #cursor = this.#byHandle.entries()
  #sweptAllAt = -Infinity

  constructor(max: number) {
    this.#max = max
  }

  begin({ session, hashes, idleSeconds }: Beginning): void {
    const now = session.createdAt
    this.#sweep(now)
    if (this.#byHandle.size >= this.#max) this.#sweepAll(now)
    if (this.#byHandle.size >= this.#max) throw new SessionStoreFull(this.#max)
    if (this.#byHandle.has(hashes.family)) throw new Error('The family of this refresh token has begun already')
    this.#byHandle.set(hashes.family, {
      session: Object.freeze({ ...session }),
      idleSeconds,
      token: hashes.token,
      previous: null,
      endedUntil: null,
    })
    const handles = this.#bySubject.get(session.sub)
    if (handles === undefined) this.#bySubject.set(session.sub, new Set([hashes.family]))
    else handles.add(hashes.family)
  }

  rotate({ hashes, successor, now, idleSeconds, graceSeconds, lingerSeconds }: Rotation): Rotated {
    this.#sweep(now)
    const family = this.#find(hashes.family, now)
    if (family === null) return { outcome: 'unknown' }
    const { session, previous } = family
    if (family.endedUntil !== null) return { outcome: 'ended', session }
    if (family.token === hashes.token) {
      const refreshed = Object.freeze({ ...session, refreshedAt: now })
      this.#byHandle.set(hashes.family, {
        session: refreshed,
        idleSeconds,
        token: successor.token,
        previous: { token: hashes.token, sealed: successor.sealed, rotatedAt: now },
        endedUntil: null,
      })
      return { outcome: 'rotated', session: refreshed }
    }
    if (previous?.token === hashes.token && now < previous.rotatedAt + graceSeconds) {
      return { outcome: 'repeated', session, sealed: previous.sealed }
    }
    this.#end(hashes.family, family, now + lingerSeconds)
    return { outcome: 'reused', session }
  }

  end(handle: string, { now, lingerSeconds }: Ending): Session | null {
    const family = this.#find(handle, now)
    if (family === null) return null
    if (family.endedUntil === null) this.#end(handle, family, now + lingerSeconds)
    return family.session
  }

  endOf(sub: string, ending: Ending, isMeant: (session: Session) => boolean): readonly Session[] {
    return this.#handlesOf(sub, ending.now).flatMap(([handle, family]) => {
      const session = isMeant(family.session) ? this.end(handle, ending) : null
      return session === null ? [] : [session]
    })
  }

  list(sub: string, now: number): readonly Session[] {
    return this.#handlesOf(sub, now).flatMap(([, { endedUntil, session }]) => (endedUntil === null ? [session] : []))
  }

  #handlesOf(sub: string, now: number): readonly (readonly [string, Family])[] {
    return [...(this.#bySubject.get(sub) ?? [])].flatMap((handle) => {
      const family = this.#find(handle, now)
      return family === null ? [] : [[handle, family] as const]
    })
  }

  #find(handle: string, now: number): Family | null {
    const family = this.#byHandle.get(handle)
    if (family === undefined) return null
    if (now < endOf(family)) return family
    this.#forget(handle, family)
    return null
  }

  /** What is sealed for a used token goes at once. */
  #end(handle: string, family: Family, endedUntil: number): void {
    this.#byHandle.set(handle, { ...family, previous: null, endedUntil })
  }

  #forget(handle: string, { session }: Family): void {
    this.#byHandle.delete(handle)
    const handles = this.#bySubject.get(session.sub)
    handles?.delete(handle)
    if (handles?.size === 0) this.#bySubject.delete(session.sub)
  }

  /** A few families in turn, so that what is over goes without a timer. */
  #sweep(now: number): void {
    for (let looked = 0; looked < sweptAtOnce; looked++) {
      const { value, done } = this.#cursor.next()
      if (done === true) {
        this.#cursor = this.#byHandle.entries()
        return
      }
      const [handle, family] = value
      if (now >= endOf(family)) this.#forget(handle, family)
    }
  }

  /** All of them, where room is needed; no more than once a second, for a full store may be asked often. */
  #sweepAll(now: number): void {
    const second = Math.floor(now)
    if (second === this.#sweptAllAt) return
    this.#sweptAllAt = second
    for (const [handle, family] of this.#byHandle) if (now >= endOf(family)) this.#forget(handle, family)
  }
}

function endOf({ session, idleSeconds, endedUntil }: Family): number {
  return endedUntil ?? Math.min(session.refreshedAt + idleSeconds, session.expiresAt)
}
