import { ConfigError } from '../failure/errors.ts'
import { distinct, isJsonObject } from '../lib/json.ts'
import { describe, describeOther, readFields, readFunction, readString, readStrings } from '../lib/options.ts'
import { getOwn, hasOwn } from '../lib/properties.ts'
import { callPredicate } from '../lib/user-code.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'

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

/** The name of a claim, whole with its dots and slashes, or a path of names into objects. */
export type ClaimPath = string | readonly string[]

/** What a claim must be: equal to a value, an array of strings that includes one, or spaced words that include one. */
export type ClaimRule =
  | { readonly claim: ClaimPath; readonly equals: unknown }
  | { readonly claim: ClaimPath; readonly includes: string }
  | { readonly claim: ClaimPath; readonly word: string }

/** Checks a rule as it was written, and freezes a copy of it. */
export function parseClaimRule(field: string, value: unknown): ClaimRule {
  const fields = readFields(field, value, ['claim', 'equals', 'includes', 'word'])
  const written = fields.get('claim')
  const claim = (Array.isArray(written) ? readStrings : readString)(`${field}.claim`, written)
  const tests = [...fields].filter(([name]) => name !== 'claim')
  const [name, wanted] = tests[0] ?? []
  if (tests.length !== 1) {
    const received = tests.length === 0 ? 'none of them' : tests.map(([test]) => test).join(' and ')
    throw new ConfigError(field, 'a claim with exactly one of equals, includes and word', received)
  }
  if (name === 'equals') return Object.freeze({ claim, equals: frozenCopy(`${field}.equals`, wanted, 0) })
  if (typeof wanted !== 'string' || wanted === '' || (name === 'word' && wanted.includes(' '))) {
    const expected = name === 'word' ? 'one word without spaces' : 'a non-empty string'
    throw new ConfigError(`${field}.${name}`, expected, describeOther(wanted))
  }
  return Object.freeze(name === 'word' ? { claim, word: wanted } : { claim, includes: wanted })
}

/** Deeper than any claim nests, and than an object that contains itself may go. */
const maxDepth = 32

/** A copy that no change of the options reaches, frozen to its depth. */
function frozenCopy(field: string, value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) throw new ConfigError(field, `at most ${maxDepth} nested levels`, 'more')
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(field, item, depth + 1)))
  const copies = Object.entries(value).map(([name, item]) => [name, frozenCopy(field, item, depth + 1)] as const)
  return Object.freeze(Object.fromEntries(copies))
}

/** Whether the claims satisfy the rule. Only the shape that the rule declares can: nothing is converted. */
export function claimSatisfies(claims: unknown, rule: ClaimRule): boolean {
  const value = claimAt(claims, rule.claim)
  if (hasOwn(rule, 'word')) return typeof value === 'string' && value.split(' ').includes(rule.word)
  if (hasOwn(rule, 'includes')) return isTexts(value) && value.includes(rule.includes)
  return jsonEqual(value, rule.equals)
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

function claimAt(claims: unknown, path: ClaimPath): unknown {
  let value = claims
  for (const name of typeof path === 'string' ? [path] : path) {
    if (!isJsonObject(value)) return undefined
    value = getOwn(value, name)
  }
  return value
}

function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return left !== undefined
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((entry, index) => jsonEqual(entry, right[index]))
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && jsonEqual(left[name], right[name]))
  )
}
