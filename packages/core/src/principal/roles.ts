import { ConfigError } from '../failure/errors.ts'
import { distinct, isJsonObject } from '../lib/json.ts'
import { describe, describeOther, readFields, readFunction, readString, readStrings } from '../lib/options.ts'
import { getOwn, hasOwn } from '../lib/properties.ts'
import { callPredicate } from '../lib/user-code.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'

/**
 * When a caller has a role: if the claim of that name is `true`, if a claim satisfies a rule, or if a synchronous function
 * returns true. Values are not converted: a claim of another type grants no role.
 */
export type RoleRule = string | ClaimRule | ((claims: JwtClaims) => boolean)

/** Roles by name. The names become the type of the roles everywhere, so that a misspelt role does not compile. */
export type RoleMap<R extends string> = { readonly [K in R]?: RoleRule }

/** Returns the roles that an issuer's role map derives from claims. An error that a rule throws is a bug, not a failure. */
export type MapRoles = (claims: JwtClaims) => readonly string[]

const none: readonly string[] = Object.freeze([])
const onlyAdmin: readonly string[] = Object.freeze(['admin'])

/** The mapping for a single issuer without a role map: `admin` if that claim is `true`, and every string of `roles`. */
export const defaultRoles: MapRoles = (claims) => {
  const listed: unknown = getOwn(claims, 'roles')
  const granted = getOwn(claims, 'admin') === true ? onlyAdmin : none
  if (!Array.isArray(listed)) return granted
  const names = listed.filter(isString)
  return distinct(granted === none ? names : [...granted, ...names])
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

/** Parses a role map. Throws a ConfigError. */
export function parseRoleMap(field: string, value: unknown): MapRoles {
  const rules = [...readFields(field, value, Object.keys(value ?? {}))].map(([role, rule]) => {
    if (role === '') throw new ConfigError(field, 'role names that are not empty', 'an empty name')
    return [role, parseRule(`${field}.${role}`, rule)] as const
  })
  return (claims) => rules.filter(([role, rule]) => isGranted(role, rule, claims)).map(([role]) => role)
}

function parseRule(field: string, rule: unknown): Exclude<RoleRule, string> {
  if (typeof rule === 'function') return readFunction<(claims: JwtClaims) => boolean>(field, rule, true)
  if (typeof rule === 'string' && rule !== '') return Object.freeze({ claim: rule, equals: true })
  if (typeof rule === 'object') return parseClaimRule(field, rule)
  throw new ConfigError(field, 'a claim name, a claim rule or a function', describe(rule))
}

function isGranted(role: string, rule: Exclude<RoleRule, string>, claims: JwtClaims): boolean {
  if (typeof rule !== 'function') return claimSatisfies(claims, rule)
  return callPredicate(`The rule of role ${role}`, () => rule(claims))
}

/** The name of a claim, which can contain dots and slashes, or a path of names into nested objects. */
export type ClaimPath = string | readonly string[]

/**
 * What a claim must be: equal to a JSON value (`equals`), an array of strings that includes one (`includes`), or a string
 * of words, separated by spaces, that includes one (`word`).
 */
export type ClaimRule =
  | { readonly claim: ClaimPath; readonly equals: unknown }
  | { readonly claim: ClaimPath; readonly includes: string }
  | { readonly claim: ClaimPath; readonly word: string }

/** Parses a rule, and returns a frozen copy of it. Throws a ConfigError. */
export function parseClaimRule(field: string, value: unknown): ClaimRule {
  const fields = readFields(field, value, ['claim', 'equals', 'includes', 'word'])
  const path = fields.get('claim')
  const claim = (Array.isArray(path) ? readStrings : readString)(`${field}.claim`, path)
  const tests = [...fields].filter(([name]) => name !== 'claim')
  const [name, operand] = tests[0] ?? []
  if (tests.length !== 1) {
    const received = tests.length === 0 ? 'none of them' : tests.map(([test]) => test).join(' and ')
    throw new ConfigError(field, 'a claim with exactly one of equals, includes and word', received)
  }
  if (name === 'equals') return Object.freeze({ claim, equals: frozenCopy(`${field}.equals`, operand, 0) })
  if (typeof operand !== 'string' || operand === '' || (name === 'word' && operand.includes(' '))) {
    const expected = name === 'word' ? 'one word without spaces' : 'a non-empty string'
    throw new ConfigError(`${field}.${name}`, expected, describeOther(operand))
  }
  return Object.freeze(name === 'word' ? { claim, word: operand } : { claim, includes: operand })
}

/** No real claim is nested so deeply. The limit also ends the copy of an object that contains itself. */
const maxDepth = 32

/** Returns a deeply frozen copy, so that later changes of the options have no effect. */
function frozenCopy(field: string, value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) throw new ConfigError(field, `at most ${maxDepth} nested levels`, 'more')
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(field, item, depth + 1)))
  const copies = Object.entries(value).map(([name, item]) => [name, frozenCopy(field, item, depth + 1)] as const)
  return Object.freeze(Object.fromEntries(copies))
}

/** Whether the claims satisfy the rule. Values are not converted: a claim of another type does not satisfy it. */
export function claimSatisfies(claims: unknown, rule: ClaimRule): boolean {
  const value = claimAt(claims, rule.claim)
  if (hasOwn(rule, 'word')) return typeof value === 'string' && value.split(' ').includes(rule.word)
  if (hasOwn(rule, 'includes')) return isStringArray(value) && value.includes(rule.includes)
  return jsonEqual(value, rule.equals)
}

export function isStringArray(value: unknown): value is readonly string[] {
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
