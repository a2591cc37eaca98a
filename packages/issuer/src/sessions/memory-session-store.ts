import { readFields, readNumber } from '@claimcheck/core/internal'
import { SessionStoreFullError } from '../failure/errors.ts'
import type {
  CreateSession,
  EndSession,
  LookupResult,
  RotateToken,
  RotationResult,
  Session,
  SessionStore,
  SubjectRef,
  TokenLookup,
} from './session-store.ts'

/**
 * Creates a session store for one process. Its sessions are lost when the process ends. `max` is the number of sessions,
 * 1 to 10,000,000 (default 100,000); each needs about 600 bytes and the size of its claims. Throws a ConfigError.
 */
export function createSessionStore(options: { readonly max?: number } = {}): SessionStore {
  const fields = readFields('', options, ['max'])
  const sessions = new MemorySessions(fields.has('max') ? readNumber('max', fields.get('max'), 1, 10_000_000) : 100_000)
  // Each call is synchronous inside, and therefore atomic.
  return Object.freeze({
    begin: async (input: CreateSession) => sessions.begin(input),
    find: async (lookup: TokenLookup) => sessions.find(lookup),
    rotate: async (rotation: RotateToken) => sessions.rotate(rotation),
    end: async ({ family, ...input }: EndSession & { family: string }) => sessions.end(family, input),
    endSession: async ({ sid, ...input }: EndSession & SubjectRef & { sid: string }) => {
      return sessions.endOf(input, (session) => session.sid === sid)[0] ?? null
    },
    endAll: async (input: EndSession & SubjectRef) => sessions.endOf(input, () => true),
    list: async (query: SubjectRef & { now: number }) => sessions.list(query),
  })
}

interface StoredSession {
  readonly session: Session
  readonly idleSeconds: number
  /** The hash of the current refresh token. */
  readonly token: string
  /** The tokens that were replaced within the grace period, oldest first; at most `maxReplaced`. */
  readonly replaced: readonly ReplacedToken[]
  /** The current token, encrypted for the client that has the last of `replaced`; null if it cannot be repeated. */
  readonly sealedSuccessor: string | null
  /** Until when the session is remembered as ended; null if it has not been ended. */
  readonly endedUntil: number | null
  /** Whether it was ended to make room for another login and it is not known that its access tokens were revoked. */
  readonly needsRevocation: boolean
}

/** A used token that an honest client can still send. */
interface ReplacedToken {
  readonly token: string
  readonly replacedAt: number
  readonly graceSeconds: number
}

/**
 * An older token ends the session even within the grace period. This limits the memory, and how long a thief who rotates
 * quickly can make the token of the victim look superseded.
 */
const maxReplaced = 8

/** How many sessions each call checks for expiry, so that expired ones are removed without a timer. */
const sweepBatchSize = 4

class MemorySessions {
  readonly #max: number
  readonly #byFamily = new Map<string, StoredSession>()
  readonly #bySubject = new Map<string, Set<string>>()
  #cursor = this.#byFamily.entries()
  #sweptAllAt = -Infinity

  constructor(max: number) {
    this.#max = max
  }

