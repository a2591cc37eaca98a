import type { StandardSchemaV1 } from '@standard-schema/spec'
import { classProperty, getOwn } from '../lib/properties.ts'
import { AuthFailure, invalidClaim } from '../failure/auth-failure.ts'
import { isPromise } from '../lib/async.ts'
import { freezeJson, isJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import type { MapRoles } from './roles.ts'
import { readScopes } from './scopes.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { ignoreRejection, callUserCode } from '../lib/user-code.ts'
import type { VerifiedClaims } from '../verify/claims.ts'

/**
 * The verified caller: the bearer of a token that passed every check. It and its claims are deeply frozen, because
 * requests share it.
 */
export interface Principal<R extends string = string, C = JwtClaims, U = undefined> {
  readonly kind: 'token'
  /** The `sub` of the token. */
  readonly subject: string | null
  /** The `iss` of the token. */
  readonly issuer: string | null
  /** The OAuth client that the token was issued to: `azp`, or else `client_id`; null if it has neither. */
  readonly clientId: string | null
  /** The party that acts for the subject: the outermost `act` claim (RFC 8693 section 4.1); null if there is none. */
  readonly actor: Actor | null
  /** The claims of the token, or what the schema of the options returned for them. */
  readonly claims: C
  /** Derived from the claims by the role map of the issuer. */
  readonly roles: readonly R[]
  readonly scopes: readonly string[]
  /** Seconds since the epoch; null for a token without `exp`. */
  readonly expiresAt: number | null
  readonly user: U
  /** The token as the client sent it, to forward it. Not enumerable, so that logs and JSON do not contain it. */
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
  /** False if the schema returned something that cannot be frozen, such as a Date: one handler could change it for all requests. */
  readonly isShareable: boolean
}

/** A class, so that the token is a getter of the prototype: spreading, logging and serialising a principal do not include it. */
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
    this.subject = registeredClaim(verified.claims, 'sub')
    this.issuer = registeredClaim(verified.claims, 'iss')
    this.clientId = clientIdOf(verified.claims)
    this.actor = actorOf(verified.claims)
    this.claims = claims
    this.roles = Object.freeze(roles)
    this.scopes = Object.freeze(readScopes(verified.claims))
    this.expiresAt = registeredClaim(verified.claims, 'exp')
    this.#token = verified.token
    Object.freeze(this)
  }

  get token(): string {
    return this.#token
  }
}

/** Maps verified claims to a principal. Returns `claim_invalid` if the schema rejects them. */
export function toPrincipal(verified: VerifiedClaims, { mapRoles, schema }: Mapping): MappedPrincipal | AuthFailure {
  const { claims } = verified
  freezeJson(claims)
  const typed = schema === null ? claims : parseClaims(claims, schema)
  if (typed instanceof AuthFailure) return typed
  const isShareable = typed === claims || freezeDeeply(typed)
  return { principal: new VerifiedPrincipal(verified, typed, mapRoles(claims)), isShareable }
}

/** Returns a registered claim, whose type was validated. */
function registeredClaim<N extends 'sub' | 'iss' | 'exp'>(
  claims: JwtClaims,
  name: N,
): NonNullable<JwtClaims[N]> | null {
  return Object.hasOwn(claims, name) ? (claims[name] ?? null) : null
}

function clientIdOf(claims: JsonObject): string | null {
  return nonEmptyString(getOwn(claims, 'azp')) ?? nonEmptyString(getOwn(claims, 'client_id'))
}

const unnamedActor: Actor = Object.freeze({ subject: null, clientId: null })

/** Only the outermost `act` is the current actor. Nested ones are history (RFC 8693 section 4.1). */
function actorOf(claims: JsonObject): Actor | null {
  const act = getOwn(claims, 'act') ?? null
  if (act === null) return null
  // An `act` that is not an object names no party, but it must not pass for a token without an actor.
  if (!isJsonObject(act)) return unnamedActor
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
  // Messages of a schema, and deeper parts of a path, can quote values of the token. Only the name of the claim is logged.
  const claims = new Set((issues as readonly object[]).flatMap(claimOf))
  const detail = `the schema rejected ${[...claims].join(', ') || 'the claims'}`
  return invalidClaim(detail)
}

/** Whether a schema returned a value, which may be undefined, or issues. */
function isResult(result: object): boolean {
  return Object.hasOwn(result, 'value') || ['value', 'issues'].some((name) => classProperty(result, name) !== undefined)
}

/** The name of the claim that an issue of a schema is about. */
function claimOf(issue: object): readonly string[] {
  const path = classProperty(issue, 'path')
  const [first]: readonly unknown[] = Array.isArray(path) ? path : []
  if (first === undefined) return []
  return [String(typeof first === 'object' && first !== null ? classProperty(first, 'key') : first)]
}

/** Freezes objects and arrays deeply. Returns false if they contain something that can still change, such as a Date. */
function freezeDeeply(value: unknown, visited: Set<object> = new Set()): boolean {
  if (typeof value === 'function') return false
  if (typeof value !== 'object' || value === null || visited.has(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && !Array.isArray(value)) return false
  visited.add(value)
  Object.freeze(value)
  let isFrozen = Object.getOwnPropertySymbols(value).length === 0
  for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value))) {
    isFrozen = Object.hasOwn(descriptor, 'value') && freezeDeeply(descriptor.value, visited) && isFrozen
  }
  return isFrozen
}
