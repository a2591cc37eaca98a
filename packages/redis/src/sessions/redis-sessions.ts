import type { CreateSession, EndSession, TokenLookup, RotateToken, SessionStore, SubjectRef } from '@claimcheck/issuer'
import type { RedisClient } from '../redis-client.ts'
import type { RedisSettings } from '../redis-options.ts'
import type { RedisStoreError } from '../redis-store-error.ts'
import { createStep } from '../connection/commands.ts'
import { Families } from './stored-sessions.ts'
import { SubjectFamilies } from './subject-sessions.ts'
import { SubjectIndex } from './subject-index.ts'

/** Families of refresh tokens that processes share. */
export function createRedisSessions(
  client: RedisClient,
  settings: RedisSettings,
  findOutage: () => RedisStoreError | null,
): SessionStore {
  const step = createStep(client, settings, findOutage)
  const index = new SubjectIndex(settings)
  const families = new Families(settings)
  const ofSubjects = new SubjectFamilies(step, index, families)
  return Object.freeze({
    begin: (beginning: CreateSession) => ofSubjects.begin(beginning),
    find: (look: TokenLookup) => step((commander) => families.look(commander, look)),
    rotate: (rotation: RotateToken) => step((commander) => families.rotate(commander, rotation)),
    end: ({ family, ...ending }: EndSession & { family: string }) => {
      return step((commander) => families.end(commander, family, ending))
    },
    endSession: async ({ sid, ...ending }: EndSession & SubjectRef & { sid: string }) => {
      return (await ofSubjects.end(ending, (place) => place.sid === sid))[0] ?? null
    },
    endAll: (ending: EndSession & SubjectRef) => ofSubjects.end(ending, () => true),
    list: (query: SubjectRef & { now: number }) => ofSubjects.list(query),
  })
}