  begin({ session, hashes, idleSeconds, maxPerSubject, tombstoneSeconds }: CreateSession): readonly Session[] {
    const now = session.createdAt
    this.#sweep(now)
    if (this.#byFamily.size >= this.#max) this.#sweepAll(now)
    if (this.#byFamily.size >= this.#max) throw new SessionStoreFullError(this.#max)
    if (this.#byFamily.has(hashes.family)) throw new Error('A session for this refresh token exists already')
    const ended = this.#endOldest(session, { now, tombstoneSeconds }, maxPerSubject - 1)
    this.#byFamily.set(hashes.family, {
      session: Object.freeze({ ...session }),
      idleSeconds,
      token: hashes.token,
      replaced: [],
      sealedSuccessor: null,
      endedUntil: null,
      needsRevocation: false,
    })
    const subject = subjectKey(session)
    const families = this.#bySubject.get(subject)
    if (families === undefined) this.#bySubject.set(subject, new Set([hashes.family]))
    else families.add(hashes.family)
    return ended
  }

  find({ hashes, now, graceSeconds }: TokenLookup): LookupResult | null {
    const stored = this.#get(hashes.family, now)
    if (stored === null) return null
    const isAccepted = stored.token === hashes.token || findRepeatable(stored, { hashes, now, graceSeconds }) !== null
    return { session: stored.session, isCurrent: isAccepted && stored.endedUntil === null }
  }

  rotate(rotation: RotateToken): RotationResult {
    const { hashes, now, accessTokensExpireAt } = rotation
    this.#sweep(now)
    const stored = this.#get(hashes.family, now)
    if (stored === null) return { outcome: 'unknown' }
    if (stored.endedUntil !== null) return { outcome: 'ended', session: stored.session }
    const updated = {
      ...stored.session,
      accessTokensExpireAt: Math.max(stored.session.accessTokensExpireAt, accessTokensExpireAt),
    }
    if (stored.token === hashes.token) {
      const session = Object.freeze({ ...updated, refreshedAt: now })
      this.#byFamily.set(hashes.family, replaceToken({ ...stored, session }, rotation))
      return { outcome: 'rotated', session }
    }
    const sealedSuccessor = findRepeatable(stored, rotation)
    if (sealedSuccessor !== null) {
      const session = Object.freeze(updated)
      this.#byFamily.set(hashes.family, { ...stored, session })
      return { outcome: 'repeated', session, sealedSuccessor }
    }
    if (stored.replaced.some((replaced) => replaced.token === hashes.token && isInGrace(replaced, rotation))) {
      return { outcome: 'superseded', session: stored.session }
    }
    this.#markEnded(hashes.family, stored, now + rotation.tombstoneSeconds)
    return { outcome: 'reused', session: stored.session }
  }

  /** Also ends a session that has expired by this clock. If the clock is ahead, the session is live, and a logout must not miss it. */
  end(family: string, { now, tombstoneSeconds, isRevoked = false }: EndSession): Session | null {
    const stored = this.#byFamily.get(family)
    if (stored === undefined) return null
    if (stored.endedUntil === null) this.#markEnded(family, stored, now + tombstoneSeconds)
    else if (isRevoked) this.#byFamily.set(family, { ...stored, needsRevocation: false })
    return stored.session
  }

  endOf(input: EndSession & SubjectRef, isSelected: (session: Session) => boolean): readonly Session[] {
    return this.#entriesOf(input).flatMap(([family, { session }]) => {
      const ended = isSelected(session) ? this.end(family, input) : null
      return ended === null ? [] : [ended]
    })
  }

  list(query: SubjectRef & { readonly now: number }): readonly Session[] {
    return this.#unexpiredOf(query, query.now).flatMap(([, { endedUntil, session }]) => {
      return endedUntil === null ? [session] : []
    })
  }

  /** Ends sessions until `maxLive` are left. Also returns those that were ended earlier and still need a revocation. */
  #endOldest(subject: SubjectRef, { now, tombstoneSeconds }: EndSession, maxLive: number): readonly Session[] {
    const entries = this.#unexpiredOf(subject, now)
    const live = entries.filter(([, { endedUntil }]) => endedUntil === null)
    const oldest = live.toSorted(([, one], [, other]) => one.session.refreshedAt - other.session.refreshedAt)
    const ended = oldest.slice(0, Math.max(0, live.length - maxLive))
    for (const [family, stored] of ended) {
      this.#markEnded(family, { ...stored, needsRevocation: true }, now + tombstoneSeconds)
    }
    const unrevoked = entries.filter(([, { endedUntil, needsRevocation }]) => endedUntil !== null && needsRevocation)
    return [...ended, ...unrevoked].map(([, { session }]) => session)
  }

  #unexpiredOf(subject: SubjectRef, now: number): readonly (readonly [string, StoredSession])[] {
    return this.#entriesOf(subject).filter(([family]) => this.#get(family, now) !== null)
  }

  #entriesOf(subject: SubjectRef): readonly (readonly [string, StoredSession])[] {
    return [...(this.#bySubject.get(subjectKey(subject)) ?? [])].flatMap((family) => {
      const stored = this.#byFamily.get(family)
      return stored === undefined ? [] : [[family, stored] as const]
    })
  }

  #get(family: string, now: number): StoredSession | null {
    const stored = this.#byFamily.get(family)
    return stored !== undefined && now < expiryOf(stored) ? stored : null
  }

  /** Also forgets the used tokens. */
  #markEnded(family: string, stored: StoredSession, endedUntil: number): void {
    this.#byFamily.set(family, { ...stored, replaced: [], sealedSuccessor: null, endedUntil })
  }

  #delete(family: string, { session }: StoredSession): void {
    this.#byFamily.delete(family)
    const subject = subjectKey(session)
    const families = this.#bySubject.get(subject)
    families?.delete(family)
    if (families?.size === 0) this.#bySubject.delete(subject)
  }

  #sweep(now: number): void {
    for (let count = 0; count < sweepBatchSize; count++) {
      const { value, done } = this.#cursor.next()
      if (done === true) {
        this.#cursor = this.#byFamily.entries()
        return
      }
      this.#cleanUp(...value, now)
    }
  }

  /** At most once a second, because a full store can receive many logins. */
  #sweepAll(now: number): void {
    const second = Math.floor(now)
    if (second === this.#sweptAllAt) return
    this.#sweptAllAt = second
    for (const [family, stored] of this.#byFamily) this.#cleanUp(family, stored, now)
  }

  #cleanUp(family: string, stored: StoredSession, now: number): void {
    if (now >= expiryOf(stored)) this.#delete(family, stored)
    else if (stored.sealedSuccessor !== null && !stored.replaced.some((one) => isInGrace(one, { ...one, now }))) {
      this.#byFamily.set(family, { ...stored, replaced: [], sealedSuccessor: null })
    }
  }
}

