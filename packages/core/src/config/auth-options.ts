import type { StandardSchemaV1 } from '@standard-schema/spec'
import { decrypterInternals } from '../encryption/recipient.ts'
import type { Opener } from '../encryption/recipient.ts'
import { ConfigError, defaultStyle } from '../failure/errors.ts'
import type { AuthError } from '../failure/errors.ts'
import type { ResponseRules } from '../http/response.ts'
import type { FetchLike } from '../keys/fetch-json.ts'
import { createKeyFetchContext } from '../keys/remote-keys.ts'
import type { Background } from '../keys/remote-keys.ts'
import {
  clockOption,
  defineOptions,
  describe,
  describeOther,
  later,
  number,
  optionNames,
  parseFields,
  readFields,
  readFunction,
  readOptions,
  readString,
  wholeNumber,
} from '../lib/options.ts'
import type { Fields, LaterOption } from '../lib/options.ts'
import { classProperty, hasMethod } from '../lib/properties.ts'
import type { Principal } from '../principal/principal.ts'
import { defaultRoles, parseRoleMap } from '../principal/roles.ts'
import type { RoleMap, RoleRule } from '../principal/roles.ts'
import type { ParsedLocation, TokenSource } from '../request/credentials.ts'
import type { RequestLike } from '../request/headers.ts'
import type { IsRevoked } from '../revocation/check.ts'
import type { Revocations } from '../revocation/revocations.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { issuerOptions, parseIssuer, parseListedIssuer } from './issuer-options.ts'
import type { IssuerContext, TrustedIssuer, TrustedIssuerOptions } from './issuer-options.ts'
import { SecretRegistry } from './key-options.ts'
import { defaultTokenFrom, parseTokenFrom } from './token-location.ts'

/** The options of an Auth that apply to the tokens of all issuers. */
export interface CommonOptions<R extends string = string, C = JwtClaims> {
  /**
   * A synchronous Standard Schema (zod, valibot, arktype), which validates the claims of each verified token and types
   * `principal.claims`. @default the claims are used as they are
   */
  readonly claims?: StandardSchemaV1<unknown, C>
  /** How many seconds the clocks of issuer and server can differ, from 0 to 300. @default 5 */
  readonly clockToleranceSeconds?: number
  /** The maximum length of a token in bytes, from 1 to 65,536. @default 8192 */
  readonly maxTokenBytes?: number
  /** The realm of the challenge in `WWW-Authenticate` (RFC 9110 section 11.5). @default 'api' */
  readonly realm?: string
  /** An absolute URL; with the error code appended, it is the `type` of problem bodies (RFC 9457). @default `about:blank` */
  readonly problemTypeBase?: string
  /** Where the token is read. If there are several locations, the first one with a value is used. @default 'authorization' */
  readonly tokenFrom?: TokenSource
  /**
   * The list of revoked tokens, sessions and subjects. It is checked for every request, even if the token is cached. With a
   * list, tokens must have `jti`, `iat` and `exp`. @default tokens cannot be revoked
   */
  readonly revocation?: Revocations
  /**
   * A custom check for revocation, called last, for every request. If it returns anything but a boolean, throws, or takes
   * longer than 2 seconds, the response is 503. @default not called
   */
  isRevoked?(principal: Principal<R, C>): boolean | Promise<boolean>
  /**
   * Called with each AuthError, for logs. The request is null if there is none, as for `verifyToken`. Errors that the
   * function throws are ignored. @default not called
   */
  readonly onAuthError?: (error: AuthError, request: RequestLike | null) => void
  /**
   * How many verified tokens are cached, from 1 to 1,000,000, and how many bytes they may occupy, from 65,536 to
   * 17,179,869,184; null turns the cache off. @default { max: 10_000, maxBytes: 33_554_432 }
   */
  readonly cache?: { readonly max?: number; readonly maxBytes?: number } | null
  /** Fetches keys in place of the platform's `fetch`, for example through a proxy. @default fetch */
  readonly fetch?: FetchLike
  /**
   * Called when a key refresh starts in the background, with its promise and the request that started it (null if
   * there was none, as for `verifyToken`). Pass the promise to `waitUntil` of the runtime, so that the refresh is not cancelled when the request
   * ends. The promise never rejects. Errors that the function throws are ignored. @default not called
   */
  readonly background?: (promise: Promise<void>, request: RequestLike | null) => void
  /** The clock, in milliseconds since the epoch, for tests. @default Date.now */
  readonly now?: () => number
}

/** An entry of `issuers`. The type of `roles` makes TypeScript infer R as the union of the roles of all entries. */
type ListedIssuer<R extends string> = Omit<TrustedIssuerOptions, 'roles'> & {
  readonly roles?: { readonly [K in R]?: RoleRule }
}

type Absent<T> = { readonly [K in keyof T]?: never }

