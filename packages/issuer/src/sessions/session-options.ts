import { ConfigError } from '@claimcheck/core'
import type { Revoker } from '@claimcheck/core'
import { classProperty, describe, hasMethod, readFunction, readNumber } from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'
import type { LoginClaims } from '../tokens/login-claims.ts'
import type { SessionInfo, SessionStore } from './session-store.ts'

/**
 * Called at each refresh with the claims of the login. Returns the claims of the next access token; `sub` must not change.
 * If it returns null, the session ends. If it throws, the refresh fails, and the refresh token stays valid.
 */
export type RenewClaims = (
  claims: LoginClaims,
  session: SessionInfo,
) => LoginClaims | null | Promise<LoginClaims | null>

/** The options of sessions. All others require `store`. */
export interface SessionOptions {
  /** Where sessions are stored: `createSessionStore()` for one process. */
  readonly store?: SessionStore
  /** The revocation list that the APIs check. Ending a session revokes its access tokens. @default they only expire */
  readonly revocation?: Revoker
  /** A session expires if it is not refreshed for so long, 60 to 31,536,000. @default 1,209,600: two weeks */
  readonly sessionIdleSeconds?: number
  /** The maximum duration of a session, 60 to 31,536,000. @default 7,776,000: ninety days */
  readonly sessionAbsoluteSeconds?: number
  /** How long a client that lost the response can repeat a refresh, 0 to 60; 0 turns that off. @default 10 */
  readonly reuseGraceSeconds?: number
  /** The maximum number of sessions per user, 1 to 10,000. A further login ends the least recently refreshed one. @default 50 */
  readonly maxSessionsPerSubject?: number
  readonly renewClaims?: RenewClaims
  /** How long a call of the store or of the revocation list can take, 0.01 to 60. @default 5 */
  readonly storeTimeoutSeconds?: number
}

/** Limits of sessions. */
export interface SessionLimits {
  readonly idleSeconds: number
  readonly absoluteSeconds: number
  readonly reuseGraceSeconds: number
  readonly maxPerSubject: number
}

/** The parsed options of sessions. */
export interface SessionSettings {
  readonly store: SessionStore
  readonly revocation: Revoker | null
  readonly limits: SessionLimits
  readonly renewClaims: RenewClaims | null
  readonly storeTimeoutSeconds: number
}

const year = 31_536_000

/** Options that are a number: min, max and default. The default of `sessionIdleSeconds` is at most `sessionAbsoluteSeconds`. */
const numbers = {
  sessionAbsoluteSeconds: [60, year, 7_776_000],
  sessionIdleSeconds: [60, year, 1_209_600],
  reuseGraceSeconds: [0, 60, 10],
  maxSessionsPerSubject: [1, 10_000, 50],
  storeTimeoutSeconds: [0.01, 60, 5],
} as const

export const sessionOptionNames: readonly string[] = ['store', 'revocation', 'renewClaims', ...Object.keys(numbers)]

const storeMethods = ['begin', 'find', 'rotate', 'end', 'endSession', 'endAll', 'list']
const revokerMethods = ['revokeToken', 'revokeSession', 'revokeSubject']

/** Parses the options of sessions. Returns null if there is no store. */
export function parseSessionOptions(fields: Fields, accessTokenSeconds: number): SessionSettings | null {
  if (!fields.has('store')) {
    const name = sessionOptionNames.find((each) => fields.has(each))
    if (name === undefined) return null
    const message = `Option "${name}" requires the option "store"`
    throw new ConfigError(name, 'the option "store" too', 'no store', { message })
  }
  const number = (name: keyof typeof numbers) => {
    const [min, max, defaultValue] = numbers[name]
    return fields.has(name) ? readNumber(name, fields.get(name), min, max) : defaultValue
  }
  const absoluteSeconds = number('sessionAbsoluteSeconds')
  const idleSeconds = fields.has('sessionIdleSeconds')
    ? number('sessionIdleSeconds')
    : Math.min(number('sessionIdleSeconds'), absoluteSeconds)
  const reuseGraceSeconds = number('reuseGraceSeconds')
  const maxTokenSeconds = idleSeconds - reuseGraceSeconds
  if (accessTokenSeconds > maxTokenSeconds) {
    const reason = 'sessionIdleSeconds minus reuseGraceSeconds, so that no token outlives its session'
    throw new ConfigError('accessTokenSeconds', `at most ${maxTokenSeconds} (${reason})`, describe(accessTokenSeconds))
  }
  if (idleSeconds > absoluteSeconds) {
    throw new ConfigError(
      'sessionIdleSeconds',
      `at most ${absoluteSeconds} (sessionAbsoluteSeconds)`,
      describe(idleSeconds),
    )
  }
  return Object.freeze({
    store: readObjectWithMethods<SessionStore>('store', fields.get('store'), storeMethods),
    revocation: fields.has('revocation') ? readRevoker(fields.get('revocation'), accessTokenSeconds) : null,
    limits: Object.freeze({
      idleSeconds,
      absoluteSeconds,
      reuseGraceSeconds,
      maxPerSubject: number('maxSessionsPerSubject'),
    }),
    renewClaims: fields.has('renewClaims') ? readFunction<RenewClaims>('renewClaims', fields.get('renewClaims')) : null,
    storeTimeoutSeconds: number('storeTimeoutSeconds'),
  })
}

function readRevoker(value: unknown, accessTokenSeconds: number): Revoker {
  const revoker = readObjectWithMethods<Revoker>('revocation', value, revokerMethods)
  const maxSeconds = classProperty(revoker, 'maxTokenLifetimeSeconds')
  if (maxSeconds === undefined) return revoker
  if (typeof maxSeconds !== 'number' || Number.isNaN(maxSeconds)) {
    throw new ConfigError('revocation.maxTokenLifetimeSeconds', 'a number of seconds', describe(maxSeconds))
  }
  if (maxSeconds >= accessTokenSeconds) return revoker
  throw new ConfigError(
    'accessTokenSeconds',
    `at most ${maxSeconds} (maxTokenLifetimeSeconds of revocation)`,
    describe(accessTokenSeconds),
  )
}

function readObjectWithMethods<T>(option: string, value: unknown, methods: readonly string[]): T {
  const isObject = typeof value === 'object' && value !== null
  const missing = isObject ? methods.find((name) => !hasMethod(value, name)) : undefined
  if (isObject && missing === undefined) return value as T
  throw new ConfigError(
    option,
    `an object with the methods ${methods.join(', ')}`,
    missing === undefined ? describe(value) : `${describe(value)} without ${missing}`,
  )
}
