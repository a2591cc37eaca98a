import type { Beginning, Ending, Look, Rotation, SessionStore, Subject } from '@claimcheck/issuer'
import type { Commander, RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-settings.ts'
import { explain } from '../redis-store-error.ts'
import { withinTime } from '../within-time.ts'
import { Families } from './families.ts'
import { SubjectFamilies } from './subject-families.ts'
import { SubjectIndex } from './subject-index.ts'

/** Something that is done in Redis within the time that a step may take. */
export type Step = <T>(work: (commander: Commander) => Promise<T>) => Promise<T>

/** Families of refresh tokens that processes share. */
export function createRedisSessions(client: RedisClient, settings: RedisSettings): SessionStore {
  const step: Step = async (work) => {
    try {
      return await withinTime(client, settings.commandTimeoutSeconds * 1000, work)
    } catch (error) {
      throw explain(error)
    }
  }
  const index = new SubjectIndex(settings)
  const families = new Families(settings)
  const ofSubjects = new SubjectFamilies(step, index, families)
  return Object.freeze({
    begin: (beginning: Beginning) => ofSubjects.begin(beginning),
    find: (look: Look) => step((commander) => families.look(commander, look)),
    rotate: (rotation: Rotation) => step((commander) => families.rotate(commander, rotation)),
    end: ({ family, ...ending }: Ending & { family: string }) => {
      return step((commander) => families.end(commander, family, ending))
    },
    endSession: async ({ sid, ...ending }: Ending & Subject & { sid: string }) => {
      return (await ofSubjects.end(ending, (place) => place.sid === sid))[0] ?? null
    },
    endAll: (ending: Ending & Subject) => ofSubjects.end(ending, () => true),
    list: (query: Subject & { now: number }) => ofSubjects.list(query),
  })
}
