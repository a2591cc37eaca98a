import { SessionStoreFullError } from './session-store-full.ts'
import type {
  CreateSession,
  EndSession,
  TokenLookup,
  RotationResult,
  RotateToken,
  LookupResult,
  Session,
  SubjectRef,
} from './session-store.ts'

/** A family, and what tells its good token from the used ones. */
interface Family {
  readonly session: Session
  readonly idleSeconds: number
  /** The hash of the good token. */
  readonly token: string
  /** The tokens that were replaced within the grace, the oldest first; at most `maxReplaced`. */
  readonly replaced: readonly Replaced[]
  /** The good token, sealed for the client that has the last of `replaced`; null after a rotation with a grace of 0. */
  readonly sealed: string | null
  /** Until when the family is known as ended; null where it has not. */
  readonly endedUntil: number | null
  /** Whether it ended for another login, and its access tokens are not known to be revoked. */
  readonly isOwed: boolean
}

/** A used token that a client may still send in good faith. */
interface Replaced {
  readonly token: string
  readonly replacedAt: number
  readonly graceSeconds: number
}

/** The older ones end the family, also within the grace: this bounds the memory, and what a thief can have superseded. */
const maxReplaced = 8

/** How many families are looked at in passing, at each step, for whether they are over. */
const sweptAtOnce = 4

/** The families of one process, in memory. */
export class Families {
  readonly #max: number
  readonly #byHandle = new Map<string, Family>()
  readonly #bySubject = new Map<string, Set<string>>()
  #cursor = this.#byHandle.entries()
  #sweptAllAt = -Infinity

  constructor(max: number) {
    this.#max = max
  }

