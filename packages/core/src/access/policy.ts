import { ConfigError, isScope } from '../failure/errors.ts'
import { describe, describeOther, readFunction, readString } from '../lib/options.ts'
import { withoutPrototype } from '../lib/properties.ts'
import type { RegisteredPrincipal, RegisteredRole } from '../principal/register.ts'
import { parseClaimRule } from '../principal/roles.ts'
import type { ClaimPath, ClaimRule } from '../principal/roles.ts'

/** What is asked of a principal, as data: to be named, combined, printed and tested without a request. */
export type Policy<R extends string = string> =
  | { readonly kind: 'role'; readonly anyOf: readonly R[] }
  | { readonly kind: 'scope'; readonly allOf: readonly string[] }
  | { readonly kind: 'claim'; readonly rule: ClaimRule }
  | { readonly kind: 'where'; readonly label: string; readonly test: (principal: RegisteredPrincipal) => boolean }
  | { readonly kind: 'allOf'; readonly policies: readonly Policy<R>[] }
  | { readonly kind: 'anyOf'; readonly policies: readonly Policy<R>[] }

/** The policies that were made, and so checked, here; any other is made anew of its parts before it is asked. */
const made = new WeakSet<object>()

/** Any one of the roles. */
export function hasRole<const R extends RegisteredRole>(...anyOf: readonly [R, ...R[]]): Policy<R> {
  return rolePolicy(anyOf)
}

/** The policy of `hasRole`, whatever Auth is registered. */
export function rolePolicy<R extends string>(anyOf: readonly R[]): Policy<R> {
  return make({ kind: 'role', anyOf: named('hasRole', anyOf) })
}

/** Every one of the scopes. Those of a policy are named in the challenge of the refusal (RFC 6750 section 3.1). */
export function hasScope(...allOf: readonly [string, ...string[]]): Policy<never> {
  return scopePolicy(allOf)
}

/** A claim that equals a value, or a rule as role maps have them. A claim is named whole or by a path. */
export function hasClaim(claim: ClaimPath, equals: unknown): Policy<never>
export function hasClaim(rule: ClaimRule): Policy<never>
export function hasClaim(...written: [ClaimRule] | [ClaimPath, unknown]): Policy<never> {
  return claimPolicy(written.length === 1 ? written[0] : { claim: written[0], equals: written[1] })
}

/** A synchronous test of one's own, under a label for logs. What it throws is a bug: the request ends as a 500. */
export function where(label: string, test: (principal: RegisteredPrincipal) => boolean): Policy<never> {
  return make({
    kind: 'where',
    label: readString('where.label', label),
    test: readFunction<typeof test>('where.test', test, true),
  })
}

/** All of the policies. `where` tests that follow an unmet policy are not asked. */
export function allOf<R extends string>(...policies: readonly [Policy<R>, ...Policy<R>[]]): Policy<R> {
  return combination('allOf', policies)
}

/** Any one of the policies; the first that is met is the last that is asked. */
export function anyOf<R extends string>(...policies: readonly [Policy<R>, ...Policy<R>[]]): Policy<R> {
  return combination('anyOf', policies)
}

/**
 * Reads a policy where it is mounted or asked. One that was written by hand, or came from a file, is held to the same
 * rules as those that were made: an empty one would let everybody through.
 */
export function readPolicy<R extends string>(field: string, value: Policy<R>): Policy<R>
export function readPolicy(field: string, value: unknown): Policy
export function readPolicy(field: string, value: unknown): Policy {
  if (typeof value !== 'object' || value === null) throw noPolicy(field, value)
  if (made.has(value)) return value as Policy
  // A policy that was written by hand: only its own properties count.
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
      throw noPolicy(field, value)
  }
}

function noPolicy(field: string, value: unknown): ConfigError {
  return new ConfigError(field, 'a policy made by hasRole, hasScope, hasClaim, where, allOf or anyOf', describe(value))
}

function make<R extends string>(policy: Policy<R>): Policy<R> {
  made.add(policy)
  return Object.freeze(policy)
}

function scopePolicy(allOf: readonly string[]): Policy<never> {
  const scopes = named('hasScope', allOf)
  const broken = scopes.find((scope) => !isScope(scope))
  if (broken === undefined) return make({ kind: 'scope', allOf: scopes })
  const expected = 'scopes of printable ASCII without spaces, quotes and backslashes'
  throw new ConfigError('hasScope', expected, describeOther(broken))
}

function claimPolicy(rule: unknown): Policy<never> {
  return make({ kind: 'claim', rule: parseClaimRule('hasClaim', rule) })
}

function combination<R extends string>(kind: 'allOf' | 'anyOf', policies: readonly Policy<R>[]): Policy<R> {
  if (!Array.isArray(policies) || policies.length === 0) {
    throw new ConfigError(kind, 'at least one policy', describe(policies))
  }
  return make({ kind, policies: Object.freeze(policies.map((policy: Policy<R>) => readPolicy<R>(kind, policy))) })
}

function named<T extends string>(name: string, names: readonly T[]): readonly T[] {
  if (!Array.isArray(names) || names.length === 0) throw new ConfigError(name, 'at least one name', describe(names))
  for (const entry of names) readString(name, entry)
  return Object.freeze([...names])
}