/** The options of `createAuth`: the common options with those of one issuer, or with a list of `issuers`. */
export type AuthOptions<R extends string = string, C = JwtClaims> = CommonOptions<R, C> &
  (
    | (TrustedIssuerOptions<R> & { readonly issuers?: never })
    | (Absent<Omit<TrustedIssuerOptions<R>, 'roles'>> & {
        /** The role map of the issuers that have none. The two are never merged. */
        readonly roles?: RoleMap<R>
        /** The issuers whose tokens are accepted; each has its own keys, audience and rules. */
        readonly issuers: readonly [ListedIssuer<R>, ...ListedIssuer<R>[]]
      })
  )

/** The limits of the cache of verified tokens: how many, and how many bytes they may occupy. */
export interface CacheLimits {
  readonly max: number
  readonly maxBytes: number
}

/** The options of an Auth, parsed and frozen. */
export interface AuthSettings extends ResponseRules {
  /** The issuers by `iss`. If `iss` is not checked, there is only one, and its key is null. */
  readonly issuers: ReadonlyMap<string | null, TrustedIssuer>
  /** Where keys are fetched from, without queries. Empty if no keys are fetched. */
  readonly keyUrls: ReadonlySet<string>
  /** Decrypts the tokens of the issuers that have a decrypter; null if none has. */
  readonly decryption: Opener | null
  readonly schema: StandardSchemaV1 | null
  readonly maxTokenBytes: number
  /** The locations, in the order in which they are read. */
  readonly tokenFrom: readonly ParsedLocation[]
  readonly clockToleranceSeconds: number
  readonly revocation: Revocations | null
  readonly isRevoked: IsRevoked | null
  /** Null if no token is cached. */
  readonly cache: CacheLimits | null
  readonly now: () => number
}

export const cacheOptions = defineOptions({
  max: { read: wholeNumber(1, 1_000_000), fallback: 10_000 },
  maxBytes: { read: wholeNumber(65_536, 2 ** 34), fallback: 2 ** 25 },
})

export const commonOptions = defineOptions({
  claims: { read: readSchema, fallback: null },
  clockToleranceSeconds: { read: number(0, 300), fallback: 5 },
  maxTokenBytes: { read: number(1, 65_536), fallback: 8192 },
  realm: { read: readRealm, fallback: defaultStyle.realm, allowsUndefined: true },
  problemTypeBase: { read: readProblemTypeBase, fallback: null, allowsUndefined: true },
  tokenFrom: { read: parseTokenFrom, fallback: defaultTokenFrom },
  revocation: { read: later, fallback: null },
  isRevoked: { read: readFunction<IsRevoked>, fallback: null },
  onAuthError: { read: readFunction<NonNullable<AuthSettings['onAuthError']>>, fallback: null, allowsUndefined: true },
  cache: { read: readCache, fallback: { max: cacheOptions.max.fallback, maxBytes: cacheOptions.maxBytes.fallback } },
  fetch: { read: readFunction<FetchLike>, fallback: null, allowsUndefined: true },
  background: { read: readFunction<Background>, fallback: null },
  now: clockOption,
})

/** Names that other packages use, and options of `jwtAuth`. The ConfigError says what to use. */
const renamedOptions = defineOptions({
  secret: { useInstead: 'keys: { secret }' },
  publicKey: { useInstead: 'keys: { publicKey }' },
  jwks: { useInstead: 'keys: { jwks }' },
  jwksUrl: { useInstead: 'keys: { jwksUrl }' },
  jwksUri: { useInstead: 'keys: { jwksUrl }' },
  mode: { useInstead: 'jwtAuth(auth, { mode })' },
  errors: { useInstead: 'jwtAuth(auth, { onError })' },
  onError: { useInstead: 'jwtAuth(auth, { onError })' },
  credentialsRequired: { useInstead: "jwtAuth(auth, { mode: 'optional' })" },
  getToken: { useInstead: 'tokenFrom' },
})

/** All options of `createAuth`. */
export const authOptions = defineOptions({
  ...commonOptions,
  ...issuerOptions,
  issuers: { read: later, fallback: null },
  ...renamedOptions,
})

/** Parses the options of `createAuth`; throws the ConfigError of the first one that is wrong. */
export function parseConfig(options: unknown): AuthSettings {
  const fields = readFields('', options, authOptions)
  const common = parseFields('', fields, commonOptions)
  const { clockToleranceSeconds, maxTokenBytes, realm, problemTypeBase, now } = common
  const revocation = common.revocation === null ? null : parseRevocation(common.revocation, clockToleranceSeconds)
  const fetchContext = createKeyFetchContext(common)
  const issuers = parseIssuers(fields, {
    clockToleranceSeconds,
    fetchContext,
    secrets: new SecretRegistry(),
    revocation,
  })
  return Object.freeze({
    issuers,
    keyUrls: fetchContext.keyUrls,
    decryption: bindDecrypters([...issuers.values()], maxTokenBytes),
    clockToleranceSeconds,
    schema: common.claims,
    maxTokenBytes,
    style: Object.freeze({ realm, problemTypeBase }),
    tokenFrom: common.tokenFrom,
    revocation,
    isRevoked: common.isRevoked,
    onAuthError: common.onAuthError,
    cache: common.cache,
    now,
  })
}

