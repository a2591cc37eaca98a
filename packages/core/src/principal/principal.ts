import type { StandardSchemaV1 } from '@standard-schema/spec'
import { classProperty } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { isPromise } from '../lib/async.ts'
import { freezeJson } from '../lib/json.ts'
import type { MapRoles } from './roles.ts'
import { readScopes } from './scopes.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { ignoreRejection, callUserCode } from '../lib/user-code.ts'
import type { VerifiedClaims } from '../verify/claims.ts'

/** The verified caller. It is frozen, and its claims are to their depth: requests share it. */
export interface Principal<R extends string = string, C = JwtClaims> {
  readonly subject: string | null
  readonly issuer: string | null
  readonly claims: C
  readonly roles: readonly R[]
  readonly scopes: readonly string[]
  /** Seconds since the epoch; null for a token without `exp`. */
  readonly expiresAt: number | null
  /** The token as the client sent it, to pass on. Not enumerable: it is never printed and never serialised. */
  readonly token: string
}

interface Mapping {
  readonly mapRoles: MapRoles
  readonly schema: StandardSchemaV1 | null
}

/** The principal of a token, and whether another request may be given the same one. */
export interface MappedPrincipal {
  readonly principal: Principal<string, unknown>
  /** False where a schema made what cannot be frozen, as a Date: one handler's change would reach the next request. */
  readonly isShareable: boolean
}

/** Its token is in no list of members: it is never printed, copied or serialised by chance. */
class VerifiedPrincipal implements Principal<string, unknown> {
  readonly subject: string | null
  readonly issuer: string | null
  readonly claims: unknown
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly expiresAt: number | null
  readonly #token: string

  constructor(verified: VerifiedClaims, claims: unknown, roles: readonly string[]) {
    this.subject = own(verified.claims, 'sub')
    this.issuer = own(verified.claims, 'iss')
    this.claims = claims
    this.roles = Object.freeze(roles)
    this.scopes = Object.freeze(readScopes(verified.claims))
    this.expiresAt = own(verified.claims, 'exp')
    this.#token = verified.token
    Object.freeze(this)
  }

  get token(): string {
    return this.#token
  }
}

/** Maps verified claims to the principal: roles by the issuer's map, scopes, and the claims as the schema types them. */
export function toPrincipal(verified: VerifiedClaims, { mapRoles, schema }: Mapping): MappedPrincipal | AuthFailure {
  const { claims } = verified
  freezeJson(claims)
  const typed = schema === null ? claims : parseClaims(claims, schema)
  if (typed instanceof AuthFailure) return typed
  const isShareable = typed === claims || freezeDeeply(typed)
  return { principal: new VerifiedPrincipal(verified, typed, mapRoles(claims)), isShareable }
}

/** A registered claim, whose type was validated; never what a prototype holds. */
function own<N extends 'sub' | 'iss' | 'exp'>(claims: JwtClaims, name: N): NonNullable<JwtClaims[N]> | null {
  return Object.hasOwn(claims, name) ? (claims[name] ?? null) : null
}

function parseClaims(verified: JwtClaims, schema: StandardSchemaV1): unknown {
  const validate = () => schema['~standard'].validate(verified)
  const result: unknown = callUserCode('The schema in claims', validate)
  if (typeof result !== 'object' || result === null || isPromise(result) || !isResult(result)) {
    ignoreRejection(result)
    throw new TypeError('The schema in claims must give a value or issues at once')
  }
  const issues = classProperty(result, 'issues')
  if (issues === undefined) return classProperty(result, 'value')
  // The messages of a schema quote what they saw, and so may a path into a claim: only the claims go to the log.
  const claims = new Set((issues as readonly object[]).flatMap(claimOf))
  const detail = `the schema refuses: ${[...claims].join(', ') || 'the claims as a whole'}`
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
