import { decrypterInternals, isDecrypter } from '../encryption/recipient.ts'
import type { Decrypter } from '../encryption/recipient.ts'
import { ConfigError } from '../failure/errors.ts'
import type { IssuerKeys } from '../keys/key-source.ts'
import type { KeyFetchContext } from '../keys/remote-keys.ts'
import { algorithmNames, findAlgorithm } from '../lib/algorithms.ts'
import type { Algorithm, AlgorithmName } from '../lib/algorithms.ts'
import { at, describe, describeOther, readFields, readNumber, readString, readStrings } from '../lib/options.ts'
import type { Fields } from '../lib/options.ts'
import { classProperty, hasMethod } from '../lib/properties.ts'
import { parseRoleMap } from '../principal/roles.ts'
import type { MapRoles, RoleMap } from '../principal/roles.ts'
import type { Revocations } from '../revocation/revocations.ts'
import { normalType } from '../token/parse-jwt.ts'
import type { ClaimRules } from '../verify/claims.ts'
import type { ScreenRules } from '../verify/screen.ts'
import { parseKeys } from './key-options.ts'
import type { KeyOptions, SecretRegistry } from './key-options.ts'

/** Whose tokens are accepted, and on which terms. */
export interface TrustedIssuerOptions<R extends string = string> {
  /** The exact `iss` of the tokens; null, written out, is not checked. */
  readonly issuer: string | null
  /** What `aud` must name, one of a list; null, written out, is not checked. */
  readonly audience: string | readonly string[] | null
  /** @default the keys that the issuer's metadata lead to (OpenID Connect Discovery 1.0, RFC 8414) */
  readonly keys?: KeyOptions
  /** The algorithms that a token may be signed with. @default what the keys' types, curves and `alg` allow; HS256 for a secret */
  readonly algorithms?: readonly [AlgorithmName, ...AlgorithmName[]]
  /** @default `admin: true` gives admin, and every string of a `roles` array its own name */
  readonly roles?: RoleMap<R>
  /** The one `typ` that is accepted, without case and `application/`. @default absent, JWT and at+jwt pass */
  readonly typ?: string
  /** The profile of RFC 9068: its `typ`, and all the claims that it requires. Not beside `typ`. */
  readonly profile?: 'at+jwt'
  /** Claims that must be there, beside those that other settings ask for. */
  readonly requiredClaims?: readonly string[]
  /** The age, by `iat`, from which a token is over. */
  readonly maxTokenAgeSeconds?: number
  /** The longest `exp` - `iat`; null, written out, lets tokens without `exp` in. @default `exp` is needed, of any length */
  readonly maxLifetimeSeconds?: number | null
  /** The OAuth clients whose tokens are accepted, by `azp` and `client_id`, whichever are there. @default any */
  readonly clients?: string | readonly string[]
  /** What the token is for: an ID token is accepted by 'id' alone, any kind by null, written out. @default 'access' */
  readonly tokenUse?: 'id' | 'access' | null
  /** How long past their lifetime fetched keys may serve while they cannot be refreshed; 0: never. @default 14,400 */
  readonly maxStaleSeconds?: number
  /** null, written out, takes a token with `cnf` (RFC 7800) as a plain bearer token. @default such a token is refused */
  readonly tokenBinding?: null
  /** The keys of tokens that are encrypted (RFC 7519 section 5.2); any that is not is refused then. @default none are */
  readonly decrypt?: Decrypter
}

/** An issuer's options, parsed: nothing is optional any more. */
export interface TrustedIssuer extends ScreenRules, ClaimRules {
  readonly issuer: string | null
  readonly keys: IssuerKeys
  readonly mapRoles: MapRoles
  /** null if tokens are not encrypted. */
  readonly decrypter: Decrypter | null
}

/** What holds for all issuers of an Auth. */
export interface IssuerContext {
  readonly clockToleranceSeconds: number
  readonly seams: KeyFetchContext
  readonly secretUses: SecretRegistry
  /** The list that its tokens are looked up in; null where there is none. */
  readonly revocation: Revocations | null
  /** The map of an issuer without one of its own; null where each needs its own. */
  readonly fallbackRoles: MapRoles | null
}