function replaceToken(
  stored: StoredSession,
  { hashes, successor, idleSeconds, graceSeconds, now }: RotateToken,
): StoredSession {
  const { token, sealedSuccessor } = successor
  if (sealedSuccessor === null) return { ...stored, idleSeconds, token, replaced: [], sealedSuccessor }
  const recent = stored.replaced.filter((replaced) => isInGrace(replaced, { now, graceSeconds }))
  const replaced = [...recent, { token: hashes.token, replacedAt: now, graceSeconds }].slice(-maxReplaced)
  return { ...stored, idleSeconds, token, replaced, sealedSuccessor }
}

/** The sealed successor, if the presented token was replaced last and within the grace period. */
function findRepeatable({ replaced, sealedSuccessor }: StoredSession, lookup: TokenLookup): string | null {
  const last = replaced.at(-1)
  return last?.token === lookup.hashes.token && isInGrace(last, lookup) ? sealedSuccessor : null
}

/** The difference counts in both directions, because the clock might have been set back since the token was replaced. */
function isInGrace(replaced: ReplacedToken, { now, graceSeconds }: Pick<TokenLookup, 'now' | 'graceSeconds'>): boolean {
  return Math.abs(now - replaced.replacedAt) < Math.min(graceSeconds, replaced.graceSeconds)
}

function expiryOf({ session, idleSeconds, endedUntil }: StoredSession): number {
  return endedUntil ?? Math.min(session.refreshedAt + idleSeconds, session.expiresAt)
}

function subjectKey({ issuer, sub }: SubjectRef): string {
  return JSON.stringify([issuer, sub])
}
