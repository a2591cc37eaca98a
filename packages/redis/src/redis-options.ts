import { ConfigError } from '@claimcheck/core'
import {
  describe,
  hasMethod,
  createMillisecondsClock,
  readFields,
  readFunction,
  readNumber,
  readString,
} from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'

/** The options of the stores. Durations are in seconds. */
export interface RedisStoreOptions {
  /** The prefix of all keys. @default 'claimcheck' */
  readonly prefix?: string
  /**
   * How old the known revocations can be. After that, every request is rejected with `revocation_unavailable` until Redis
   * responds again. `null` skips this check. At least three heartbeats, at most 86,400. @default 30, or three heartbeats
   */
  readonly maxStalenessSeconds?: number | null
  /** At least the `clockToleranceSeconds` of every Auth that uses the revocations; 0 to 300. @default 5 */
  readonly clockToleranceSeconds?: number
  /** The maximum lifetime of an access token; 1 to 31,622,400. @default 86400 */
  readonly maxTokenLifetimeSeconds?: number
  /** How far the clocks of processes can differ. Redis keeps everything so much longer; 0 to 3,600. @default 60 */
  readonly clockSkewSeconds?: number
  /** The maximum number of live revocations. Further ones are rejected; 1 to 100,000,000. @default 1000000 */
  readonly maxEntries?: number
  /** The time limit of a command; 0.01 to 60. @default 2 */
  readonly commandTimeoutSeconds?: number
  /** How often the process checks Redis. After three heartbeats without a response it reconnects; 0.01 to 60. @default 1 */
  readonly heartbeatSeconds?: number
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/** The parsed options. */
export interface RedisSettings {
  readonly prefix: string
  readonly maxStalenessSeconds: number | null
  readonly clockToleranceSeconds: number
  readonly maxTokenLifetimeSeconds: number
  readonly clockSkewSeconds: number
  readonly maxEntries: number
  readonly commandTimeoutSeconds: number
  readonly heartbeatSeconds: number
  /** In milliseconds. */
  readonly now: () => number
}

const day = 86_400

/** Options that are a number: min, max and default. */
const numbers = {
  clockToleranceSeconds: [0, 300, 5],
  maxTokenLifetimeSeconds: [1, 366 * day, day],
  clockSkewSeconds: [0, 3600, 60],
  maxEntries: [1, 100_000_000, 1_000_000],
  commandTimeoutSeconds: [0.01, 60, 2],
  heartbeatSeconds: [0.01, 60, 1],
} as const

const names = ['prefix', 'now', 'maxStalenessSeconds', ...Object.keys(numbers)]

/** Parses the options. Throws the ConfigError of the first invalid option. */
export function parseRedisOptions(options: unknown): RedisSettings {
  const fields = readFields('', options, names)
  const number = (name: keyof typeof numbers) => {
    const [min, max, defaultValue] = numbers[name]
    return fields.has(name) ? readNumber(name, fields.get(name), min, max) : defaultValue
  }
  const heartbeatSeconds = number('heartbeatSeconds')
  return Object.freeze({
    prefix: fields.has('prefix') ? readString('prefix', fields.get('prefix')) : 'claimcheck',
    maxStalenessSeconds: readMaxStaleness(fields, heartbeatSeconds),
    clockToleranceSeconds: number('clockToleranceSeconds'),
    maxTokenLifetimeSeconds: number('maxTokenLifetimeSeconds'),
    clockSkewSeconds: number('clockSkewSeconds'),
    maxEntries: number('maxEntries'),
    commandTimeoutSeconds: number('commandTimeoutSeconds'),
    heartbeatSeconds,
    now: createMillisecondsClock(fields.has('now') ? readFunction('now', fields.get('now'), true) : () => Date.now()),
  })
}

/** It takes three heartbeats to notice a lost connection. With a lower maximum, requests would be rejected meanwhile. */
function readMaxStaleness(fields: Fields, heartbeatSeconds: number): number | null {
  const name = 'maxStalenessSeconds'
  const min = Math.round(3000 * heartbeatSeconds) / 1000
  if (!fields.has(name)) return Math.max(30, min)
  return fields.get(name) === null ? null : readNumber(name, fields.get(name), min, day)
}

const methods = ['duplicate', 'connect', 'withCommandOptions', 'evalSha', 'xRead', 'zScan'] as const

/** Throws a ConfigError for a value that is not a client, such as a URL or the options of a client. */
export function assertRedisClient(client: unknown): void {
  const missing = methods.find((name) => !hasMethod(Object(client) as object, name))
  if (missing === undefined) return
  throw new ConfigError(
    'client',
    'a client of the package redis, version 5 or 6, as createClient returns it',
    describe(client),
  )
}