export const issuerOptionNames = [
  'issuer',
  'audience',
  'keys',
  'algorithms',
  'roles',
  'typ',
  'profile',
  'requiredClaims',
  'maxTokenAgeSeconds',
  'maxLifetimeSeconds',
  'tokenBinding',
  'clients',
  'tokenUse',
  'maxStaleSeconds',
  'decrypt',
] as const

const tenYearsInSeconds = 315_576_000
const plainTypes: ReadonlySet<string | null> = new Set([null, 'jwt', 'at+jwt'])
const profileClaims = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'] as const

/** Parses one issuer's options, whatever stands beside them in the same object. */
export function parseIssuer(path: string, fields: Fields, context: IssuerContext): TrustedIssuer {
  const issuer = parseIssuerName(path, fields)
  const audiences = parseAudiences(path, fields)
  const { source, algorithms } = parseKeys(path, fields.get('keys'), {
    issuer,
    listed: parseAlgorithms(path, fields),
    maxStaleSeconds: readStale(path, fields),
    seams: context.seams,
    secretUses: context.secretUses,
  })
  const decrypter = parseDecrypt(path, fields, context.secretUses)
  return Object.freeze({
    issuer,
    audiences,
    keys: source,
    algorithms,
    mapRoles: parseRoles(path, fields, context),
    types: parseTypes(path, fields),
    requiredClaims: parseRequiredClaims(path, fields),
    clients: fields.has('clients') ? new Set(readStrings(at(path, 'clients'), fields.get('clients'))) : null,
    tokenUse: parseTokenUse(path, fields),
    rejectsBoundTokens: readsBinding(path, fields),
    decrypter,
    decryptionKeys: decrypter === null ? [] : decrypter[decrypterInternals].keys,
    clockToleranceSeconds: context.clockToleranceSeconds,
    maxTokenAgeSeconds: fields.has('maxTokenAgeSeconds') ? readDuration(path, fields, 'maxTokenAgeSeconds') : null,
    maxLifetimeSeconds: revocableLifetime(
      at(path, 'maxLifetimeSeconds'),
      readLifetime(path, fields),
      context.revocation,
    ),
  })
}

/** Parses an entry of `issuers`, which holds an issuer's options and nothing else, and has a name to be found by. */
export function parseListedIssuer(path: string, value: unknown, context: IssuerContext): [string, TrustedIssuer] {
  const settings = parseIssuer(path, readFields(path, value, issuerOptionNames), context)
  if (settings.issuer !== null) return [settings.issuer, settings]
  throw new ConfigError(at(path, 'issuer'), 'a string (null is allowed only without "issuers")', 'null')
}

/** A required option. Only null, written out, skips the check. */
function parseIssuerName(path: string, fields: Fields): string | null {
  const [field, value] = [at(path, 'issuer'), fields.get('issuer')]
  if (value === undefined) throw new ConfigError(field, 'a string, or null to skip the check', 'undefined')
  return value === null ? null : readString(field, value)
}

/** A required option. Only null, written out, skips the check. */
function parseAudiences(path: string, fields: Fields): ReadonlySet<string> | null {
  const [field, value] = [at(path, 'audience'), fields.get('audience')]
  if (value === undefined) {
    throw new ConfigError(field, 'a string or an array of strings, or null to skip the check', 'undefined')
  }
  return value === null ? null : new Set(readStrings(field, value))
}

function parseAlgorithms(path: string, fields: Fields): readonly Algorithm[] | null {
  if (!fields.has('algorithms')) return null
  const field = at(path, 'algorithms')
  const value = fields.get('algorithms')
  if (!Array.isArray(value)) throw new ConfigError(field, 'an array of algorithms', describe(value))
  return readStrings(field, value).map((name) => {
    const algorithm = findAlgorithm(name)
    if (algorithm === undefined) throw new ConfigError(field, `only ${algorithmNames.join(', ')}`, describeOther(name))
    return algorithm
  })
}

function parseRoles(path: string, fields: Fields, context: IssuerContext): MapRoles {
  if (fields.has('roles')) return parseRoleMap(at(path, 'roles'), fields.get('roles'))
  if (context.fallbackRoles !== null) return context.fallbackRoles
  throw new ConfigError(
    at(path, 'roles'),
    'a role map here or next to "issuers", because there are several issuers',
    'undefined',
  )
}

