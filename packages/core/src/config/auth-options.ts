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
  describe,
  describeOther,
  readFields,
  readFunction,
  readNumber,
  readString,
  unknownOption,
} from '../lib/options.ts'
import type { Fields } from '../lib/options.ts'
import { classProperty } from '../lib/properties.ts'
import type { Principal } from '../principal/principal.ts'
import { defaultRoles, parseRoleMap } from '../principal/roles.ts'
import type { RoleMap, RoleRule } from '../principal/roles.ts'
import type { ParsedLocation, TokenSource } from '../request/credentials.ts'
import type { RequestLike } from '../request/headers.ts'
import type { IsRevoked } from '../revocation/check.ts'
import type { Revocations } from '../revocation/revocations.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { issuerOptionNames, parseIssuer, parseListedIssuer, parseRevocation } from './issuer-options.ts'
import type { IssuerContext, TrustedIssuer, TrustedIssuerOptions } from './issuer-options.ts'
import { SecretRegistry } from './key-options.ts'
import { parseTokenFrom } from './token-location.ts'

/** What holds for the whole Auth, whoever issues the tokens. */
export interface CommonOptions<R extends string = string, C = JwtClaims> {
  /** A synchronous Standard Schema that checks and types `principal.claims`. @default the claims as they are */
  readonly claims?: StandardSchemaV1<unknown, C>
  /** How far clocks may differ, 0 to 300. @default 5 */
  readonly clockToleranceSeconds?: number
  /** The longest token that is read, 1 to 65,536. @default 8192 */
  readonly maxTokenBytes?: number
  /** The realm of the challenge (RFC 9110 section 11.5). @default 'api' */
  readonly realm?: string
  /** A URL that the code is appended to, as the `type` of problem bodies (RFC 9457). @default `about:blank` */
  readonly problemTypeBase?: string
  /** Where the token is taken from; of several places, the first that holds anything. @default 'authorization' */
  readonly tokenFrom?: TokenSource
  /** The tokens, sessions and subjects that were revoked; asked for every request, and needs `jti` and `iat`. @default none */
  readonly revocation?: Revocations
  /** Asked last, for every request. No boolean, a throw, or 2 seconds without an answer: 503. @default none */
  isRevoked?(principal: Principal<R, C>): boolean | Promise<boolean>
  /** Told of each refusal, for logs; null for a token that came without a request. What it throws is ignored. */
  readonly onAuthError?: (error: AuthError, request: RequestLike | null) => void
  /**
   * How many verified tokens are cached, 1 to 1,000,000, and how many bytes they may occupy, 65,536 to 17,179,869,184; null
   * turns the cache off. @default { max: 10,000, maxBytes: 33,554,432 }
   */
  readonly cache?: { readonly max?: number; readonly maxBytes?: number } | null
  /** Fetches keys, as the platform's fetch does: a proxy or an agent fits in here. @default fetch */
  readonly fetch?: FetchLike
  /**
   * Called when a key refresh starts that no request waits for, with its promise and the request that started it; null
   * if the token came without a request. Pass the promise to `waitUntil` of the runtime, so that the refresh is not
   * cancelled with the request. The promise never rejects; what the function throws is ignored. @default not called
   */
  readonly background?: (promise: Promise<void>, request: RequestLike | null) => void
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/** An entry of a list. Its map is written out here, so that the roles of all entries are gathered and not compared. */
type ListedIssuer<R extends string> = Omit<TrustedIssuerOptions, 'roles'> & {
  readonly roles?: { readonly [K in R]?: RoleRule }
}

type Absent<T> = { readonly [K in keyof T]?: never }

/** The options of `createAuth`: one issuer's beside the common ones, or a list of `issuers`. */
export type AuthOptions<R extends string = string, C = JwtClaims> = CommonOptions<R, C> &
  (
    | (TrustedIssuerOptions<R> & { readonly issuers?: never })
    | (Absent<Omit<TrustedIssuerOptions<R>, 'roles'>> & {
        /** The map of the issuers that have none of their own; it is never merged with one. */
        readonly roles?: RoleMap<R>
        readonly issuers: readonly [ListedIssuer<R>, ...ListedIssuer<R>[]]
      })
  )

/** How many verified tokens are cached at most, and how many bytes they may occupy. */
export interface CacheLimits {
  readonly max: number
  readonly maxBytes: number
}

/** The options of an Auth, parsed and frozen. */
export interface AuthSettings extends ResponseRules {
  /** By the exact `iss`; one issuer that is not checked stands under null, alone. */
  readonly issuers: ReadonlyMap<string | null, TrustedIssuer>
  /** Opens the encrypted tokens of the issuers that have keys for it; null where none has. */
  readonly decryption: Opener | null
  readonly schema: StandardSchemaV1 | null
  readonly maxTokenBytes: number
  /** In the order in which they are asked. */
  readonly tokenFrom: readonly ParsedLocation[]
  readonly clockToleranceSeconds: number
  readonly revocation: Revocations | null
  readonly isRevoked: IsRevoked | null
  /** null: no token is cached. */
  readonly cache: CacheLimits | null
  readonly now: () => number
}

const commonOptionNames = [
  'claims',
  'clockToleranceSeconds',
  'maxTokenBytes',
  'realm',
  'problemTypeBase',
  'tokenFrom',
  'revocation',
  'isRevoked',
  'onAuthError',
  'cache',
  'fetch',
  'background',
  'now',
] as const

/** Names of options in other packages, or of options of `jwtAuth`, and what to use instead. */
const renamedOptions: Readonly<Record<string, string>> = {
  secret: 'keys: { secret }',
  publicKey: 'keys: { publicKey }',
  jwks: 'keys: { jwks }',
  jwksUrl: 'keys: { jwksUrl }',
  jwksUri: 'keys: { jwksUrl }',
  mode: 'jwtAuth(auth, { mode })',
  errors: 'jwtAuth(auth, { onError })',
  onError: 'jwtAuth(auth, { onError })',
  credentialsRequired: "jwtAuth(auth, { mode: 'optional' })",
  getToken: 'tokenFrom',
}

function checkRenamedOptions(options: unknown): void {
  for (const [name, replacement] of Object.entries(renamedOptions)) {
    if (Object.hasOwn(Object(options), name)) throw unknownOption(name, replacement, `: use ${replacement}`)
  }
}

/** Parses options, or throws the ConfigError of the first setting that is wrong. */
export function parseConfig(options: unknown): AuthSettings {
  checkRenamedOptions(options)
  const fields = readFields('', options, [...commonOptionNames, ...issuerOptionNames, 'issuers'])
  const now = fields.has('now') ? readFunction<AuthSettings['now']>('now', fields.get('now'), true) : () => Date.now()
  const clockToleranceSeconds = parseTolerance(fields)
  const revocation = fields.has('revocation') ? parseRevocation(fields.get('revocation'), clockToleranceSeconds) : null
  const issuers = parseIssuers(fields, { now, clockToleranceSeconds, revocation })
  const maxTokenBytes = parseMaxTokenBytes(fields)
  return Object.freeze({
    issuers,
    decryption: bindDecrypters([...issuers.values()], maxTokenBytes),
    clockToleranceSeconds,
    schema: parseSchema(fields),
    maxTokenBytes,
    style: Object.freeze({ realm: parseRealm(fields), problemTypeBase: parseProblemTypeBase(fields) }),
    tokenFrom: parseTokenFrom('tokenFrom', fields.has('tokenFrom') ? fields.get('tokenFrom') : 'authorization'),
    revocation,
    isRevoked: fields.has('isRevoked') ? readFunction<IsRevoked>('isRevoked', fields.get('isRevoked')) : null,
    onAuthError: fields.has('onAuthError')
      ? readFunction<NonNullable<AuthSettings['onAuthError']>>('onAuthError', fields.get('onAuthError'))
      : null,
    cache: parseCache(fields.has('cache') ? fields.get('cache') : {}),
    now,
  })
}

/** null if no issuer's tokens are encrypted. */
function bindDecrypters(issuers: readonly TrustedIssuer[], maxTokenBytes: number): Opener | null {
  const decrypter = issuers.find((issuer) => issuer.decrypter !== null)?.decrypter ?? null
  return decrypter === null ? null : decrypter[decrypterInternals].bind(issuers, maxTokenBytes)
}

interface Shared extends Pick<IssuerContext, 'clockToleranceSeconds' | 'revocation'> {
  readonly now: () => number
}

function parseIssuers(fields: Fields, { now, ...shared }: Shared): ReadonlyMap<string | null, TrustedIssuer> {
  const fetch = fields.has('fetch') ? readFunction<FetchLike>('fetch', fields.get('fetch')) : null
  const background = fields.has('background') ? readFunction<Background>('background', fields.get('background')) : null
  const seams = createKeyFetchContext({ fetch, now, background })
  const common = { ...shared, seams, secretUses: new SecretRegistry() }
  if (fields.has('issuers')) return parseList(fields, common)
  const issuer = parseIssuer('', fields, { ...common, fallbackRoles: defaultRoles })
  return new Map([[issuer.issuer, issuer]])
}

function parseTolerance(fields: Fields): number {
  if (!fields.has('clockToleranceSeconds')) return 5
  return readNumber('clockToleranceSeconds', fields.get('clockToleranceSeconds'), 0, 300)
}

function parseList(fields: Fields, common: Omit<IssuerContext, 'fallbackRoles'>): ReadonlyMap<string, TrustedIssuer> {
  const misplaced = issuerOptionNames.find((name) => name !== 'roles' && fields.has(name))
  if (misplaced !== undefined) {
    throw new ConfigError(misplaced, 'it in each entry of "issuers"', 'it next to "issuers"')
  }
  const listed = fields.get('issuers')
  if (!Array.isArray(listed) || listed.length === 0) {
    throw new ConfigError('issuers', 'a non-empty array of issuers', describe(listed))
  }
  const ofOne = listed.length === 1 ? defaultRoles : null
  const fallbackRoles = fields.has('roles') ? parseRoleMap('roles', fields.get('roles')) : ofOne
  const byName = new Map<string, TrustedIssuer>()
  for (const [index, entry] of listed.entries()) {
    const path = `issuers[${index}]`
    const [name, issuer] = parseListedIssuer(path, entry, { ...common, fallbackRoles })
    if (byName.has(name))
      throw new ConfigError(`${path}.issuer`, 'an issuer that no earlier entry has', 'the same issuer again')
    byName.set(name, issuer)
  }
  return byName
}

function parseMaxTokenBytes(fields: Fields): number {
  return fields.has('maxTokenBytes') ? readNumber('maxTokenBytes', fields.get('maxTokenBytes'), 1, 65_536) : 8192
}

function parseSchema(fields: Fields): StandardSchemaV1 | null {
  if (!fields.has('claims')) return null
  const schema = fields.get('claims')
  const isObject = (typeof schema === 'object' || typeof schema === 'function') && schema !== null
  if (isObject && classProperty(schema, '~standard') !== undefined) return schema as StandardSchemaV1
  throw new ConfigError('claims', 'a Standard Schema (for example of zod, valibot or arktype)', describe(schema))
}

function parseRealm(fields: Fields): string {
  if (!fields.has('realm')) return defaultStyle.realm
  const realm = fields.get('realm')
  if (typeof realm === 'string' && /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/.test(realm)) return realm
  throw new ConfigError('realm', 'printable ASCII without quotes and backslashes', describeOther(realm))
}

function parseProblemTypeBase(fields: Fields): string | null {
  if (!fields.has('problemTypeBase')) return null
  const base = readString('problemTypeBase', fields.get('problemTypeBase'))
  if (URL.canParse(base)) return base
  throw new ConfigError('problemTypeBase', 'an absolute URL that the code is appended to', describeOther(base))
}

/** Parses the limits of the cache of verified tokens; null turns it off. */
function parseCache(cache: unknown): CacheLimits | null {
  if (cache === null) return null
  if (typeof cache !== 'object') throw new ConfigError('cache', 'null or { max, maxBytes }', describe(cache))
  const limits = readFields('cache', cache, ['max', 'maxBytes'])
  return Object.freeze({
    max: limits.has('max') ? readWhole('cache.max', limits.get('max'), [1, 1_000_000]) : 10_000,
    maxBytes: limits.has('maxBytes') ? readWhole('cache.maxBytes', limits.get('maxBytes'), [65_536, 2 ** 34]) : 2 ** 25,
  })
}

function readWhole(field: string, value: unknown, [min, max]: readonly [number, number]): number {
  const number = readNumber(field, value, min, max)
  if (Number.isInteger(number)) return number
  throw new ConfigError(field, 'a whole number', describe(number))
}