/** Returns the function that decrypts tokens, or null if no issuer has a decrypter. */
function bindDecrypters(issuers: readonly TrustedIssuer[], maxTokenBytes: number): Opener | null {
  const decrypter = issuers.find((issuer) => issuer.decrypter !== null)?.decrypter ?? null
  return decrypter === null ? null : decrypter[decrypterInternals].bind(issuers, maxTokenBytes)
}

type SharedContext = Omit<IssuerContext, 'fallbackRoles'>

function parseIssuers(fields: Fields, shared: SharedContext): ReadonlyMap<string | null, TrustedIssuer> {
  if (fields.has('issuers')) return parseList(fields, shared)
  const issuer = parseIssuer('', fields, { ...shared, fallbackRoles: defaultRoles })
  return new Map([[issuer.issuer, issuer]])
}

function parseList(fields: Fields, shared: SharedContext): ReadonlyMap<string, TrustedIssuer> {
  const misplaced = optionNames(issuerOptions).find((name) => name !== 'roles' && fields.has(name))
  if (misplaced !== undefined) {
    throw new ConfigError(misplaced, 'it in each entry of "issuers"', 'it next to "issuers"')
  }
  const listed = fields.get('issuers')
  if (!Array.isArray(listed) || listed.length === 0) {
    throw new ConfigError('issuers', 'a non-empty array of issuers', describe(listed))
  }
  const rolesOfOne = listed.length === 1 ? defaultRoles : null
  const fallbackRoles = fields.has('roles') ? parseRoleMap('roles', fields.get('roles')) : rolesOfOne
  const byName = new Map<string, TrustedIssuer>()
  for (const [index, entry] of listed.entries()) {
    const path = `issuers[${index}]`
    const [name, issuer] = parseListedIssuer(path, entry, { ...shared, fallbackRoles })
    if (byName.has(name))
      throw new ConfigError(`${path}.issuer`, 'an issuer that no earlier entry has', 'the same issuer again')
    byName.set(name, issuer)
  }
  return byName
}

function readSchema(option: string, value: unknown): StandardSchemaV1 {
  const isObject = (typeof value === 'object' || typeof value === 'function') && value !== null
  if (isObject && classProperty(value, '~standard') !== undefined) return value as StandardSchemaV1
  throw new ConfigError(option, 'a Standard Schema (for example of zod, valibot or arktype)', describe(value))
}

/** Reads the realm. It is sent as a quoted string (RFC 9110 section 5.6.4), so quotes and backslashes are not allowed. */
function readRealm(option: string, value: unknown): string {
  if (typeof value === 'string' && /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/.test(value)) return value
  throw new ConfigError(option, 'printable ASCII without quotes and backslashes', describeOther(value))
}

function readProblemTypeBase(option: string, value: unknown): string {
  const base = readString(option, value)
  if (URL.canParse(base)) return base
  throw new ConfigError(option, 'an absolute URL that the code is appended to', describeOther(base))
}

function readCache(option: string, value: unknown): CacheLimits | null {
  if (value === null) return null
  if (typeof value !== 'object') throw new ConfigError(option, 'null or { max, maxBytes }', describe(value))
  return readOptions(option, value, cacheOptions)
}

const listMethods = ['isRevoked', 'revokeToken', 'revokeSession', 'revokeSubject']

/**
 * Parses a revocation list. If its clock tolerance were smaller than that of the Auth, the list could delete an entry while
 * the Auth still accepts the token.
 */
function parseRevocation({ option, value }: LaterOption, clockToleranceSeconds: number): Revocations {
  const expected = `a revocation list with the methods ${listMethods.join(', ')}, as createRevocations() returns it`
  if (typeof value !== 'object' || value === null) throw new ConfigError(option, expected, describe(value))
  const missing = listMethods.find((name) => !hasMethod(value, name))
  if (missing !== undefined) throw new ConfigError(option, expected, `an object without the method ${missing}`)
  const tolerance = classProperty(value, 'clockToleranceSeconds')
  if (typeof tolerance !== 'number' || !(tolerance >= clockToleranceSeconds)) {
    throw new ConfigError(
      `${option}.clockToleranceSeconds`,
      `at least ${clockToleranceSeconds}, the clockToleranceSeconds of the Auth`,
      describe(tolerance),
    )
  }
  const longest = classProperty(value, 'maxTokenLifetimeSeconds')
  if (typeof longest === 'number' && longest > 0) return value as Revocations
  throw new ConfigError(`${option}.maxTokenLifetimeSeconds`, 'a positive number of seconds', describe(longest))
}
