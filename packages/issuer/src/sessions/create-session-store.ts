import { readFields, readNumber } from '@claimcheck/core/internal'
import { Families } from './memory-session-store.ts'
import type { CreateSession, EndSession, TokenLookup, RotateToken, SessionStore, SubjectRef } from './session-store.ts'

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
    begin: async (beginning: CreateSession) => families.begin(beginning),
    find: async (look: TokenLookup) => families.look(look),
    rotate: async (rotation: RotateToken) => families.rotate(rotation),
    end: async ({ family, ...ending }: EndSession & { family: string }) => families.end(family, ending),
    endSession: async ({ sid, ...ending }: EndSession & SubjectRef & { sid: string }) => {
      return families.endOf(ending, (session) => session.sid === sid)[0] ?? null
    },
    endAll: async (ending: EndSession & SubjectRef) => families.endOf(ending, () => true),
    list: async (query: SubjectRef & { now: number }) => families.list(query),
  })
}
