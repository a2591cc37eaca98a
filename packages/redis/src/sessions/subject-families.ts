import type { Beginning, Ending, Session, Subject } from '@claimcheck/issuer'
import type { Commander } from '../redis-client.ts'
import type { Families } from './families.ts'
import type { Step } from '../step.ts'
import type { Place, SubjectIndex } from './subject-index.ts'

/** A family that has not ended, and where it is found. */
interface Live {
  readonly place: Place
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
  async begin(beginning: Beginning): Promise<readonly Session[]> {
    const { session, hashes, maxPerSubject, lingerSeconds } = beginning
    const now = session.createdAt
    const { count, others } = await this.#step(async (commander) => {
      const added = await this.#index.add(commander, hashes.family, session)
      await this.#families.begin(commander, beginning, added.deadline)
      return added
    })
    if (count <= maxPerSubject) {
      await this.#live(
        session,
        now,
        others.filter(({ isOld }) => isOld),
      )
      return []
    }
    const live = (await this.#live(session, now)).toSorted(byRefresh)
    const tooMany = live.slice(0, Math.max(0, live.length - maxPerSubject))
    return this.#endEach(
      tooMany.map(({ place }) => place),
      { now, lingerSeconds },
    )
  }

  async end(ending: Ending & Subject, isMeant: (place: Place) => boolean): Promise<readonly Session[]> {
    const places = await this.#step((commander) => this.#index.read(commander, ending))
    return this.#endEach(places.filter(isMeant), ending)
  }

  async list(query: Subject & { readonly now: number }): Promise<readonly Session[]> {
    return (await this.#live(query, query.now)).map(({ session }) => session)
  }

  /** The families of a subject, or those at some places, that have not ended; gives up the places that lead nowhere. */
  async #live(subject: Subject, now: number, some?: readonly Place[]): Promise<readonly Live[]> {
    const places = some ?? (await this.#step((commander) => this.#index.read(commander, subject)))
    return this.#inParts(places, async (commander, part) => {
      const read = await Promise.all(part.map(({ family }) => this.#families.read(commander, family, now)))
      const empty = part.filter((_place, at) => read[at] === null)
      await this.#index.giveUp(commander, subject, empty)
      return part.flatMap((place, at) => {
        const session = read[at] ?? null
        return session === null || session === 'ended' ? [] : [{ place, session }]
      })
    })
  }

  #endEach(places: readonly Place[], ending: Ending): Promise<readonly Session[]> {
    return this.#inParts(places, async (commander, part) => {
      const ended = await Promise.all(part.map(({ family }) => this.#families.end(commander, family, ending)))
      return ended.filter((session) => session !== null)
    })
  }

  async #inParts<T>(
    places: readonly Place[],
    work: (commander: Commander, part: readonly Place[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const done: T[] = []
    for (let from = 0; from < places.length; from += atOnce) {
      done.push(...(await this.#step((commander) => work(commander, places.slice(from, from + atOnce)))))
    }
    return done
  }
}

/** Of those that were refreshed at the same second, any order will do that is the same everywhere. */
function byRefresh(one: Live, other: Live): number {
  return one.session.refreshedAt - other.session.refreshedAt || (one.place.text < other.place.text ? -1 : 1)
}