  begin({ session, hashes, idleSeconds, maxPerSubject, tombstoneSeconds }: CreateSession): readonly Session[] {
    const now = session.createdAt
    this.#sweep(now)
    if (this.#byHandle.size >= this.#max) this.#sweepAll(now)
    if (this.#byHandle.size >= this.#max) throw new SessionStoreFullError(this.#max)
    if (this.#byHandle.has(hashes.family)) throw new Error('The family of this refresh token has begun already')
    const ended = this.#endOldest(session, { now, tombstoneSeconds }, maxPerSubject - 1)
    const family = { session: Object.freeze({ ...session }), idleSeconds, token: hashes.token }
    this.#byHandle.set(hashes.family, { ...family, replaced: [], sealed: null, endedUntil: null, isOwed: false })
    const name = nameOf(session)
    const handles = this.#bySubject.get(name)
    if (handles === undefined) this.#bySubject.set(name, new Set([hashes.family]))
    else handles.add(hashes.family)
    return ended
  }

  look({ hashes, now, graceSeconds }: TokenLookup): LookupResult | null {
    const family = this.#find(hashes.family, now)
    if (family === null) return null
    const isGood = family.token === hashes.token || repeatable(family, { hashes, now, graceSeconds }) !== null
    return { session: family.session, isCurrent: isGood && family.endedUntil === null }
  }

  rotate(rotation: RotateToken): RotationResult {
    const { hashes, now, accessTokensExpireAt } = rotation
    this.#sweep(now)
    const family = this.#find(hashes.family, now)
    if (family === null) return { outcome: 'unknown' }
    if (family.endedUntil !== null) return { outcome: 'ended', session: family.session }
    const known = {
      ...family.session,
      accessTokensExpireAt: Math.max(family.session.accessTokensExpireAt, accessTokensExpireAt),
    }
    if (family.token === hashes.token) {
      const session = Object.freeze({ ...known, refreshedAt: now })
      this.#byHandle.set(hashes.family, rotated({ ...family, session }, rotation))
      return { outcome: 'rotated', session }
    }
    const sealed = repeatable(family, rotation)
    if (sealed !== null) {
      const session = Object.freeze(known)
      this.#byHandle.set(hashes.family, { ...family, session })
      return { outcome: 'repeated', session, sealedSuccessor: sealed }
    }
    if (family.replaced.some((replaced) => replaced.token === hashes.token && isInGrace(replaced, rotation))) {
      return { outcome: 'superseded', session: family.session }
    }
    this.#end(hashes.family, family, now + rotation.tombstoneSeconds)
    return { outcome: 'reused', session: family.session }
  }

  /** Ends also what has expired by this clock: if the clock is ahead, it lives, and a logout must not miss it. */
  end(handle: string, { now, tombstoneSeconds, isRevoked = false }: EndSession): Session | null {
    const family = this.#byHandle.get(handle)
    if (family === undefined) return null
    if (family.endedUntil === null) this.#end(handle, family, now + tombstoneSeconds)
    else if (isRevoked) this.#byHandle.set(handle, { ...family, isOwed: false })
    return family.session
  }

  endOf(ending: EndSession & SubjectRef, isMeant: (session: Session) => boolean): readonly Session[] {
    return this.#entriesOf(ending).flatMap(([handle, { session }]) => {
      const ended = isMeant(session) ? this.end(handle, ending) : null
      return ended === null ? [] : [ended]
    })
  }

  list(query: SubjectRef & { readonly now: number }): readonly Session[] {
    return this.#familiesOf(query, query.now).flatMap(([, { endedUntil, session }]) => {
      return endedUntil === null ? [session] : []
    })
  }

  /** Makes room for one more session of a subject. Gives also those that ended so before and are still owed. */
  #endOldest(subject: SubjectRef, { now, tombstoneSeconds }: EndSession, most: number): readonly Session[] {
    const families = this.#familiesOf(subject, now)
    const live = families.filter(([, { endedUntil }]) => endedUntil === null)
    const oldest = live.toSorted(([, one], [, other]) => one.session.refreshedAt - other.session.refreshedAt)
    const ended = oldest.slice(0, Math.max(0, live.length - most))
    for (const [handle, family] of ended) {
      this.#end(handle, { ...family, isOwed: true }, now + tombstoneSeconds)
    }
    const owed = families.filter(([, { endedUntil, isOwed }]) => endedUntil !== null && isOwed)
    return [...ended, ...owed].map(([, { session }]) => session)
  }

  #familiesOf(subject: SubjectRef, now: number): readonly (readonly [string, Family])[] {
    return this.#entriesOf(subject).filter(([handle]) => this.#find(handle, now) !== null)
  }

  #entriesOf(subject: SubjectRef): readonly (readonly [string, Family])[] {
    return [...(this.#bySubject.get(nameOf(subject)) ?? [])].flatMap((handle) => {
      const family = this.#byHandle.get(handle)
      return family === undefined ? [] : [[handle, family] as const]
    })
  }

  #find(handle: string, now: number): Family | null {
    const family = this.#byHandle.get(handle)
    return family !== undefined && now < endOf(family) ? family : null
  }

  /** What is known of used tokens goes at once. */
  #end(handle: string, family: Family, endedUntil: number): void {
    this.#byHandle.set(handle, { ...family, replaced: [], sealed: null, endedUntil })
  }

  #forget(handle: string, { session }: Family): void {
    this.#byHandle.delete(handle)
    const name = nameOf(session)
    const handles = this.#bySubject.get(name)
    handles?.delete(handle)
    if (handles?.size === 0) this.#bySubject.delete(name)
  }

  /** A few families in turn, so that what is over goes without a timer. */
  #sweep(now: number): void {
    for (let looked = 0; looked < sweptAtOnce; looked++) {
      const { value, done } = this.#cursor.next()
      if (done === true) {
        this.#cursor = this.#byHandle.entries()
        return
      }
      this.#tidy(...value, now)
    }
  }

  /** All of them, where room is needed; no more than once a second, for a full store may be asked often. */
  #sweepAll(now: number): void {
    const second = Math.floor(now)
    if (second === this.#sweptAllAt) return
    this.#sweptAllAt = second
    for (const [handle, family] of this.#byHandle) this.#tidy(handle, family, now)
  }

  #tidy(handle: string, family: Family, now: number): void {
    if (now >= endOf(family)) this.#forget(handle, family)
    else if (family.sealed !== null && !family.replaced.some((one) => isInGrace(one, { ...one, now }))) {
      this.#byHandle.set(handle, { ...family, replaced: [], sealed: null })
    }
  }
}

function rotated(family: Family, { hashes, successor, idleSeconds, graceSeconds, now }: RotateToken): Family {
  const { token, sealedSuccessor: sealed } = successor
  if (sealed === null) return { ...family, idleSeconds, token, replaced: [], sealed }
  const recent = family.replaced.filter((replaced) => isInGrace(replaced, { now, graceSeconds }))
  const replaced = [...recent, { token: hashes.token, replacedAt: now, graceSeconds }].slice(-maxReplaced)
  return { ...family, idleSeconds, token, replaced, sealed }
}

/** The sealed successor, if the presented token was replaced last and within the grace. */
function repeatable({ replaced, sealed }: Family, look: TokenLookup): string | null {
  const [last] = replaced.slice(-1)
  return last?.token === look.hashes.token && isInGrace(last, look) ? sealed : null
}

/** On both sides of the time when it was replaced, because the clock may have been set back since. */
function isInGrace(replaced: Replaced, { now, graceSeconds }: Pick<TokenLookup, 'now' | 'graceSeconds'>): boolean {
  return Math.abs(now - replaced.replacedAt) < Math.min(graceSeconds, replaced.graceSeconds)
}

function endOf({ session, idleSeconds, endedUntil }: Family): number {
  return endedUntil ?? Math.min(session.refreshedAt + idleSeconds, session.expiresAt)
}

function nameOf({ issuer, sub }: SubjectRef): string {
  return JSON.stringify([issuer, sub])
}
