import type {
  CreateSession,
  EndSession,
  RotateToken,
  Session,
  SessionStore,
  SubjectRef,
  TokenLookup,
} from '@claimcheck/issuer'
import type { CommandClient } from '../redis-client.ts'
import type { RunCommands } from '../connection/commands.ts'
import type { RedisSettings } from '../redis-options.ts'
import { StoredSessions } from './stored-sessions.ts'
import type { ExistingSession } from './stored-sessions.ts'
import { SubjectIndex } from './subject-index.ts'
import type { Place } from './subject-index.ts'

/** Creates a session store that processes share. */
export function createRedisSessions(run: RunCommands, settings: RedisSettings): SessionStore {
  const index = new SubjectIndex(settings)
  const sessions = new StoredSessions(settings)
  const subjects = new SubjectSessions(run, index, sessions)
  return Object.freeze({
    begin: (input: CreateSession) => subjects.begin(input),
    find: (lookup: TokenLookup) => run((commands) => sessions.find(commands, lookup)),
    rotate: (rotation: RotateToken) => run((commands) => sessions.rotate(commands, rotation)),
    end: ({ family, ...input }: EndSession & { family: string }) => {
      return run((commands) => sessions.end(commands, family, input))
    },
    endSession: async ({ sid, ...input }: EndSession & SubjectRef & { sid: string }) => {
      return (await subjects.end(input, (place) => place.sid === sid))[0] ?? null
    },
    endAll: (input: EndSession & SubjectRef) => subjects.end(input, () => true),
    list: (query: SubjectRef & { now: number }) => subjects.list(query),
  })
}

/** A session, and its place in the index of its subject. */
type FoundSession = ExistingSession & { readonly place: Place }

/** How many sessions of a subject are read or ended within one time limit. */
const batchSize = 100

/** Operations on all sessions of a subject. */
class SubjectSessions {
  readonly #run: RunCommands
  readonly #index: SubjectIndex
  readonly #sessions: StoredSessions

  constructor(run: RunCommands, index: SubjectIndex, sessions: StoredSessions) {
    this.#run = run
    this.#index = index
    this.#sessions = sessions
  }

  /** Creates a session, then ends those beyond the maximum. Concurrent calls order the sessions in the same way. */
  async begin(input: CreateSession): Promise<readonly Session[]> {
    const { session, hashes, maxPerSubject, tombstoneSeconds } = input
    const now = session.createdAt
    const { count, others } = await this.#run(async (commands) => {
      const reservation = await this.#index.add(commands, hashes.family, session)
      await this.#sessions.begin(commands, input, reservation)
      return reservation
    })
    if (count <= maxPerSubject) {
      const old = others.filter(({ isOld }) => isOld)
      await this.#read(session, now, old)
      return []
    }
    const found = await this.#read(session, now)
    const live = found.filter(({ state }) => state === 'live').toSorted(compareRefresh)
    const excess = live.slice(0, Math.max(0, live.length - maxPerSubject)).map(({ place }) => place)
    const evicted = await this.#endEach(excess, { now, tombstoneSeconds }, true)
    return [...evicted, ...found.filter(({ state }) => state === 'unrevoked').map((each) => each.session)]
  }

  async end(input: EndSession & SubjectRef, isSelected: (place: Place) => boolean): Promise<readonly Session[]> {
    const places = await this.#run((commands) => this.#index.read(commands, input))
    return this.#endEach(places.filter(isSelected), input)
  }

  async list(query: SubjectRef & { readonly now: number }): Promise<readonly Session[]> {
    const found = await this.#read(query, query.now)
    return found.filter(({ state }) => state === 'live').map(({ session }) => session)
  }

  /** Reads the sessions of a subject, or those at some places. Removes the places for which Redis has no session. */
  async #read(subject: SubjectRef, now: number, some?: readonly Place[]): Promise<readonly FoundSession[]> {
    const places = some ?? (await this.#run((commands) => this.#index.read(commands, subject)))
    return this.#inBatches(places, async (commands, batch) => {
      const stored = await Promise.all(batch.map(({ family }) => this.#sessions.read(commands, family, now)))
      const empty = batch.filter((_place, index) => stored[index]?.state === 'gone')
      await this.#index.removeOld(commands, subject, empty)
      return batch.flatMap((place, index) => {
        const session = stored[index]
        return session === undefined || session.state === 'gone' ? [] : [{ place, ...session }]
      })
    })
  }

  #endEach(places: readonly Place[], input: EndSession, isEvicted = false): Promise<readonly Session[]> {
    return this.#inBatches(places, async (commands, batch) => {
      const ended = await Promise.all(batch.map(({ family }) => this.#sessions.end(commands, family, input, isEvicted)))
      return ended.filter((session) => session !== null)
    })
  }

  async #inBatches<T>(
    places: readonly Place[],
    work: (commands: CommandClient, batch: readonly Place[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const results: T[] = []
    for (let start = 0; start < places.length; start += batchSize) {
      results.push(...(await this.#run((commands) => work(commands, places.slice(start, start + batchSize)))))
    }
    return results
  }
}

/** Sessions that were refreshed at the same time are ordered by their place, so that every process uses the same order. */
function compareRefresh(one: FoundSession, other: FoundSession): number {
  return one.session.refreshedAt - other.session.refreshedAt || (one.place.text < other.place.text ? -1 : 1)
}
