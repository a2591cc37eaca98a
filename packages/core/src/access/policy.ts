import { isScope } from '../challenge.ts'
import { parseClaimRule } from '../claim-rule.ts'
import type { ClaimPath, ClaimRule } from '../claim-rule.ts'
import { describe, readFunction, readText } from '../config/fields.ts'
import { ConfigError } from '../errors.ts'
import type { RegisteredPrincipal, RegisteredRole } from '../register.ts'

/** What is asked of a principal, as data: to be named, combined, printed and tested without a request. */
export type Policy<R extends string = string> =
  | { readonly kind: 'role'; readonly anyOf: readonly R[] }
  | { readonly kind: 'scope'; readonly allOf: readonly string[] }
  | { readonly kind: 'claim'; readonly rule: ClaimRule }
  | { readonly kind: 'where'; readonly label: string; readonly test: (principal: RegisteredPrincipal) => boolean }
  | { readonly kind: 'allOf'; readonly policies: readonly Policy<R>[] }
  | { readonly kind: 'anyOf'; readonly policies: readonly Policy<R>[] }

const kinds: ReadonlySet<unknown> = new Set(['role', 'scope', 'claim', 'where', 'allOf', 'anyOf'])

/** Any one of the roles. */
export function hasRole<const R extends RegisteredRole>(...anyOf: readonly [R, ...R[]]): Policy<R> {
  return rolePolicy(anyOf)
}

/** The policy of `hasRole`, whatever Auth is registered. */
export function rolePolicy<R extends string>(anyOf: readonly R[]): Policy<R> {
  return Object.freeze({ kind: 'role', anyOf: named('hasRole', anyOf) })
}

/** Every one of the scopes. Those of a policy are named in the challenge of the refusal (RFC 6750 section 3.1). */
export function hasScope(...allOf: readonly [string, ...string[]]): Policy<never> {
  const scopes = named('hasScope', allOf)
  const broken = scopes.find((scope) => !isScope(scope))
  if (broken === undefined) return Object.freeze({ kind: 'scope', allOf: scopes })
  throw new ConfigError(
    'hasScope',
    'scopes of printable ASCII without blanks, quotes and backslashes',
    describe(broken),
  )
}

/** A claim that equals a value, or a rule as role maps have them. A claim is named whole or by a path. */
export function hasClaim(claim: ClaimPath, equals: unknown): Policy<never>
export function hasClaim(rule: ClaimRule): Policy<never>
export function hasClaim(...written: [ClaimRule] | [ClaimPath, unknown]): Policy<never> {
  const value = written.length === 1 ? written[0] : { claim: written[0], equals: written[1] }
  return Object.freeze({ kind: 'claim', rule: parseClaimRule('hasClaim', value) })
}

/** A synchronous test of one's own, under a label for logs. What it throws is a bug: the request ends as a 500. */
export function where(label: string, test: (principal: RegisteredPrincipal) => boolean): Policy<never> {
  return Object.freeze({
    kind: 'where',
    label: readText('where', label),
    test: readFunction<typeof test>('where', test, true),
  })
}

/** All of the policies. `where` tests that follow an unmet policy are not asked. */
export function allOf<R extends string>(...policies: readonly [Policy<R>, ...Policy<R>[]]): Policy<R> {
  return Object.freeze({ kind: 'allOf', policies: checked('allOf', policies) })
}

/** Any one of the policies; the first that is met is the last that is asked. */
export function anyOf<R extends string>(...policies: readonly [Policy<R>, ...Policy<R>[]]): Policy<R> {
  return Object.freeze({ kind: 'anyOf', policies: checked('anyOf', policies) })
}

/** Whether a value is a policy, for settings that take one. */
export function isPolicy(value: unknown): value is Policy {
  return typeof value === 'object' && value !== null && 'kind' in value && kinds.has(value.kind)
}

/** Reads a policy where it is mounted: none at all would let everybody through, or nobody. */
export function readPolicy(field: string, value: unknown): Policy {
  if (isPolicy(value)) return value
  throw new ConfigError(field, 'a policy, as hasRole and its like make them', describe(value))
}

function checked<R extends string>(name: string, policies: readonly Policy<R>[]): readonly Policy<R>[] {
  if (policies.length === 0) throw new ConfigError(name, 'given a policy at least', 'empty')
  for (const policy of policies) readPolicy(name, policy)
  return Object.freeze([...policies])
}

function named<T extends string>(name: string, names: readonly T[]): readonly T[] {
  if (names.length === 0) throw new ConfigError(name, 'given a name at least', 'empty')
  for (const entry of names) readText(name, entry)
  return Object.freeze([...names])
}
