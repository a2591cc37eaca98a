import { ConfigError } from '@claimcheck/core'
import type { Revoker } from '@claimcheck/core'
import { classProperty, describe, hasMethod, readFunction, readNumber } from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'
import type { LoginClaims } from '../tokens/login-claims.ts'
import type { SessionStore } from './session-store.ts'
import type { SessionInfo } from './sessions.ts'

/**
 * Asked at each refresh for the claims that hold by now, with those of the login: the same, others, or null for a user
 * who may not go on and is logged out. What it throws fails the refresh, and uses up nothing.
 */
export type RenewClaims = (
  claims: LoginClaims,
  session: SessionInfo,
) => LoginClaims | null | Promise<LoginClaims | null>

/** The settings of sessions: without a store there are none. */
export interface SessionOptions {
  /** Where sessions are kept: `createSessionStore()` in one process. */
  readonly store?: SessionStore
  /** The list that the APIs ask; a logout revokes the access tokens of its session there. @default they end by themselves */
  readonly revocation?: Revoker
  /** How long a session lasts without a refresh, 60 to 31,536,000. @default 1,209,600: two weeks */
  readonly sessionIdleSeconds?: number
  /** How long a session lasts at most, 60 to 31,536,000. @default 7,776,000: ninety days */
  readonly sessionAbsoluteSeconds?: number
  /** How long a client whose answer was lost may repeat a refresh, 0 to 60; 0: never. @default 10 */
  readonly reuseGraceSeconds?: number
  /** How many sessions a user may have, 1 to 10,000: a login beyond it ends the one that was refreshed longest ago. @default 50 */
  readonly maxSessionsPerSubject?: number
  readonly renewClaims?: RenewClaims
  /** How long a call of the store or of the list of revocations may take, 0.01 to 60 seconds. @default 5 */
  readonly storeTimeoutSeconds?: number
}

/** How long sessions and repetitions last, in seconds. */
export interface SessionRules {
  readonly idleSeconds: number
  readonly absoluteSeconds: number
  readonly reuseGraceSeconds: number
  readonly maxPerSubject: number
}

/** The options of sessions, parsed. */
export interface SessionSettings {
  readonly store: SessionStore
  readonly revocation: Revoker | null
  readonly rules: SessionRules
  readonly renewClaims: RenewClaims | null
  readonly storeTimeoutSeconds: number
}

export const sessionOptionNames = [
  'store',
  'revocation',
  'sessionIdleSeconds',
  'sessionAbsoluteSeconds',
  'reuseGraceSeconds',
  'maxSessionsPerSubject',
  'renewClaims',
  'storeTimeoutSeconds',
] as const

const storeMethods = ['begin', 'find', 'rotate', 'end', 'endSession', 'endAll', 'list']
const longest = 31_536_000

/** Parses the options of sessions; null where there is no store. */
export function parseSessionOptions(fields: Fields, accessTokenSeconds: number): SessionSettings | null {
  const named = sessionOptionNames.find((name) => name !== 'store' && fields.has(name))
  if (!fields.has('store')) {
    if (named === undefined) return null
    throw new ConfigError(named, 'beside a store, which keeps sessions', 'without one')
  }
  const number = (name: string, least: number, most: number, otherwise: number) => {
    return fields.has(name) ? readNumber(name, fields.get(name), least, most) : otherwise
  }
  const absoluteSeconds = number('sessionAbsoluteSeconds', 60, longest, 7_776_000)
  const idleSeconds = number('sessionIdleSeconds', 60, longest, Math.min(1_209_600, absoluteSeconds))
  const reuseGraceSeconds = number('reuseGraceSeconds', 0, 60, 10)
  const longestToken = idleSeconds - reuseGraceSeconds
  if (accessTokenSeconds > longestToken) {
    const must = `${longestToken} or less, sessionIdleSeconds without the grace: no token outlives its session`
    throw new ConfigError('accessTokenSeconds', must, describe(accessTokenSeconds))
  }
  if (idleSeconds > absoluteSeconds) {
    throw new ConfigError(
      'sessionIdleSeconds',
      `no more than sessionAbsoluteSeconds, ${absoluteSeconds}`,
      describe(idleSeconds),
    )
  }
  return Object.freeze({
    store: withMethods<SessionStore>('store', fields.get('store'), storeMethods),
    revocation: fields.has('revocation') ? readRevoker(fields.get('revocation'), accessTokenSeconds) : null,
    rules: Object.freeze({
      idleSeconds,
      absoluteSeconds,
      reuseGraceSeconds,
      maxPerSubject: number('maxSessionsPerSubject', 1, 10_000, 50),
    }),
    renewClaims: fields.has('renewClaims') ? readFunction<RenewClaims>('renewClaims', fields.get('renewClaims')) : null,
    storeTimeoutSeconds: readTimeout(fields, 'storeTimeoutSeconds', 5),
  })
}

export function readTimeout(fields: Fields, name: string, defaultSeconds: number): number {
  return fields.has(name) ? readNumber(name, fields.get(name), 0.01, 60) : defaultSeconds
}

function readRevoker(value: unknown, accessTokenSeconds: number): Revoker {
  const revoker = withMethods<Revoker & { readonly maxTokenLifetimeSeconds?: unknown }>('revocation', value, [
    'revokeToken',
    'revokeSession',
    'revokeSubject',
  ])
  const longestToken = classProperty(revoker, 'maxTokenLifetimeSeconds')
  if (longestToken === undefined) return revoker
  if (typeof longestToken !== 'number' || Number.isNaN(longestToken)) {
    throw new ConfigError('revocation.maxTokenLifetimeSeconds', 'a number of seconds', describe(longestToken))
  }
  if (longestToken >= accessTokenSeconds) return revoker
  throw new ConfigError(
    'accessTokenSeconds',
    `no more than the list of revocations remembers, ${longestToken}`,
    `${accessTokenSeconds}`,
  )
}

function withMethods<T>(field: string, value: unknown, methods: readonly string[]): T {
  const missing =
    typeof value === 'object' && value !== null ? methods.find((name) => !hasMethod(value, name)) : methods[0]
  if (missing === undefined) return value as T
  throw new ConfigError(
    field,
    `an object with the methods ${methods.join(', ')}`,
    `${describe(value)} without ${missing}`,
  )
}