function parseDecrypt(path: string, fields: Fields, secrets: SecretRegistry): Decrypter | null {
  if (!fields.has('decrypt')) return null
  const [field, value] = [at(path, 'decrypt'), fields.get('decrypt')]
  if (!isDecrypter(value)) {
    throw new ConfigError(field, 'createDecrypter({ keys }) of @claimcheck/core/encryption', describe(value))
  }
  for (const key of value[decrypterInternals].keys) secrets.addEncrypting(at(path, key.field), key)
  return value
}

function parseTypes(path: string, fields: Fields): ReadonlySet<string | null> {
  if (fields.has('profile')) {
    if (fields.has('typ'))
      throw new ConfigError(at(path, 'typ'), 'no value, because profile sets it', describe(fields.get('typ')))
    const profile = fields.get('profile')
    if (profile !== 'at+jwt') throw new ConfigError(at(path, 'profile'), '"at+jwt" (RFC 9068)', describeOther(profile))
    return new Set([profile])
  }
  if (!fields.has('typ')) return plainTypes
  return new Set([normalType(readString(at(path, 'typ'), fields.get('typ')))])
}

function parseRequiredClaims(path: string, fields: Fields): readonly string[] {
  const ofProfile = fields.has('profile') ? profileClaims : []
  if (!fields.has('requiredClaims')) return ofProfile
  return [...ofProfile, ...readStrings(at(path, 'requiredClaims'), fields.get('requiredClaims'))]
}

function parseTokenUse(path: string, fields: Fields): TrustedIssuer['tokenUse'] {
  const use = fields.has('tokenUse') ? fields.get('tokenUse') : 'access'
  if (use === 'access' || use === 'id' || use === null) return use
  throw new ConfigError(at(path, 'tokenUse'), '"access", "id", or null to skip the check', describeOther(use))
}

function readStale(path: string, fields: Fields): number {
  if (!fields.has('maxStaleSeconds')) return 14_400
  return readNumber(at(path, 'maxStaleSeconds'), fields.get('maxStaleSeconds'), 0, 604_800)
}

function readsBinding(path: string, fields: Fields): boolean {
  if (!fields.has('tokenBinding')) return true
  if (fields.get('tokenBinding') === null) return false
  throw new ConfigError(
    at(path, 'tokenBinding'),
    'null to skip the check (or omit the option)',
    describe(fields.get('tokenBinding')),
  )
}

function readDuration(path: string, fields: Fields, name: string): number {
  return readNumber(at(path, name), fields.get(name), 1, tenYearsInSeconds)
}

function readLifetime(path: string, fields: Fields): number | null {
  if (!fields.has('maxLifetimeSeconds')) return Infinity
  return fields.get('maxLifetimeSeconds') === null ? null : readDuration(path, fields, 'maxLifetimeSeconds')
}

const methods = ['isRevoked', 'revokeToken', 'revokeSession', 'revokeSubject']

/** Parses the list of revocations: one that forgets before a token ends would let it in again. */
export function parseRevocation(value: unknown, clockToleranceSeconds: number): Revocations {
  const expected = `a revocation list with the methods ${methods.join(', ')}, as createRevocations() returns it`
  if (typeof value !== 'object' || value === null) throw new ConfigError('revocation', expected, describe(value))
  const missing = methods.find((name) => !hasMethod(value, name))
  if (missing !== undefined) throw new ConfigError('revocation', expected, `an object without the method ${missing}`)
  const tolerance = classProperty(value, 'clockToleranceSeconds')
  if (typeof tolerance !== 'number' || !(tolerance >= clockToleranceSeconds)) {
    throw new ConfigError(
      'revocation.clockToleranceSeconds',
      `at least ${clockToleranceSeconds}, the clockToleranceSeconds of the Auth`,
      describe(tolerance),
    )
  }
  const longest = classProperty(value, 'maxTokenLifetimeSeconds')
  if (typeof longest === 'number' && longest > 0) return value as Revocations
  throw new ConfigError('revocation.maxTokenLifetimeSeconds', 'a positive number of seconds', describe(longest))
}

/** The lifetime that an issuer's tokens are held to: what lived longer than the list remembers could not be revoked. */
export function revocableLifetime(
  field: string,
  lifetime: number | null,
  revocation: Revocations | null,
): number | null {
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
