import { decrypterInternals, isDecrypter } from '../encryption/recipient.ts'
import type { Decrypter } from '../encryption/recipient.ts'
import { ConfigError } from '../failure/errors.ts'
import type { IssuerKeys } from '../keys/key-source.ts'
import type { KeyFetchContext } from '../keys/remote-keys.ts'
import { algorithmNames, findAlgorithm } from '../lib/algorithms.ts'
import type { Algorithm, AlgorithmName } from '../lib/algorithms.ts'
import {
  at,
  defineOptions,
  describe,
  describeOther,
  later,
  number,
  oneOf,
  orNull,
  parseFields,
  readFields,
  readString,
  readStrings,
} from '../lib/options.ts'
import type { Fields, OptionsOf } from '../lib/options.ts'
import { parseRoleMap } from '../principal/roles.ts'
import type { MapRoles, RoleMap } from '../principal/roles.ts'
import type { Revocations } from '../revocation/revocations.ts'
import { normalType } from '../token/parse-jwt.ts'
import type { ClaimRules } from '../verify/claims.ts'
import type { ScreenRules } from '../verify/screen.ts'
import { parseKeys } from './key-options.ts'
import type { KeyOptions, SecretRegistry } from './key-options.ts'

/** An issuer whose tokens are accepted, and the rules for its tokens. */
export interface TrustedIssuerOptions<R extends string = string> {
  /** The exact `iss` of the tokens; null turns the check off. */
  readonly issuer: string | null
  /** One audience or a list; `aud` must contain one of them (RFC 7519 section 4.1.3). null turns the check off. */
  readonly audience: string | readonly string[] | null
  /** @default the keys are discovered from the issuer's metadata (OpenID Connect Discovery 1.0, RFC 8414) */
  readonly keys?: KeyOptions
  /** The accepted signature algorithms. @default those that the type, curve and `alg` of the keys allow; HS256 for a secret */
  readonly algorithms?: readonly [AlgorithmName, ...AlgorithmName[]]
  /** Derives roles from claims. @default `admin: true` gives the role `admin`, and each string in the array `roles` is a role */
  readonly roles?: RoleMap<R>
  /** The only accepted `typ`; case and a leading `application/` are ignored. @default absent, JWT and at+jwt are accepted */
  readonly typ?: string
  /** Requires the `typ` and the claims of RFC 9068 (JWT access tokens). Cannot be set together with `typ`. @default none */
  readonly profile?: 'at+jwt'
  /** Claims that must be present, in addition to those that other options require. @default none */
  readonly requiredClaims?: readonly string[]
  /** The maximum age of a token by its `iat`, from 1 second to 10 years. @default none */
  readonly maxTokenAgeSeconds?: number
  /**
   * The maximum of `exp` - `iat`, from 1 second to 10 years; null accepts tokens without `exp`.
   * @default `exp` is required, without a maximum
   */
  readonly maxLifetimeSeconds?: number | null
  /** The OAuth clients whose tokens are accepted. `azp` and `client_id`, if present, must each name one. @default any */
  readonly clients?: string | readonly string[]
  /**
   * The accepted use of tokens. 'access' rejects ID tokens, 'id' rejects tokens that are marked for another use, and null
   * turns the check off. @default 'access'
   */
  readonly tokenUse?: 'id' | 'access' | null
  /**
   * How many seconds fetched keys are used after their lifetime if they cannot be refreshed, from 0 (not used) to 604,800 (7
   * days). @default 14,400
   */
  readonly maxStaleSeconds?: number
  /**
   * null accepts a token with `cnf` (RFC 7800), which is bound to a key of the client, as a plain bearer token. An
   * attacker who steals it can then use it. @default such a token is rejected
   */
  readonly tokenBinding?: null
  /**
   * Decrypts tokens (RFC 7519 section 5.2). Create it with `createDecrypter` of `@claimcheck/core/encryption`. If it is set,
   * unencrypted tokens are rejected. @default encrypted tokens are rejected
   */
  readonly decrypt?: Decrypter
}

/** The options of an issuer, parsed and frozen. */
export interface TrustedIssuer extends ScreenRules, ClaimRules {
  readonly issuer: string | null
  readonly keys: IssuerKeys
  readonly mapRoles: MapRoles
  /** Null if tokens are not encrypted. */
  readonly decrypter: Decrypter | null
}

/** What the issuers of an Auth have in common. */
export interface IssuerContext {
  readonly clockToleranceSeconds: number
  readonly fetchContext: KeyFetchContext
  readonly secrets: SecretRegistry
  /** The list of revoked tokens; null if there is none. */
  readonly revocation: Revocations | null
  /** The role map of an issuer that has none; null if each needs one. */
  readonly fallbackRoles: MapRoles | null
}

const tenYearsInSeconds = 315_576_000
const plainTypes: ReadonlySet<string | null> = new Set([null, 'jwt', 'at+jwt'])
const profileClaims = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'] as const

