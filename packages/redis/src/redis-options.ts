import { ConfigError } from '@claimcheck/core'
import {
  describe,
  hasMethod,
  millisecondsBy,
  readFields,
  readFunction,
  readNumber,
  readString,
} from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'

/** How the stores behave. Times are seconds. */
export interface RedisStoreOptions {
  /** What all keys begin with. @default 'claimcheck' */
  readonly prefix?: string
  /**
   * How old what is known of revocations may be. After that nothing is let in (`revocation_unavailable`), until Redis is
   * heard of again; null, written out, serves on with what is known. @default 30
   */
  readonly maxStalenessSeconds?: number | null
  /** No less than the `clockToleranceSeconds` of any Auth that asks. @default 5 */
  readonly clockToleranceSeconds?: number
  /** How long an access token lives at most. @default 86400 */
  readonly maxTokenLifetimeSeconds?: number
  /** How far apart the clocks of processes may be: Redis keeps everything so much longer. @default 60 */
  readonly clockSkewSeconds?: number
  /** How many revocations may be live; further ones are refused. @default 1000000 */
  readonly maxEntries?: number
  /** How long a step may take. @default 2 */
  readonly commandTimeoutSeconds?: number
  /** How often Redis is heard of at least; three times that without a word, and the connection is made anew. @default 1 */
  readonly heartbeatSeconds?: number
  /** In milliseconds. @default Date.now */
  readonly now?: () => number
}

/** The options, each with a value; times in seconds. */
export interface RedisSettings {
  readonly prefix: string
  readonly maxStalenessSeconds: number | null
  readonly clockToleranceSeconds: number
  readonly maxTokenLifetimeSeconds: number
  readonly clockSkewSeconds: number
  readonly maxEntries: number
  readonly commandTimeoutSeconds: number
  readonly heartbeatSeconds: number
  readonly now: () => number
}

const day = 86_400

/** Each number with its least, its most and its default. */
const numbers = {
  clockToleranceSeconds: [0, 300, 5],
  maxTokenLifetimeSeconds: [1, 366 * day, day],
  clockSkewSeconds: [0, 3600, 60],
  maxEntries: [1, 100_000_000, 1_000_000],
  commandTimeoutSeconds: [0.01, 60, 2],
  heartbeatSeconds: [0.01, 60, 1],
} as const

const names = ['prefix', 'now', 'maxStalenessSeconds', ...Object.keys(numbers)]

/** Reads the options, or throws a ConfigError. */
export function readSettings(options: unknown): RedisSettings {
  const fields = readFields('', options, names)
  const number = (name: keyof typeof numbers) => {
    const [least, most, otherwise] = numbers[name]
    return fields.has(name) ? readNumber(name, fields.get(name), least, most) : otherwise
  }
  const heartbeatSeconds = number('heartbeatSeconds')
  return Object.freeze({
    prefix: fields.has('prefix') ? readString('prefix', fields.get('prefix')) : 'claimcheck',
    maxStalenessSeconds: readStaleness(fields, heartbeatSeconds),
    clockToleranceSeconds: number('clockToleranceSeconds'),
    maxTokenLifetimeSeconds: number('maxTokenLifetimeSeconds'),
    clockSkewSeconds: number('clockSkewSeconds'),
    maxEntries: number('maxEntries'),
    commandTimeoutSeconds: number('commandTimeoutSeconds'),
    heartbeatSeconds,
    now: millisecondsBy(fields.has('now') ? readFunction('now', fields.get('now'), true) : () => Date.now()),
  })
}

/** Shorter than a lost connection takes to be noticed, it would refuse everybody now and then. */
function readStaleness(fields: Fields, heartbeatSeconds: number): number | null {
  const name = 'maxStalenessSeconds'
  const least = Math.round(3000 * heartbeatSeconds) / 1000
  if (!fields.has(name)) return Math.max(30, least)
  return fields.get(name) === null ? null : readNumber(name, fields.get(name), least, day)
}

const methods = ['duplicate', 'connect', 'withCommandOptions', 'evalSha', 'xRead', 'zScan'] as const

/** Tells a client from what is none, as a URL or its options. */
export function checkClient(client: unknown): void {
  const missing = methods.find((name) => !hasMethod(Object(client) as object, name))
  if (missing === undefined) return
  throw new ConfigError('client', 'what createClient of the package redis makes, version 5 or 6', describe(client))
}
