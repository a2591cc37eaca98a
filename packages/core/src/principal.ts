import type { StandardSchemaV1 } from '@standard-schema/spec'
import { AuthError } from './errors.ts'
import type { MapRoles } from './roles.ts'
import { readScopes } from './scopes.ts'
import type { JwtClaims } from './token/jwt-claims.ts'
import { abandon, runUserCode } from './user-code.ts'
import type { VerifiedClaims } from './verify/claims.ts'

/** The verified caller. It is frozen, and its claims are to their depth: requests share it. */
export interface Principal<R extends string = string, C = JwtClaims> {
  readonly subject: string | null
  readonly issuer: string | null
  readonly claims: C
  readonly roles: readonly R[]
  readonly scopes: readonly string[]
  /** Seconds since the epoch; null for a token without `exp`. */
  readonly expiresAt: number | null
  /** The token itself, to pass on. Not enumerable: it is never printed and never serialised. */
  readonly token: string
}

interface Mapping {
  readonly mapRoles: MapRoles
  readonly schema: StandardSchemaV1 | null
}

/** Maps verified claims to the principal: roles by the issuer's map, scopes, and the claims as the schema types them. */
export function toPrincipal(verified: VerifiedClaims, { mapRoles, schema }: Mapping): Principal<string, unknown> {
  const claims = deepFreeze(verified.claims)
  const principal = {
    subject: own(claims, 'sub'),
    issuer: own(claims, 'iss'),
    claims: schema === null ? claims : deepFreeze(parseClaims(claims, schema)),
    roles: Object.freeze(mapRoles(claims)),
    scopes: Object.freeze(readScopes(claims)),
    expiresAt: own(claims, 'exp'),
    token: verified.token,
  }
  return Object.freeze(Object.defineProperty(principal, 'token', { enumerable: false }))
}

/** A registered claim, whose type was validated; never what a prototype holds. */
function own<N extends 'sub' | 'iss' | 'exp'>(claims: JwtClaims, name: N): NonNullable<JwtClaims[N]> | null {
  return Object.hasOwn(claims, name) ? (claims[name] ?? null) : null
}

function parseClaims(claims: JwtClaims, schema: StandardSchemaV1): unknown {
  const result = runUserCode('The schema in claims', () => schema['~standard'].validate(claims))
  if (result instanceof Promise || !('value' in result || 'issues' in result)) {
    abandon(result)
    throw new TypeError('The schema in claims must give a value or issues at once')
  }
  if (result.issues === undefined) return result.value
  // The messages of a schema quote what they saw, so only the paths go to the log.
  const paths = result.issues.map(({ path = [] }) =>
    path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
  )
  throw new AuthError('claim_invalid', { detail: `the schema refuses: ${paths.join(', ') || 'the claims as a whole'}` })
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
