import { claimSatisfies, parseClaimRule } from './claim-rule.ts'
import type { ClaimRule } from './claim-rule.ts'
import { describe, readFields, readFunction } from '../lib/options.ts'
import { distinct } from '../lib/distinct.ts'
import { ConfigError } from '../failure/errors.ts'
import { getOwn } from '../lib/json.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { callPredicate } from '../lib/user-code.ts'

/**
 * When a role is given: a claim of that name that is `true`, a rule on a claim, or a synchronous function of the
 * claims. Anything but the shape that is declared gives nothing.
 */
export type RoleRule = string | ClaimRule | ((claims: JwtClaims) => boolean)

/** Roles by name. The names become the type of the roles everywhere, so that a misspelt one does not compile. */
export type RoleMap<R extends string> = { readonly [K in R]?: RoleRule }

/** Claims → roles, as an issuer's settings say. What a rule throws is a bug, and no refusal. */
export type MapRoles = (claims: JwtClaims) => readonly string[]

const none: readonly string[] = Object.freeze([])
const onlyAdmin: readonly string[] = Object.freeze(['admin'])

/** The map of one issuer that has none: `admin: true`, and every string of `roles` under its own name. */
export const defaultRoles: MapRoles = (claims) => {
  const listed: unknown = getOwn(claims, 'roles')
  const given = getOwn(claims, 'admin') === true ? onlyAdmin : none
  if (!Array.isArray(listed)) return given
  const names = listed.filter(isText)
  return distinct(given === none ? names : [...given, ...names])
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Checks a role map and makes the mapping of it. */
export function parseRoleMap(field: string, value: unknown): MapRoles {
  const rules = [...readFields(field, value, Object.keys(value ?? {}))].map(([role, rule]) => {
    if (role === '') throw new ConfigError(field, 'role names that are not empty', 'an empty name')
    return [role, parseRule(`${field}.${role}`, rule)] as const
  })
  return (claims) => rules.filter(([role, rule]) => isGiven(role, rule, claims)).map(([role]) => role)
}

function parseRule(field: string, rule: unknown): Exclude<RoleRule, string> {
  if (typeof rule === 'function') return readFunction<(claims: JwtClaims) => boolean>(field, rule, true)
  if (typeof rule === 'string' && rule !== '') return Object.freeze({ claim: rule, equals: true })
  if (typeof rule === 'object') return parseClaimRule(field, rule)
  throw new ConfigError(field, 'a claim name, a claim rule or a function', describe(rule))
}

function isGiven(role: string, rule: Exclude<RoleRule, string>, claims: JwtClaims): boolean {
  if (typeof rule !== 'function') return claimSatisfies(claims, rule)
  return callPredicate(`The rule of role ${role}`, () => rule(claims))
}
