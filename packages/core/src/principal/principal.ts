import type { StandardSchemaV1 } from '@standard-schema/spec'
import { classProperty, getOwn } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { isPromise } from '../lib/async.ts'
import { freezeJson, isJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import type { MapRoles } from './roles.ts'
import { readScopes } from './scopes.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { ignoreRejection, callUserCode } from '../lib/user-code.ts'
import type { VerifiedClaims } from '../verify/claims.ts'

/**
 * The verified caller: an access token that passed every check, or a credential. It is frozen, and so are its claims to
 * their depth, because requests share it.
 */
export interface Principal<R extends string = string, C = JwtClaims, U = undefined> {
  readonly kind: 'token'
  readonly subject: string | null
  readonly issuer: string | null
  /** The OAuth client that the token was issued to: `azp`, or else `client_id`; null if it has neither. */
  readonly clientId: string | null
  /** The party that acts for the subject: the outermost `act` claim (RFC 8693 section 4.1); null if there is none. */
  readonly actor: Actor | null
  readonly claims: C
  readonly roles: readonly R[]
  readonly scopes: readonly string[]
  /** Seconds since the epoch; null for a token without `exp`. */
  readonly expiresAt: number | null
  readonly user: U
  /** The token as the client sent it, to forward it. Not enumerable, so that it is never printed or serialised. */
  readonly token: string
}

/** A party that acts for the subject of a token. */
export interface Actor {
  readonly subject: string | null
  readonly clientId: string | null
}

/** The principal of any Auth. */
export type AnyPrincipal = Principal<string, unknown, unknown>

interface Mapping {
  readonly mapRoles: MapRoles
  readonly schema: StandardSchemaV1 | null
}

/** The principal of a token, and whether other requests with that token can share it. */
export interface MappedPrincipal {
  readonly principal: AnyPrincipal
  /** False if a schema returned something that cannot be frozen, such as a Date: one handler would change it for all. */
  readonly isShareable: boolean
}

/** A class, because its token must be readable and not enumerable: it is never printed, copied or serialised by accident. */
class VerifiedPrincipal implements Principal<string, unknown> {
  readonly kind = 'token'
  readonly subject: string | null
  readonly issuer: string | null
  readonly clientId: string | null
  readonly actor: Actor | null
  readonly claims: unknown
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly expiresAt: number | null
  readonly user: undefined = undefined
  readonly #token: string

  constructor(verified: VerifiedClaims, claims: unknown, roles: readonly string[]) {
    this.subject = registered(verified.claims, 'sub')
    this.issuer = registered(verified.claims, 'iss')
    this.clientId = clientIdOf(verified.claims)
    this.actor = actorOf(verified.claims)
    this.claims = claims
    this.roles = Object.freeze(roles)
    this.scopes = Object.freeze(readScopes(verified.claims))
    this.expiresAt = registered(verified.claims, 'exp')
    this.#token = verified.token
    Object.freeze(this)
  }

  get token(): string {
    return this.#token
  }
}

/** Maps verified claims to a principal: roles by the issuer's role map, scopes, and claims as the schema types them. */
export function toPrincipal(verified: VerifiedClaims, { mapRoles, schema }: Mapping): MappedPrincipal | AuthFailure {
  const { claims } = verified
  freezeJson(claims)
  const typed = schema === null ? claims : parseClaims(claims, schema)
  if (typed instanceof AuthFailure) return typed
  const isShareable = typed === claims || freezeDeeply(typed)
  return { principal: new VerifiedPrincipal(verified, typed, mapRoles(claims)), isShareable }
}

/** A registered claim, whose type was validated. */
function registered<N extends 'sub' | 'iss' | 'exp'>(claims: JwtClaims, name: N): NonNullable<JwtClaims[N]> | null {
  return Object.hasOwn(claims, name) ? (claims[name] ?? null) : null
}

function clientIdOf(claims: JsonObject): string | null {
  return nonEmptyString(getOwn(claims, 'azp')) ?? nonEmptyString(getOwn(claims, 'client_id'))
}

/** Only the outermost `act` acts now; those nested in it are history (RFC 8693 section 4.1). */
function actorOf(claims: JsonObject): Actor | null {
  const act = getOwn(claims, 'act')
  if (!isJsonObject(act)) return null
  return Object.freeze({ subject: nonEmptyString(getOwn(act, 'sub')), clientId: clientIdOf(act) })
}

function nonEmptyString(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function parseClaims(verified: JwtClaims, schema: StandardSchemaV1): unknown {
  const validate = () => schema['~standard'].validate(verified)
  const result: unknown = callUserCode('The schema in claims', validate)
  if (typeof result !== 'object' || result === null || isPromise(result) || !isResult(result)) {
    ignoreRejection(result)
    throw new TypeError('The schema in claims must return a value or issues synchronously')
  }
  const issues = classProperty(result, 'issues')
  if (issues === undefined) return classProperty(result, 'value')
  // The messages of a schema quote what they saw, and so may a path into a claim: only the claims go to the log.
  const claims = new Set((issues as readonly object[]).flatMap(claimOf))
  const detail = `the schema rejected ${[...claims].join(', ') || 'the claims'}`
  return new AuthFailure('claim_invalid', detail)
}

/** Whether a schema returned a value, which may be undefined, or issues. */
function isResult(result: object): boolean {
  return Object.hasOwn(result, 'value') || ['value', 'issues'].some((name) => classProperty(result, name) !== undefined)
}

/** The claim that an issue of a schema is about. */
function claimOf(issue: object): readonly string[] {
  const path = classProperty(issue, 'path')
  const [first]: readonly unknown[] = Array.isArray(path) ? path : []
  if (first === undefined) return []
  return [String(typeof first === 'object' && first !== null ? classProperty(first, 'key') : first)]
}

/** Freezes objects and arrays to their depth; false where there is something in them that freezing does not hold. */
function freezeDeeply(value: unknown, seen: Set<object> = new Set()): boolean {
  if (typeof value === 'function') return false
  if (typeof value !== 'object' || value === null || seen.has(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && !Array.isArray(value)) return false
  seen.add(value)
  Object.freeze(value)
  const members = Object.values(Object.getOwnPropertyDescriptors(value))
  let isHeld = Object.getOwnPropertySymbols(value).length === 0
  for (const descriptor of members) {
    isHeld = Object.hasOwn(descriptor, 'value') && freezeDeeply(descriptor.value, seen) && isHeld
  }
  return isHeld
}
