import type { CreateSession, EndSession, Session, SubjectRef } from '@claimcheck/issuer'
import type { CommandClient } from '../redis-client.ts'
import type { Families } from './stored-sessions.ts'
import type { Step } from '../connection/commands.ts'
import type { Place, SubjectIndex } from './subject-index.ts'

/** A family that Redis has, and where it is found. */
interface Found {
  readonly place: Place
  readonly state: 'live' | 'expired' | 'ended' | 'owed'
  readonly session: Session
}

/** What is asked of Redis at once: the families of a subject are steps of their own, and many of them no long step. */
const atOnce = 100

/** The families of a subject. */
export class SubjectFamilies {
  readonly #step: Step
  readonly #index: SubjectIndex
  readonly #families: Families

  constructor(step: Step, index: SubjectIndex, families: Families) {
    this.#step = step
    this.#index = index
    this.#families = families
  }

  /** Begins a family, and then ends those that are too many: in one order for all who do so at the same time. */
  async begin(beginning: CreateSession): Promise<readonly Session[]> {
    const { session, hashes, maxPerSubject, tombstoneSeconds } = beginning
    const now = session.createdAt
    const { count, others } = await this.#step(async (commander) => {
      const added = await this.#index.add(commander, hashes.family, session)
      await this.#families.begin(commander, beginning, added)
      return added
    })
    if (count <= maxPerSubject) {
      const old = others.filter(({ isOld }) => isOld)
      await this.#read(session, now, old)
      return []
    }
    const found = await this.#read(session, now)
    const live = found.filter(({ state }) => state === 'live').toSorted(byRefresh)
    const tooMany = live.slice(0, Math.max(0, live.length - maxPerSubject)).map(({ place }) => place)
    const evicted = await this.#endEach(tooMany, { now, tombstoneSeconds }, true)
    return [...evicted, ...found.filter(({ state }) => state === 'owed').map((family) => family.session)]
  }

  async end(ending: EndSession & SubjectRef, isMeant: (place: Place) => boolean): Promise<readonly Session[]> {
    const places = await this.#step((commander) => this.#index.read(commander, ending))
    return this.#endEach(places.filter(isMeant), ending)
  }

  async list(query: SubjectRef & { readonly now: number }): Promise<readonly Session[]> {
    const found = await this.#read(query, query.now)
    return found.filter(({ state }) => state === 'live').map(({ session }) => session)
  }

  /** The families of a subject, or those at some places. Gives up the places for which Redis itself has no family. */
  async #read(subject: SubjectRef, now: number, some?: readonly Place[]): Promise<readonly Found[]> {
    const places = some ?? (await this.#step((commander) => this.#index.read(commander, subject)))
    return this.#inParts(places, async (commander, part) => {
      const read = await Promise.all(part.map(({ family }) => this.#families.read(commander, family, now)))
      const empty = part.filter((_place, at) => read[at]?.state === 'gone')
      await this.#index.giveUp(commander, subject, empty)
      return part.flatMap((place, at) => {
        const family = read[at]
        return family === undefined || family.state === 'gone' ? [] : [{ place, ...family }]
      })
    })
  }

  #endEach(places: readonly Place[], ending: EndSession, isEvicted = false): Promise<readonly Session[]> {
    return this.#inParts(places, async (commander, part) => {
      const ended = await Promise.all(
        part.map(({ family }) => this.#families.end(commander, family, ending, isEvicted)),
      )
      return ended.filter((session) => session !== null)
    })
  }

  async #inParts<T>(
    places: readonly Place[],
    work: (commander: CommandClient, part: readonly Place[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const done: T[] = []
    for (let from = 0; from < places.length; from += atOnce) {
      done.push(...(await this.#step((commander) => work(commander, places.slice(from, from + atOnce)))))
    }
    return done
  }
}

/** Of those that were refreshed at the same second, any order will do that is the same everywhere. */
function byRefresh(one: Found, other: Found): number {
  return one.session.refreshedAt - other.session.refreshedAt || (one.place.text < other.place.text ? -1 : 1)
}
