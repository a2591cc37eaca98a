import { secondsBy } from '../lib/clock.ts'
import { readFields, readFunction, readNumber } from '../lib/options.ts'
import { publishRevocation } from './publish-revocation.ts'
import type { EntryKind } from './bloom-filter.ts'
import type { NamedEntry } from './read-revocation.ts'
import { RevocationEntries } from './revocation-entries.ts'
import { readRevocation } from './read-revocation.ts'
import type {
  RevocableToken,
  Revocations,
  SessionRevocation,
  SubjectRevocation,
  TokenRevocation,
} from './revocations.ts'

/** The settings of a list that one process keeps. */
export interface RevocationsOptions {
  /** How many entries live at a time at most, 1 to 10,000,000; some 130 bytes each, 18 of them at most from the start. @default 100,000 */
  readonly max?: number
  /** How long the tokens live that are accepted beside the list, 1 to 31,536,000. @default 86,400: a day */
  readonly maxTokenLifetimeSeconds?: number
  /** The tolerance of the Auths that ask, 0 to 300. @default 5, as theirs */
  readonly clockToleranceSeconds?: number
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/**
 * Makes a list of what was revoked that lasts as long as the process. When it is full, to revoke is refused with a
 * `RevocationListFullError`; an entry that still counts is never dropped. What ends goes by itself, without a timer.
 */
export function createRevocations(options: RevocationsOptions = {}): Revocations {
  const fields = readFields('', options, ['max', 'maxTokenLifetimeSeconds', 'clockToleranceSeconds', 'now'])
  const number = (name: string, bounds: readonly [least: number, most: number], otherwise: number) => {
    return fields.has(name) ? readNumber(name, fields.get(name), ...bounds) : otherwise
  }
  const max = number('max', [1, 10_000_000], 100_000)
  const maxTokenLifetimeSeconds = number('maxTokenLifetimeSeconds', [1, 31_536_000], 86_400)
  const clockToleranceSeconds = number('clockToleranceSeconds', [0, 300], 5)
  const now = secondsBy(fields.has('now') ? readFunction('now', fields.get('now'), true) : () => Date.now())
  const subjectSeconds = maxTokenLifetimeSeconds + clockToleranceSeconds
  const entries = new RevocationEntries({ max, expected: max, subjectSeconds, now })
  const read = <T extends object>(revocation: T, names: readonly [name: string, time: string]) => {
    return readRevocation(revocation, names, now())
  }
  const add = (kind: EntryKind, entry: NamedEntry) => {
    entries.add(kind, entry)
    publishRevocation({ kind, ...entry }, subjectSeconds)
  }
  return Object.freeze({
    clockToleranceSeconds,
    maxTokenLifetimeSeconds,
    isRevoked: (token: RevocableToken) => entries.holds(token),
    revokeToken: async (revocation: TokenRevocation) => {
      const { issuer, name, time } = read(revocation, ['jti', 'until'])
      add('tokens', { issuer, name, time: time + clockToleranceSeconds })
    },
    revokeSession: async (revocation: SessionRevocation) => {
      const { issuer, name, time } = read(revocation, ['sid', 'until'])
      add('sessions', { issuer, name, time: time + clockToleranceSeconds })
    },
    revokeSubject: async (revocation: SubjectRevocation) => {
      add('subjects', read(revocation, ['sub', 'issuedBefore']))
    },
  })
}
