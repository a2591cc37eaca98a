import { ConfigError, isScope } from '../failure/errors.ts'
import { describe, describeOther, readFunction, readString } from '../lib/options.ts'
import { withoutPrototype } from '../lib/properties.ts'
import type { RegisteredPrincipal, RegisteredRole } from '../principal/register.ts'
import { parseClaimRule } from '../principal/roles.ts'
import type { ClaimPath, ClaimRule } from '../principal/roles.ts'

/** What a principal must have, as data. A policy can be named, combined, printed and tested without a request. */
export type Policy<R extends string = string> =
  | { readonly kind: 'role'; readonly anyOf: readonly R[] }
  | { readonly kind: 'scope'; readonly allOf: readonly string[] }
  | { readonly kind: 'claim'; readonly rule: ClaimRule }
  | { readonly kind: 'where'; readonly label: string; readonly test: (principal: RegisteredPrincipal) => boolean }
  | { readonly kind: 'allOf'; readonly policies: readonly Policy<R>[] }
  | { readonly kind: 'anyOf'; readonly policies: readonly Policy<R>[] }

/** The policies that were created here, so that they are valid. `readPolicy` rebuilds every other one from its parts. */
const validPolicies = new WeakSet<object>()

/** The principal must have one of the roles. Throws a ConfigError for a list without names and for an empty name. */
export function hasRole<const R extends RegisteredRole>(...anyOf: readonly [R, ...R[]]): Policy<R> {
  return rolePolicy(anyOf)
}

/** `hasRole` for any role name, whatever Auth is registered. */
export function rolePolicy<R extends string>(anyOf: readonly R[]): Policy<R> {
  return create({ kind: 'role', anyOf: readNames('hasRole', anyOf) })
}

/**
 * The principal must have all of the scopes. If only scopes are missing, the challenge names those of the policy (RFC 6750
 * section 3.1). Throws a ConfigError for a scope that no header can contain.
 */
export function hasScope(...allOf: readonly [string, ...string[]]): Policy<never> {
  return scopePolicy(allOf)
}

/** A claim must equal a value, or satisfy a rule like those of role maps. The claim is a name or a path of names. */
export function hasClaim(claim: ClaimPath, equals: unknown): Policy<never>
export function hasClaim(rule: ClaimRule): Policy<never>
export function hasClaim(...args: [ClaimRule] | [ClaimPath, unknown]): Policy<never> {
  return claimPolicy(args.length === 1 ? args[0] : { claim: args[0], equals: args[1] })
}

/** A custom synchronous test, with a label for logs. An error that it throws is a bug, so the response is a 500. */
export function where(label: string, test: (principal: RegisteredPrincipal) => boolean): Policy<never> {
  return create({
    kind: 'where',
    label: readString('where.label', label),
    test: readFunction<typeof test>('where.test', test, true),
  })
}

/** All policies must be met. After an unmet policy, `where` tests are not called. */
export function allOf<R extends string>(...policies: readonly [Policy<R>, ...Policy<R>[]]): Policy<R> {
  return combination('allOf', policies)
}

/** One of the policies must be met. Those after the first one that is met are not evaluated. */
export function anyOf<R extends string>(...policies: readonly [Policy<R>, ...Policy<R>[]]): Policy<R> {
  return combination('anyOf', policies)
}

/**
 * Reads a policy, when a guard is created or a caller is checked. A literal, or one that came from a file, must meet the
 * same rules as the functions here set: an empty `allOf` would be met by every caller. Throws a ConfigError.
 */
export function readPolicy<R extends string>(field: string, value: Policy<R>): Policy<R>
export function readPolicy(field: string, value: unknown): Policy
export function readPolicy(field: string, value: unknown): Policy {
  if (typeof value !== 'object' || value === null) throw invalidPolicy(field, value)
  if (validPolicies.has(value)) return value as Policy
  // Only own properties count, so that a polluted prototype adds nothing to a policy.
  const policy = withoutPrototype(value as Policy)
  switch (policy.kind) {
    case 'role':
      return rolePolicy(policy.anyOf)
    case 'scope':
      return scopePolicy(policy.allOf)
    case 'claim':
      return claimPolicy(policy.rule)
    case 'where':
      return where(policy.label, policy.test)
    case 'allOf':
    case 'anyOf':
      return combination(policy.kind, policy.policies)
    default:
      throw invalidPolicy(field, value)
  }
}

function invalidPolicy(field: string, value: unknown): ConfigError {
  return new ConfigError(field, 'a policy made by hasRole, hasScope, hasClaim, where, allOf or anyOf', describe(value))
}

function create<R extends string>(policy: Policy<R>): Policy<R> {
  validPolicies.add(policy)
  return Object.freeze(policy)
}

function scopePolicy(allOf: readonly string[]): Policy<never> {
  const scopes = readNames('hasScope', allOf)
  const invalid = scopes.find((scope) => !isScope(scope))
  if (invalid === undefined) return create({ kind: 'scope', allOf: scopes })
  const expected = 'scopes of printable ASCII without spaces, quotes and backslashes'
  throw new ConfigError('hasScope', expected, describeOther(invalid))
}

function claimPolicy(rule: unknown): Policy<never> {
  return create({ kind: 'claim', rule: parseClaimRule('hasClaim', rule) })
}

function combination<R extends string>(kind: 'allOf' | 'anyOf', policies: readonly Policy<R>[]): Policy<R> {
  if (!Array.isArray(policies) || policies.length === 0) {
    throw new ConfigError(kind, 'at least one policy', describe(policies))
  }
  return create({ kind, policies: Object.freeze(policies.map((policy: Policy<R>) => readPolicy<R>(kind, policy))) })
}

function readNames<T extends string>(name: string, names: readonly T[]): readonly T[] {
  if (!Array.isArray(names) || names.length === 0) throw new ConfigError(name, 'at least one name', describe(names))
  for (const entry of names) readString(name, entry)
  return Object.freeze([...names])
}