export const issuerOptions = defineOptions({
  issuer: { read: orNull(readString), required: 'a string, or null to skip the check' },
  audience: { read: orNull(readSet), required: 'a string or an array of strings, or null to skip the check' },
  keys: { read: later, fallback: null },
  algorithms: { read: readAlgorithms, fallback: null },
  roles: { read: parseRoleMap, fallback: null },
  typ: { read: (option, value) => normalType(readString(option, value)), fallback: null },
  profile: { read: oneOf(['at+jwt'], '"at+jwt" (RFC 9068)'), fallback: null },
  requiredClaims: { read: readStrings, fallback: [] },
  maxTokenAgeSeconds: { read: number(1, tenYearsInSeconds), fallback: null },
  maxLifetimeSeconds: { read: orNull(number(1, tenYearsInSeconds)), fallback: Infinity },
  tokenBinding: { read: readTokenBinding, fallback: { rejectsBoundTokens: true } },
  clients: { read: readSet, fallback: null },
  tokenUse: { read: oneOf(['access', 'id', null], '"access", "id", or null to skip the check'), fallback: 'access' },
  maxStaleSeconds: { read: number(0, 604_800), fallback: 14_400 },
  decrypt: { read: readDecrypter, fallback: null },
})

type IssuerSettings = OptionsOf<typeof issuerOptions>

/** Parses the options of one issuer from fields that may also contain the common options. */
export function parseIssuer(path: string, fields: Fields, context: IssuerContext): TrustedIssuer {
  const options = parseFields(path, fields, issuerOptions)
  const { clockToleranceSeconds, fetchContext, secrets, revocation } = context
  const { issuer, audience, maxStaleSeconds, maxLifetimeSeconds, decrypt, profile, requiredClaims } = options
  const { source, algorithms } = parseKeys(path, options.keys, {
    issuer,
    listed: options.algorithms,
    maxStaleSeconds,
    fetchContext,
    secrets,
  })
  const decryptionKeys = decrypt === null ? [] : decrypt[decrypterInternals].keys
  for (const key of decryptionKeys) secrets.addEncrypting(at(path, key.field), key)
  return Object.freeze({
    issuer,
    audiences: audience,
    keys: source,
    algorithms,
    mapRoles: options.roles ?? fallbackRolesOf(path, context),
    types: acceptedTypes(path, options),
    requiredClaims: profile === null ? requiredClaims : [...profileClaims, ...requiredClaims],
    clients: options.clients,
    tokenUse: options.tokenUse,
    rejectsBoundTokens: options.tokenBinding.rejectsBoundTokens,
    decrypter: decrypt,
    decryptionKeys,
    clockToleranceSeconds,
    maxTokenAgeSeconds: options.maxTokenAgeSeconds,
    maxLifetimeSeconds: revocableLifetime(at(path, 'maxLifetimeSeconds'), maxLifetimeSeconds, revocation),
  })
}

/** Parses an entry of `issuers`. It can have only the options of an issuer, and its `issuer` must not be null. */
export function parseListedIssuer(path: string, value: unknown, context: IssuerContext): [string, TrustedIssuer] {
  const trusted = parseIssuer(path, readFields(path, value, issuerOptions), context)
  if (trusted.issuer !== null) return [trusted.issuer, trusted]
  throw new ConfigError(at(path, 'issuer'), 'a string (null is allowed only without "issuers")', 'null')
}

function readSet(option: string, value: unknown): ReadonlySet<string> {
  return new Set(readStrings(option, value))
}

function readAlgorithms(option: string, value: unknown): readonly Algorithm[] {
  if (!Array.isArray(value)) throw new ConfigError(option, 'an array of algorithms', describe(value))
  return readStrings(option, value).map((name) => {
    const algorithm = findAlgorithm(name)
    if (algorithm === undefined) throw new ConfigError(option, `only ${algorithmNames.join(', ')}`, describeOther(name))
    return algorithm
  })
}

function readDecrypter(option: string, value: unknown): Decrypter {
  if (isDecrypter(value)) return value
  throw new ConfigError(option, 'createDecrypter({ keys }) of @claimcheck/core/encryption', describe(value))
}

function readTokenBinding(option: string, value: unknown): Pick<ClaimRules, 'rejectsBoundTokens'> {
  if (value === null) return { rejectsBoundTokens: false }
  throw new ConfigError(option, 'null to skip the check (or omit the option)', describe(value))
}

function fallbackRolesOf(path: string, context: IssuerContext): MapRoles {
  if (context.fallbackRoles !== null) return context.fallbackRoles
  throw new ConfigError(
    at(path, 'roles'),
    'a role map here or next to "issuers", because there are several issuers',
    'undefined',
  )
}

function acceptedTypes(path: string, { typ, profile }: IssuerSettings): ReadonlySet<string | null> {
  if (profile === null) return typ === null ? plainTypes : new Set([typ])
  if (typ === null) return new Set([profile])
  throw new ConfigError(at(path, 'typ'), 'no value, because profile sets it', 'a string')
}

/**
 * Limits the lifetime of an issuer's tokens to the maximum of the revocation list. A revoked token that lives longer would
 * be accepted again after the list has deleted its entry.
 */
function revocableLifetime(field: string, lifetime: number | null, revocation: Revocations | null): number | null {
  if (revocation === null) return lifetime
  const longest = revocation.maxTokenLifetimeSeconds
  if (lifetime === Infinity) return longest
  if (lifetime !== null && lifetime <= longest) return lifetime
  throw new ConfigError(
    field,
    `at most ${longest}, the maxTokenLifetimeSeconds of the revocation list (raise that to allow more)`,
    lifetime === null ? 'null (a token without exp could outlive its revocation)' : String(lifetime),
  )
}
